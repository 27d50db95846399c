package io.stopline.scene;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dusk and night, the vehicle's headlights, and what throws them back. */
final class NightTest {

  private static final Reflector FILM =
      new Reflector(List.of(new Reflector.Patch(0.5, 0.5, 0.6, 0.2, 0)), 0xffffff, 2.5, 0.02);

  private static DriveRenderer drive(Light light) {
    Sign sign = new Sign(14, null, 45, 3.2, 2.2, 0.9, 0, 0, 0, null);
    Scenario s = Drives.plain(sign);
    Camera camera = new Camera(640, 360, 50, 30, 1.4, 0, 0, 0, 1, 0, 0, 0, 90);
    return DriveRenderer.of(s.with(camera).with(light));
  }

  private static Light night(double headlights) {
    return new Light(2, 0, 1, 8000, 0.3, headlights);
  }

  /** Mean of all channels over the sign's box, 0..255. */
  private static double brightness(DriveRenderer drive, int frame) {
    Image face = drive.renderWindow(frame, drive.truth(frame).signs().get(0).box());
    double sum = 0;
    for (byte b : face.data()) {
      sum += (b & 255) / (double) face.data().length;
    }
    return sum;
  }

  @Test
  void atNightOnlyTheHeadlightsShowASign() {
    double unlit = brightness(drive(night(0)), 0);
    double lit = brightness(drive(night(1)), 0);
    assertThat(unlit).isLessThan(25);
    assertThat(lit).isGreaterThan(unlit + 50);
    // By day they add nothing that one would see.
    Light day = Light.standard();
    Light dayWithBeams =
        new Light(
            day.sunElevationDegrees(),
            day.sunAzimuthDegrees(),
            day.overcast(),
            day.visibilityMetres(),
            day.lux(),
            1);
    assertThat(brightness(drive(dayWithBeams), 0) - brightness(drive(day), 0)).isBetween(0.0, 1.0);
  }

  @Test
  void theDarkerTheEveningTheDarkerTheSky() {
    double before = 256;
    for (double lux : new double[] {20_000, 20, 5, 0.3}) {
      DriveRenderer drive = drive(new Light(5, 0, 1, 8000, lux, 1));
      Image sky = drive.renderWindow(0, new Region(0, 0, 640, 60));
      double sum = 0;
      for (byte b : sky.data()) {
        sum += (b & 255) / (double) sky.data().length;
      }
      assertThat(sum).isLessThan(before);
      before = sum;
    }
    assertThat(before).isLessThan(50);
  }

  @Test
  void filmThatReflectsIsHardlySeenByDayAndPlainAtNight() {
    assertThat(change(drive(Light.standard()), FILM)).isLessThan(9);
    assertThat(change(drive(night(1)), FILM)).isGreaterThan(40);
    assertThat(change(drive(night(0)), FILM)).isLessThan(2);
  }

  @Test
  void mattFilmIsDarkInTheHeadlightsThoughItIsWhite() {
    Alteration white = new Alteration.Stickers(List.of(new Sticker(0.5, 0.5, 0.9, 0.9, 0, true)));
    DriveRenderer night = drive(night(1));
    assertThat(brightness(night.withAlteration(0, white), 0)).isLessThan(brightness(night, 0) - 20);
    DriveRenderer day = drive(Light.standard());
    assertThat(brightness(day.withAlteration(0, white), 0)).isGreaterThan(brightness(day, 0));
  }

  /** Largest change of a value of the frame. */
  private static int change(DriveRenderer drive, Alteration alteration) {
    byte[] clean = drive.render(0).data();
    byte[] altered = drive.withAlteration(0, alteration).render(0).data();
    int most = 0;
    for (int i = 0; i < clean.length; i++) {
      most = Math.max(most, Math.abs((clean[i] & 255) - (altered[i] & 255)));
    }
    return most;
  }

  @Test
  void aWindowOfTheNightIsThatPartOfTheFrame() {
    DriveRenderer night = drive(Light.night()).withAlteration(0, FILM);
    Image frame = night.render(3);
    for (Region window :
        List.of(
            new Region(0, 0, 640, 360), new Region(301, 97, 99, 131), new Region(13, 201, 77, 9))) {
      assertThat(night.renderWindow(3, window).data()).isEqualTo(frame.view(window).copy().data());
    }
    assertThat(DriveRenderer.of(night.scenario()).render(3).data()).isEqualTo(frame.data());
  }
}
