package io.stopline.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.camera.Pixel;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class DriveRendererTest {

  private static final Alteration STICKERS =
      new Alteration.Stickers(
          List.of(
              new Sticker(0.3, 0.4, 0.2, 0.12, 10, true),
              new Sticker(0.65, 0.7, 0.25, 0.1, -20, false)));

  private static final DriveRenderer SMALL = DriveRenderer.of(Drives.small(3));

  @Property(tries = 150)
  void aWindowIsThatPartOfTheFrame(
      @ForAll @IntRange(min = 0, max = 42) int frame,
      @ForAll @IntRange(min = 0, max = 319) int x,
      @ForAll @IntRange(min = 0, max = 179) int y,
      @ForAll @IntRange(min = 1, max = 320) int width,
      @ForAll @IntRange(min = 1, max = 180) int height) {
    Region window = new Region(x, y, Math.min(width, 320 - x), Math.min(height, 180 - y));

    Image part = SMALL.renderWindow(frame, window);

    assertThat(part.data()).isEqualTo(SMALL.render(frame).view(window).copy().data());
  }

  @Test
  void theSameScenarioGivesTheSameBytesOnAnyThreadInAnyOrder() throws Exception {
    List<byte[]> once = new ArrayList<>();
    for (int f = 0; f < SMALL.frames(); f++) {
      once.add(SMALL.jpeg(f));
    }
    DriveRenderer again = DriveRenderer.of(Drives.small(3));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> backwards = new ArrayList<>();
      for (int f = SMALL.frames() - 1; f >= 0; f--) {
        int frame = f;
        backwards.add(0, threads.submit(() -> again.jpeg(frame)));
      }
      for (int f = 0; f < SMALL.frames(); f++) {
        assertThat(backwards.get(f).get()).isEqualTo(once.get(f));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anotherSeedIsAnotherRoadAndOtherNoise() {
    assertThat(DriveRenderer.of(Drives.small(4)).render(0).data())
        .isNotEqualTo(SMALL.render(0).data());
    assertThat(SMALL.render(1).data()).isNotEqualTo(SMALL.render(0).data());
  }

  @Test
  void jpegIsTheRenderedFrameInTheRightColours() throws Exception {
    Image frame = SMALL.render(30);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(SMALL.jpeg(30)));

    double difference = 0;
    for (int y = 0; y < 180; y++) {
      for (int x = 0; x < 320; x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          difference +=
              Math.abs((frame.rgb(x, y) >> shift & 255) - (read.getRGB(x, y) >> shift & 255));
        }
      }
    }
    assertThat(difference / (3 * 320 * 180)).isLessThan(4);
  }

  @Test
  void truthIsTheProjectionThatOneCalculatesByHand() {
    // Focal length 640 px; at frame 0 the sign stands 20 m ahead, 3 m right, 0.8 m above the lens.
    Sign sign = new Sign(14, null, 20, 3, 2.2, 1, 0, 0, 0, null);
    DriveRenderer drive = DriveRenderer.of(Drives.plain(sign));

    GroundTruth truth = drive.truth(0);
    SignTruth seen = truth.signs().get(0);

    assertThat(truth.alongMetres()).isZero();
    assertThat(seen.corners()).hasSize(4);
    assertPixel(seen.corners().get(0), 640 + 640 * 2.5 / 20, 360 - 640 * 1.3 / 20);
    assertPixel(seen.corners().get(1), 640 + 640 * 3.5 / 20, 360 - 640 * 1.3 / 20);
    assertPixel(seen.corners().get(2), 640 + 640 * 3.5 / 20, 360 - 640 * 0.3 / 20);
    assertPixel(seen.corners().get(3), 640 + 640 * 2.5 / 20, 360 - 640 * 0.3 / 20);
    assertThat(seen.box()).isEqualTo(new Region(720, 318, 32, 33));
    assertThat(seen.heightPixels()).isCloseTo(32, within(1e-6));
    assertThat(seen.distanceMetres()).isCloseTo(Math.sqrt(400 + 9 + 0.64), within(1e-9));
    assertThat(seen.visibleShare()).isEqualTo(1);
    // One third of a second at 10 m/s is ten frames.
    assertThat(drive.truth(10).alongMetres()).isCloseTo(10 / 3.0, within(1e-9));
    assertThat(drive.truth(10).seconds()).isCloseTo(1 / 3.0, within(1e-9));
  }

  @Test
  void anOutlineLiesInTheBoxAndEndsAtTheEdgeOfTheFrame() {
    // An octagon of 32 px, and one whose left half lies outside: x = 640 ± 640·0.5/20.
    Sign whole = new Sign(14, null, 20, 3, 2.2, 1, 0, 0, 0, null);
    Sign cut = new Sign(14, null, 20, -20, 2.2, 1, 0, 0, 0, null);
    Sign behind = new Sign(14, null, -5, 3, 2.2, 1, 0, 0, 0, null);
    DriveRenderer drive = DriveRenderer.of(Drives.plain(whole, cut, behind));

    List<Pixel> octagon = drive.outline(0, 0).get(0);
    assertThat(drive.outline(0, 0)).hasSize(1);
    assertThat(octagon).hasSize(8).doesNotHaveDuplicates();
    assertThat(octagon).allMatch(p -> p.x() > 719.999 && p.x() < 752.001);
    assertThat(octagon).anyMatch(p -> p.x() < 720.001).anyMatch(p -> p.x() > 751.999);
    assertThat(area(octagon)).isCloseTo(32 * 32 * 2 * (Math.sqrt(2) - 1), within(0.5));
    List<Pixel> half = drive.outline(0, 1).get(0);
    assertThat(half).allMatch(p -> p.x() >= 0).anyMatch(p -> p.x() == 0);
    assertThat(area(half)).isCloseTo(area(octagon) / 2, within(0.5));
    assertThat(drive.outline(0, 2)).isEmpty();
  }

  private static double area(List<Pixel> polygon) {
    double twice = 0;
    for (int i = 0; i < polygon.size(); i++) {
      Pixel a = polygon.get(i);
      Pixel b = polygon.get((i + 1) % polygon.size());
      twice += a.x() * b.y() - b.x() * a.y();
    }
    return Math.abs(twice) / 2;
  }

  private static void assertPixel(Pixel pixel, double x, double y) {
    assertThat(pixel.x()).isCloseTo(x, within(1e-6));
    assertThat(pixel.y()).isCloseTo(y, within(1e-6));
  }

  @Test
  void aNearerSignHidesAFartherOneAndTheFrameCutsSigns() {
    Sign near = new Sign(14, null, 10, 0, 1.4, 1, 0, 0, 0, null);
    Sign far = new Sign(14, null, 20, 0, 1.4, 0.9, 0, 0, 0, null);
    Sign atTheEdge = new Sign(14, null, 15, 15, 1.4, 1, 0, 0, 0, null);
    Sign behind = new Sign(14, null, -5, 3, 2, 1, 0, 0, 0, null);
    Sign turnedAway = new Sign(14, null, 30, 8, 2, 1, 180, 0, 0, null);

    List<SignTruth> seen =
        DriveRenderer.of(Drives.plain(near, far, atTheEdge, behind, turnedAway)).truth(0).signs();

    assertThat(seen).extracting(SignTruth::sign).containsExactly(0, 2);
    assertThat(seen.get(1).visibleShare()).isCloseTo(0.5, within(0.05));
    assertThat(seen.get(1).box().x() + seen.get(1).box().width()).isEqualTo(1280);
  }

  @Test
  void theMaskIsWhereAlteredAndCleanFramesDiffer() {
    DriveRenderer altered = SMALL.withAlteration(0, STICKERS);
    int outside = 0;
    int inside = 0;
    int changed = 0;
    for (int frame : new int[] {0, 20, 42}) {
      Image clean = SMALL.render(frame);
      Image other = altered.render(frame);
      Image mask = altered.alterationMask(frame, 0);
      for (int y = 0; y < 180; y++) {
        for (int x = 0; x < 320; x++) {
          int share = mask.rgb(x, y) & 255;
          int difference = difference(clean.rgb(x, y), other.rgb(x, y));
          if (share == 0 && difference > 0) {
            outside++;
          }
          if (share > 128) {
            inside++;
            changed += difference > 12 ? 1 : 0;
          }
        }
      }
    }
    assertThat(outside).isZero();
    assertThat(inside).isGreaterThan(20);
    // White film on white letters, black on shadows, change nothing.
    assertThat(changed).isGreaterThan((int) (0.85 * inside));
    assertThat(SMALL.alterationMask(42, 0).data()).containsOnly(0);
  }

  private static int difference(int a, int b) {
    int most = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      most = Math.max(most, Math.abs((a >> shift & 255) - (b >> shift & 255)));
    }
    return most;
  }

  @Test
  void takingAnAlterationOffGivesTheCleanDriveBack() {
    DriveRenderer back = SMALL.withAlteration(0, STICKERS).withAlteration(0, null);

    assertThat(back.scenario()).isEqualTo(SMALL.scenario());
    assertThat(back.render(42).data()).isEqualTo(SMALL.render(42).data());
  }

  @Test
  void aLongBendThatComesRoundAgainIsFilmedToItsEnd() {
    Scenario s = Drives.small(5);
    Vehicle round = new Vehicle(20, -150, 900, 0.01);
    DriveRenderer drive =
        DriveRenderer.of(
            new Scenario(s.name(), 5, s.camera(), round, s.light(), s.background(), s.signs()));

    for (int frame : new int[] {0, drive.frames() / 2, drive.frames() - 1}) {
      byte[] sky = drive.renderWindow(frame, new Region(0, 0, 320, 40)).data();
      double mean = 0;
      for (byte b : sky) {
        mean += (b & 255) / (double) sky.length;
      }
      assertThat(mean).isBetween(60.0, 254.0);
    }
  }

  @Test
  void aFrameOrWindowThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> SMALL.render(SMALL.frames()))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("frame 43 of a drive of 43 frames");
    assertThatThrownBy(() -> SMALL.renderWindow(0, new Region(300, 0, 40, 10)))
        .hasMessageContaining("not inside the frame");
  }
}
