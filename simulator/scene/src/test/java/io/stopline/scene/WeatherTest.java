package io.stopline.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.roadside.Rain;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Weather;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rain before the camera, and snow on signs. */
final class WeatherTest {

  @Test
  void rainTakesSightAwayTheMoreTheHarderItFalls() {
    assertThat(Rain.visibility(8000, 0)).isEqualTo(8000);
    // 10 mm/h alone: 5.0 dB/km are 1.16/km, which leaves 5 % of the contrast at 2.6 km.
    assertThat(Rain.visibility(1e12, 10)).isCloseTo(2580, within(20.0));
    assertThat(Rain.visibility(1e12, 50)).isLessThan(1000);
    assertThat(Rain.visibility(400, 50)).isLessThan(400);
  }

  @Test
  void dropsAreOtherOnesInEachFrameAndMoreInHarderRain() {
    int light = changed(2, 0);
    int heavy = changed(50, 0);
    assertThat(light).isPositive();
    assertThat(heavy).isGreaterThan(2 * light);
    DriveRenderer rain = drive(new Weather(50, 0));
    DriveRenderer still = DriveRenderer.of(rain.scenario());
    assertThat(still.render(2).data()).isEqualTo(rain.render(2).data());
    Image frame = rain.render(1);
    for (Region window : List.of(new Region(3, 17, 100, 90), new Region(201, 99, 77, 61))) {
      assertThat(rain.renderWindow(1, window).data()).isEqualTo(frame.view(window).copy().data());
    }
  }

  /** Values of the lower half of a frame that drops change visibly. */
  private static int changed(double rain, int frame) {
    byte[] dry = drive(new Weather(1e-9, 0)).render(frame).data();
    byte[] wet = drive(new Weather(rain, 0)).render(frame).data();
    int changed = 0;
    for (int i = dry.length / 2; i < dry.length; i++) {
      changed += Math.abs((dry[i] & 255) - (wet[i] & 255)) > 3 ? 1 : 0;
    }
    return changed;
  }

  @Test
  void aSprayedWallStandsBehindTheSignAndLeavesItAsItIs() {
    Scenario bare = drive(new Weather(0, 0)).scenario();
    DriveRenderer open = DriveRenderer.of(bare);
    DriveRenderer walled = DriveRenderer.of(bare.before(new Background.Procedural(0.6)));
    assertThat(walled.truth(0).signs()).isEqualTo(open.truth(0).signs());
    Region box = open.truth(0).signs().get(0).box();
    Region inner =
        new Region(
            box.x() + box.width() / 3,
            box.y() + box.height() / 3,
            box.width() / 3,
            box.height() / 3);
    assertThat(walled.renderWindow(0, inner).data()).isEqualTo(open.renderWindow(0, inner).data());
    assertThat(vivid(walled)).isGreaterThan(2 * vivid(DriveRenderer.of(with(bare, 0.05))));
    assertThat(vivid(walled)).isGreaterThan(2 * vivid(open));
  }

  private static Scenario with(Scenario bare, double graffiti) {
    return bare.before(new Background.Procedural(graffiti));
  }

  /** How many pixels of the first frame are vivid; the red sign's are, with any wall. */
  private static int vivid(DriveRenderer drive) {
    Image frame = drive.render(0);
    byte[] data = frame.data();
    int vivid = 0;
    for (int i = 0; i < data.length; i += 3) {
      int r = data[i] & 255;
      int g = data[i + 1] & 255;
      int b = data[i + 2] & 255;
      vivid += Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b)) > 100 ? 1 : 0;
    }
    return vivid;
  }

  private static DriveRenderer drive(Weather weather) {
    Scenario s = Drives.plain(new Sign(14, null, 12, 0, 1.4, 2, 0, 0, 0, null));
    Camera camera = new Camera(320, 180, 50, 30, 1.4, 0, 0, 0, 4, 0, 0, 0, 90);
    return DriveRenderer.of(s.with(camera).with(weather));
  }

  @Test
  void snowCoversItsShareOfAFaceAndWhatIsStuckOnIt() {
    // A black sheet over the whole face: what is bright on it is snow.
    Alteration black = new Alteration.Stickers(List.of(new Sticker(0.5, 0.5, 1.5, 1.5, 0, false)));
    for (double share : new double[] {0.2, 0.5, 0.8}) {
      DriveRenderer drive = drive(new Weather(0, share)).withAlteration(0, black);
      Region box = drive.truth(0).signs().get(0).box();
      Image face = drive.renderWindow(0, box);
      Image mask = drive.alterationMask(0, 0);
      int sign = 0;
      int snow = 0;
      for (int y = 0; y < box.height(); y++) {
        for (int x = 0; x < box.width(); x++) {
          if ((mask.rgb(box.x() + x, box.y() + y) & 255) > 250) {
            sign++;
            snow += (face.rgb(x, y) >> 8 & 255) > 150 ? 1 : 0;
          }
        }
      }
      assertThat((double) snow / sign).isCloseTo(share, within(0.1));
    }
    assertThat(drive(new Weather(0, 0)).render(0).data())
        .isEqualTo(drive(Weather.none()).render(0).data());
  }
}
