package io.stopline.campaign.stills;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.campaign.robustness.BareTwins;
import io.stopline.config.Bundle;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is cut out of a photograph, and what comes back into it. */
final class AlteredSignsTest {

  private static final int GREY = 100;

  @TempDir Path folder;
  private List<RoadFrame> photographs = List.of();

  @BeforeEach
  void photograph() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    Image image = Image.black(400, 300);
    Arrays.fill(image.data(), (byte) GREY);
    ImageFiles.writePng(image, folder.resolve("images/0.png"));
    // The second is at the edge, the third too small even at the end of the drive.
    Files.writeString(
        folder.resolve("boxes.csv"),
        """
        image,left,top,right,bottom,class,split
        0.png,100,100,139,147,14,validation
        0.png,0,200,39,239,13,validation
        0.png,300,100,311,111,1,validation
        """);
    photographs = RoadDatasets.open(folder, "validation", null).frames();
  }

  /** Makes everything brighter by a fifth; remembers what it was shown. */
  private static final class Brighten implements Attack {

    final List<Integer> labels = new ArrayList<>();

    @Override
    public String name() {
      return "brighten";
    }

    @Override
    public ThreatModel threatModel() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }

    @Override
    public Outcome attack(Victim victim, Inputs inputs, Run run) {
      float[] images = inputs.images().clone();
      for (int i = 0; i < images.length; i++) {
        images[i] = Math.min(1, images[i] + 0.2f);
      }
      boolean[] success = new boolean[inputs.count()];
      success[0] = true;
      Arrays.stream(inputs.labels()).forEach(labels::add);
      return new Outcome(images, success);
    }
  }

  @Test
  void theChangeIsPutBackWhereTheSignWasCutOut() {
    Brighten attack = new Brighten();
    AlteredSigns altered;
    Bundle bundle = Bundle.load(Bundle.locate("traffic-signs"));
    try (BareTwins twins = BareTwins.open(bundle, bundle.policy(null))) {
      altered =
          AlteredSigns.of(
              photographs, 24, 0.125, attack, twins.victim(), 1, share -> {}, () -> false);
    }
    assertThat(attack.labels).containsExactly(14, 13);
    assertThat(altered.signs()).isEqualTo(2);
    assertThat(altered.fooled()).isEqualTo(1);
    Image picture = altered.picture(photographs.get(0));
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        // 40×48 px with an eighth more on each side; 40×40 px that the picture's edge cuts.
        boolean first = x >= 95 && x < 145 && y >= 94 && y < 154;
        boolean second = x < 45 && y >= 195 && y < 245;
        int value = picture.data()[picture.index(x, y) + 1] & 0xff;
        assertThat(value).as("%d, %d", x, y).isEqualTo(first || second ? GREY + 51 : GREY);
      }
    }
    assertThat(photographs.get(0).image().data()).containsOnly(GREY);
  }

  @Test
  void whoIsCancelledLeavesTheRestClean() {
    Bundle bundle = Bundle.load(Bundle.locate("traffic-signs"));
    try (BareTwins twins = BareTwins.open(bundle, bundle.policy(null))) {
      AlteredSigns altered =
          AlteredSigns.of(
              photographs, 24, 0.1, new Brighten(), twins.victim(), 1, share -> {}, () -> true);
      assertThat(altered.picture(photographs.get(0)).data()).containsOnly(GREY);
    }
  }
}
