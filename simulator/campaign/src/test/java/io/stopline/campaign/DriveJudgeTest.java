package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.config.Bundle;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.tflite.RuntimeOptions;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriveJudgeTest {

  private static final int FRAMES = 40;
  private static final int STOP = 14;

  @Test
  void aPlainSignIsReadByBothAndRaisesNothing() {
    try (DriveJudge judge = open()) {
      DriveResult result = drive(judge, STOP);
      assertThat(result.frames()).hasSize(FRAMES);
      // From 16 px to 94 px in steps of 2; the last three are cut off by more than half.
      assertThat(result.nearFrames()).isEqualTo(FRAMES - 2 - 3);
      assertThat(result.undefendedErrors()).isZero();
      assertThat(result.inspectedFrames()).isGreaterThan(FRAMES / 2);
      assertThat(result.acceptedErrors()).isZero();
      assertThat(result.incidents()).isEmpty();
      assertThat(judge.labels().get(STOP)).isEqualToIgnoringCase("stop");
    }
  }

  @Test
  void whereTheTruthIsAnotherEveryReadingIsAnError() {
    try (DriveJudge judge = open()) {
      DriveResult result = drive(judge, 2);
      assertThat(result.undefendedErrors()).isEqualTo(result.nearFrames()).isPositive();
      long accepted =
          result.frames().stream()
              .flatMap(f -> f.signs().stream())
              .filter(s -> s.near() && s.wrongIsAccepted())
              .count();
      assertThat(result.acceptedErrors()).isEqualTo((int) accepted).isPositive();
      assertThat(result.acceptedErrorShare()).isEqualTo(accepted / (double) result.nearFrames());
    }
  }

  @Test
  void aSecondDriveIsJudgedAsTheFirst() {
    try (DriveJudge judge = open()) {
      assertThat(numbers(drive(judge, STOP))).isEqualTo(numbers(drive(judge, STOP)));
    }
  }

  private static List<String> numbers(DriveResult result) {
    return result.frames().stream().map(f -> f.toJson().toString()).toList();
  }

  private static DriveJudge open() {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    Bundle bundle = Bundle.load(root.resolve("firmware-config/bundles/traffic-signs"));
    return DriveJudge.open(bundle, null, RuntimeOptions.defaults(), 1);
  }

  /** A sign that grows before a grey wall. */
  private static DriveResult drive(DriveJudge judge, int trueClass) {
    BufferedImage art = SignArt.of(STOP).draw(256);
    for (int i = 0; i < FRAMES; i++) {
      int side = 16 + 2 * i;
      BufferedImage picture = new BufferedImage(480, 270, BufferedImage.TYPE_INT_RGB);
      Graphics2D g = picture.createGraphics();
      g.setColor(new Color(120, 130, 120));
      g.fillRect(0, 0, 480, 270);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      g.drawImage(art, 300 - i, 100 - i, side, side, null);
      g.dispose();
      SignTruth sign =
          new SignTruth(
              0,
              trueClass,
              new Region(300 - i, 100 - i, side, side),
              List.of(),
              600.0 / side,
              side,
              i < FRAMES - 3 ? 1 : 0.4);
      judge.judge(new GroundTruth(i, i / 30.0, i, List.of(sign)), image(picture));
    }
    return judge.finish("wall", false);
  }

  private static Image image(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    byte[] rgb = new byte[3 * w * h];
    for (int i = 0; i < w * h; i++) {
      int p = picture.getRGB(i % w, i / w);
      rgb[3 * i] = (byte) (p >> 16);
      rgb[3 * i + 1] = (byte) (p >> 8);
      rgb[3 * i + 2] = (byte) p;
    }
    return Image.of(w, h, rgb);
  }
}
