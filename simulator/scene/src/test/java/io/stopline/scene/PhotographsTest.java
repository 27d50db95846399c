package io.stopline.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Photographs as faces of signs and behind them; what they show is known to the last pixel. */
final class PhotographsTest {

  @TempDir Path folder;

  private Path picture(String name, int side, IntBinaryOperator rgb) throws IOException {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        picture.setRGB(x, y, rgb.applyAsInt(x, y));
      }
    }
    Path file = folder.resolve(name);
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /** One sign straight ahead before a black photograph, filmed without noise and dimly. */
  private DriveRenderer ahead(Path face, double along, Path background) {
    Sign sign = new Sign(14, face, along, 0, 1.4, 1, 0, 0, 0, null);
    return DriveRenderer.of(
        new Scenario(
            "photographs",
            1,
            new Camera(320, 180, 60, 30, 1.4, 0, 0, 0, 0, -1.2, 0, 0, 90),
            new Vehicle(10, 0, 5, 0),
            new Light(40, 180, 1, 30000),
            new Background.Photographs(background),
            List.of(sign)));
  }

  @Test
  void aFineCheckerboardOnAFarSignAveragesInLinearLight() throws Exception {
    Path black = picture("black.png", 8, (x, y) -> 0);
    Path board = picture("board.png", 448, (x, y) -> (x + y) % 2 == 0 ? 0xffffff : 0);
    Path grey = picture("grey.png", 448, (x, y) -> 0xbcbcbc); // 188: half the light

    Image fine = ahead(board, 14, black).render(0);
    Image even = ahead(grey, 14, black).render(0);

    for (int y = 84; y < 96; y++) {
      for (int x = 154; x < 166; x++) {
        assertThat((double) (fine.rgb(x, y) & 255)).isCloseTo(even.rgb(x, y) & 255, within(3.0));
      }
    }
    assertThat(even.rgb(160, 88) & 255).isBetween(60, 220);
  }

  /**
   * However an edge is filtered, in linear light the shares of the face in all pixels of a row sum
   * to the face's width; mixed as sRGB values they would miss it by about half a pixel.
   */
  @Test
  void edgesAreMixedInLinearLight() throws Exception {
    Path grey = picture("background.png", 8, (x, y) -> 0x404040);
    DriveRenderer drive = ahead(picture("white.png", 64, (x, y) -> 0xffffff), 9, grey);
    Image white = drive.render(0);
    Image dark = ahead(picture("dark.png", 64, (x, y) -> 0), 9, grey).render(0);
    SignTruth truth = drive.truth(0).signs().get(0);
    double width = truth.corners().get(1).x() - truth.corners().get(0).x();

    double full = difference(white, dark, 160);
    double sum = 0;
    for (int x = 120; x < 200; x++) {
      sum += difference(white, dark, x) / full;
    }

    assertThat(width).isBetween(30.0, 32.0);
    assertThat(sum).isCloseTo(width, within(0.2));
  }

  private static double difference(Image white, Image dark, int x) {
    return Srgb.linear(white.rgb(x, 88) & 255) - Srgb.linear(dark.rgb(x, 88) & 255);
  }

  @Test
  void thePhotographGrowsAboutTheVanishingPointAsOneDrives() throws Exception {
    // Dark left of the middle, bright to the right, with a bright stripe far out.
    Path stripe = picture("stripe.png", 640, (x, y) -> x > 560 && x < 570 ? 0xffffff : 0x202020);
    DriveRenderer drive = ahead(picture("face.png", 8, (x, y) -> 0), 12, stripe);

    int early = brightest(drive.render(0), 40);
    int late = brightest(drive.render(drive.frames() - 1), 40);

    assertThat(late).isGreaterThan(early);
    assertThat(late - early).isLessThan(15);
  }

  private static int brightest(Image image, int row) {
    int best = 0;
    for (int x = 0; x < image.width(); x++) {
      if ((image.rgb(x, row) & 255) > (image.rgb(best, row) & 255)) {
        best = x;
      }
    }
    return best;
  }

  @Test
  void aWindowIsThatPartOfTheFrame() throws Exception {
    Path scene = picture("scene.png", 256, (x, y) -> (x * 0x010203 + y * 0x30201) & 0xffffff);
    DriveRenderer drive = ahead(picture("face.png", 8, (x, y) -> 0x808080), 9, scene);
    Region window = new Region(133, 71, 50, 41);

    assertThat(drive.renderWindow(5, window).data())
        .isEqualTo(drive.render(5).view(window).copy().data());
  }

  @Test
  void aFolderWithoutPhotographsIsRefused() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path face = picture("face.png", 8, (x, y) -> 0);

    assertThatThrownBy(() -> ahead(face, 9, empty))
        .hasMessageContaining(empty.toString())
        .hasMessageContaining("give a JPEG or PNG file or a folder of them");
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    assertThatThrownBy(() -> ahead(text, 9, face)).hasMessageContaining("no picture");
  }
}
