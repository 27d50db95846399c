package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AppearanceLearnerTest {

  private static final List<String> GROUPS = List.of("red disc", "blue square");
  private static final int[] GROUP_OF = {0, 1, 1};

  /** Small, so that a test learns in a second. */
  private static AppearanceLearner.Settings settings(long seed) {
    return new AppearanceLearner.Settings(12, 60, 4, 3, 0.5, 1200, 0.08, 5, seed);
  }

  /** Class 0 is a red disc on grey, classes 1 and 2 are a blue square on grey. */
  private static Image picture(int label, RandomStream random) {
    int side = 32;
    Image image = Image.black(side, side);
    double light = random.uniform(0.5, 1.1);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double u = (x + 0.5) / side - 0.5;
        double v = (y + 0.5) / side - 0.5;
        boolean inside =
            label == 0 ? Math.hypot(u, v) < 0.4 : Math.max(Math.abs(u), Math.abs(v)) < 0.35;
        int at = image.index(x, y);
        image.data()[at] = (byte) (light * (inside ? label == 0 ? 190 : 30 : 110));
        image.data()[at + 1] = (byte) (light * (inside ? 40 : 110));
        image.data()[at + 2] = (byte) (light * (inside ? label == 0 ? 40 : 180 : 110));
      }
    }
    return image;
  }

  private static List<Track> tracks(int first, int count) {
    List<Track> tracks = new ArrayList<>();
    for (int t = first; t < first + count; t++) {
      RandomStream random = new RandomStream(t);
      int label = t % GROUP_OF.length;
      List<Sample> frames = new ArrayList<>();
      for (int f = 0; f < 3; f++) {
        Image image = picture(label, random);
        frames.add(new Sample(label, "track" + t, f, "made up", () -> image));
      }
      tracks.add(new Track("track" + t, label, "train", true, frames));
    }
    return tracks;
  }

  private static AppearanceLearner.Learnt learn(long seed) {
    return new AppearanceLearner(settings(seed), GROUPS, GROUP_OF, tracks(0, 12)).learn(() -> {});
  }

  private static byte[] few(long seed) {
    return new AppearanceLearner(settings(seed).withSteps(100), GROUPS, GROUP_OF, tracks(0, 12))
        .learn(() -> {})
        .data();
  }

  @Test
  void tellsGroupsApartThatItHasNotSeen() {
    List<Track> others = tracks(100, 30);
    List<Sample> samples = others.stream().flatMap(t -> t.frames().stream()).toList();
    AppearanceAccuracy accuracy =
        AppearanceAccuracy.of(learn(1).table(), new Split("validation", samples, others), 1);
    assertThat(accuracy.frames().value()).isGreaterThan(0.97);
    assertThat(accuracy.fernsBehindASticker()).isBetween(1, 60);
  }

  @Test
  void aStickerOfTheOtherColourDoesNotSwingIt() {
    var table = learn(1).table();
    Image image = picture(0, new RandomStream(5));
    for (int y = 8; y < 16; y++) {
      for (int x = 8; x < 16; x++) {
        image.data()[image.index(x, y)] = 30;
        image.data()[image.index(x, y) + 2] = (byte) 180;
      }
    }
    Sample sample = new Sample(0, "t", 0, "made up", () -> image);
    List<Track> tracks = List.of(new Track("t", 0, "validation", true, List.of(sample)));
    assertThat(
            AppearanceAccuracy.of(table, new Split("validation", List.of(sample), tracks), 1)
                .frames()
                .count())
        .isEqualTo(1);
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() {
    byte[] once = few(3);
    assertThat(few(3)).isEqualTo(once);
    assertThat(few(4)).isNotEqualTo(once);
  }

  @Test
  void aGroupWithoutTracksIsRefused() {
    assertThatThrownBy(
            () ->
                new AppearanceLearner(
                    settings(1),
                    List.of("red disc", "blue square", "star"),
                    new int[] {0, 1, 1, 2},
                    tracks(0, 12)))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("group 'star' has no track");
  }
}
