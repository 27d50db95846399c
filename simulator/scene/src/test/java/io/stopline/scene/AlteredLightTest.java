package io.stopline.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.alteration.Ring;
import io.stopline.scene.alteration.Stripes;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What light, lenses and phantoms do to frames. */
final class AlteredLightTest {

  private static final List<Alteration> LIGHTS =
      List.of(
          ProjectedLight.grid(2, List.of(0xff0000, 0, 0x0000ff, 0xffffff), 1, 0.02),
          new Laser(0.5, 0.5, 30, 0.05, 532, 6),
          new Infrared(List.of(new Infrared.Spot(0.5, 0.5, 0.5, 0.5, 0)), 850, 1, 0.1),
          stripes(2000, Stripes.Timing.FREE));

  private static final List<Alteration> OTHERS =
      List.of(
          new Ring(0.08, List.of(new Ring.Segment(0.1, 0.6, 0x2040c0))),
          new Reflector(List.of(new Reflector.Patch(0.5, 0.5, 0.5, 0.2, 0)), 0xffffff, 2, 0.1),
          new LensDots(List.of(new LensDots.Dot(0.6, 0.4, 0.1, 0xc03030, 0.5, 2))),
          new Phantom(Phantom.Art.SIGN, 1, 1, 0.01, Phantom.Surface.WALL),
          new Phantom(Phantom.Art.SIGN, 1, 1, 0.01, Phantom.Surface.SCENE));

  /** Two thirds of 40 rows. */
  private static final int SHIFT = 27;

  private static final DriveRenderer CLEAN = DriveRenderer.of(brief(Drives.small(3)));

  private static final List<DriveRenderer> ALTERED =
      all().stream().map(a -> CLEAN.withAlteration(0, a)).toList();

  private static List<Alteration> all() {
    List<Alteration> all = new ArrayList<>(LIGHTS);
    all.addAll(OTHERS);
    return all;
  }

  private static Stripes stripes(double hertz, Stripes.Timing timing) {
    return new Stripes(List.of(new Stripes.Lamp(hertz, 0.5, 0, 0xffffff, 1)), timing);
  }

  /** A short exposure, as in the sun, which shows flicker; no noise, so that frames compare. */
  private static Scenario brief(Scenario s) {
    Camera c = s.camera();
    Camera camera =
        new Camera(
            c.width(),
            c.height(),
            c.horizontalFieldOfViewDegrees(),
            c.framesPerSecond(),
            c.heightMetres(),
            c.pitchDegrees(),
            c.distortionK1(),
            c.distortionK2(),
            0.05,
            -1,
            0,
            c.shakeDegrees(),
            c.jpegQuality(),
            20,
            0);
    return new Scenario(
        s.name(), s.seed(), camera, s.vehicle(), s.light(), s.background(), s.signs());
  }

  @Property(tries = 60)
  void aWindowIsThatPartOfTheFrame(
      @ForAll @IntRange(max = 8) int which,
      @ForAll @IntRange(max = 42) int frame,
      @ForAll @IntRange(max = 319) int x,
      @ForAll @IntRange(max = 179) int y,
      @ForAll @IntRange(min = 1, max = 320) int width,
      @ForAll @IntRange(min = 1, max = 180) int height) {
    Region window = new Region(x, y, Math.min(width, 320 - x), Math.min(height, 180 - y));

    Image part = ALTERED.get(which).renderWindow(frame, window);

    assertThat(part.data()).isEqualTo(ALTERED.get(which).render(frame).view(window).copy().data());
  }

  @Test
  void lightDarkensNoPixelAndChangesOnlyWhatTheMaskShows() {
    for (Alteration light : LIGHTS) {
      DriveRenderer lit = CLEAN.withAlteration(0, light);
      long brighter = 0;
      int darkest = 0;
      int outside = 0;
      Image clean = CLEAN.render(30);
      Image seen = lit.render(30);
      Image mask = lit.alterationMask(30, 0);
      for (int i = 0; i < clean.data().length; i++) {
        int change = (seen.data()[i] & 255) - (clean.data()[i] & 255);
        darkest = Math.min(darkest, change);
        if ((mask.data()[i] & 255) == 0) {
          outside = Math.max(outside, change);
        }
        brighter += change > 0 ? 1 : 0;
      }
      assertThat(darkest).as(light.toString()).isZero();
      assertThat(outside).as(light.toString()).isZero();
      assertThat(brighter).as(light.toString()).isGreaterThan(20);
    }
  }

  @Test
  void theSameAlterationGivesTheSameBytesInAnotherRenderer() {
    for (int i = 0; i < all().size(); i++) {
      Scenario s = ALTERED.get(i).scenario();
      assertThat(DriveRenderer.of(s).render(30).data())
          .as(all().get(i).toString())
          .isEqualTo(ALTERED.get(i).render(30).data());
    }
  }

  @Test
  void theRowsOfAStripeAreOneOverFrequencyTimesLineTime() {
    // A face that fills the frame: 1/(1250 Hz · 20 µs) = 40 rows.
    DriveRenderer drive = wall(20, stripes(1250, Stripes.Timing.FRAME));
    assertThat(period(drive, 0)).isCloseTo(40, within(0.5));
    // Sensors that read half as fast see stripes half as high.
    assertThat(period(wall(40, stripes(1250, Stripes.Timing.FRAME)), 0)).isCloseTo(20, within(0.5));
    // In step with the frame they stay; in step with nothing they drift by the frame's time:
    // 1250 Hz / 30 is 41 2/3 periods, so that two thirds of a period have passed.
    assertThat(column(drive, 1)).isEqualTo(column(drive, 0));
    int[] still = column(wall(20, stripes(1250, Stripes.Timing.FREE)), 0);
    int[] moved = column(wall(20, stripes(1250, Stripes.Timing.FREE)), 1);
    assertThat(moved).isNotEqualTo(still);
    int other = 0;
    for (int y = 20; y < 140; y++) {
      other += Math.abs(moved[y] - still[y + SHIFT]) > 12 ? 1 : 0;
    }
    // Six edges, each of which may lie a row higher or lower.
    assertThat(other).isLessThanOrEqualTo(6);
  }

  @Test
  void aShutterThatOpensForWholePeriodsSeesNoStripesAndAGlobalOneNeither() {
    DriveRenderer washedOut = drive(20, 1.6, stripes(1250, Stripes.Timing.FRAME));
    assertThat(contrast(column(washedOut, 0))).isLessThan(3);
    assertThat(contrast(column(wall(0, stripes(1250, Stripes.Timing.FRAME)), 0))).isLessThan(3);
    assertThat(contrast(column(wall(20, stripes(1250, Stripes.Timing.FRAME)), 0)))
        .isGreaterThan(30);
  }

  /** A plain white panel that fills the frame, without noise. */
  private static DriveRenderer wall(double lineMicros, Alteration alteration) {
    return drive(lineMicros, 0, alteration);
  }

  private static DriveRenderer drive(double lineMicros, double millis, Alteration alteration) {
    Scenario s = Drives.plain(new Sign(12, null, 2, 0, 1.4, 2, 0, 0, 0, alteration));
    Camera camera = new Camera(320, 180, 40, 30, 1.4, 0, 0, 0, millis, -2, 0, 0, 90, lineMicros, 0);
    return DriveRenderer.of(
        new Scenario(
            s.name(),
            s.seed(),
            camera,
            new io.stopline.scene.scenario.Vehicle(0.1, 0, 0.01, 0),
            s.light(),
            s.background(),
            s.signs()));
  }

  private static int[] column(DriveRenderer drive, int frame) {
    Image image = drive.render(frame);
    int[] green = new int[180];
    for (int y = 0; y < 180; y++) {
      green[y] = image.rgb(160, y) >> 8 & 255;
    }
    return green;
  }

  private static int contrast(int[] column) {
    int low = 255;
    int high = 0;
    for (int v : column) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    return high - low;
  }

  /** Mean way between rows at which it gets brighter. */
  private static double period(DriveRenderer drive, int frame) {
    int[] column = column(drive, frame);
    List<Integer> rises = new ArrayList<>();
    for (int y = 1; y < column.length; y++) {
      if (column[y] - column[y - 1] > 15) {
        rises.add(y);
      }
    }
    return (rises.get(rises.size() - 1) - rises.get(0)) / (rises.size() - 1.0);
  }

  @Test
  void anInfraredFilterKeepsInfraredOutAndNothingElse() {
    Camera c = CLEAN.scenario().camera();
    Camera filtered =
        new Camera(
            c.width(),
            c.height(),
            c.horizontalFieldOfViewDegrees(),
            c.framesPerSecond(),
            c.heightMetres(),
            c.pitchDegrees(),
            c.distortionK1(),
            c.distortionK2(),
            c.exposureMillis(),
            c.exposureStops(),
            c.noise(),
            c.shakeDegrees(),
            c.jpegQuality(),
            c.lineMicros(),
            1);
    Scenario s = CLEAN.scenario();
    DriveRenderer drive =
        DriveRenderer.of(
            new Scenario(
                s.name(), s.seed(), filtered, s.vehicle(), s.light(), s.background(), s.signs()));
    byte[] clean = CLEAN.render(30).data();
    assertThat(drive.withAlteration(0, LIGHTS.get(2)).render(30).data()).isEqualTo(clean);
    assertThat(drive.withAlteration(0, LIGHTS.get(0)).render(30).data()).isNotEqualTo(clean);
  }

  @Test
  void dotsOnTheLensStayWhereTheyAreAndLeaveTheRestAlone() {
    DriveRenderer dotted = CLEAN.withAlteration(0, OTHERS.get(2));
    byte[] mask = dotted.alterationMask(0, 0).data();
    assertThat(dotted.alterationMask(40, 0).data()).isEqualTo(mask);
    for (int frame : new int[] {0, 40}) {
      byte[] clean = CLEAN.render(frame).data();
      byte[] seen = dotted.render(frame).data();
      int changed = 0;
      int elsewhere = 0;
      for (int i = 0; i < mask.length; i++) {
        int other = seen[i] != clean[i] ? 1 : 0;
        elsewhere += mask[i] == 0 ? other : 0;
        changed += other;
      }
      assertThat(elsewhere).isZero();
      assertThat(changed).isGreaterThan(1000);
    }
  }

  @Test
  void aPhantomIsNoSignHasNoPoleAndDarkensNothingOfTheScene() {
    DriveRenderer thrown = CLEAN.withAlteration(0, OTHERS.get(4));
    SignTruth truth = thrown.truth(30).signs().get(0);
    assertThat(truth.signClass()).isNegative();
    assertThat(truth.pretendedClass()).isEqualTo(14);
    assertThat(truth.box()).isEqualTo(CLEAN.truth(30).signs().get(0).box());
    assertThat(CLEAN.truth(30).signs().get(0).pretendedClass()).isNegative();
    // Without light it is the road as if nothing had ever stood there.
    DriveRenderer dark =
        CLEAN.withAlteration(0, new Phantom(Phantom.Art.SIGN, 1, 0, 0, Phantom.Surface.SCENE));
    Scenario s = CLEAN.scenario();
    byte[] before = dark.render(30).data();
    byte[] lit = thrown.render(30).data();
    int brighter = 0;
    int darker = 0;
    for (int i = 0; i < lit.length; i++) {
      darker += (lit[i] & 255) < (before[i] & 255) ? 1 : 0;
      brighter += lit[i] != before[i] ? 1 : 0;
    }
    assertThat(darker).isZero();
    assertThat(brighter).isGreaterThan(50);
    assertThat(DriveRenderer.of(s).render(30).data()).isEqualTo(CLEAN.render(30).data());
    assertThat(thrown.withAlteration(0, null).render(30).data()).isEqualTo(CLEAN.render(30).data());
    DriveRenderer picture =
        CLEAN.withAlteration(0, new Phantom(Phantom.Art.ADVERT, 1, 1, 0, Phantom.Surface.WALL));
    assertThat(picture.truth(30).signs().get(0).pretendedClass()).isNegative();
  }
}
