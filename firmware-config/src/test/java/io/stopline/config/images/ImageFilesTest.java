package io.stopline.config.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageFilesTest {

  @TempDir Path folder;

  @Test
  void pngComesBackBitForBitAlsoFromAView() throws IOException {
    Image whole = noise(40, 30);
    Image view = whole.view(new Region(3, 5, 17, 11));
    Path file = folder.resolve("a b.png");
    ImageFiles.writePng(view, file);
    assertThat(ImageFiles.read(file).data()).isEqualTo(view.copy().data());
  }

  @Test
  void jpegIsReadAsRgb() throws IOException {
    BufferedImage red = new BufferedImage(32, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 32; x++) {
        red.setRGB(x, y, 0xc81e0a);
      }
    }
    Image image = ImageFiles.decode(encoded(red, "jpg"), "red");
    assertThat(image.width()).isEqualTo(32);
    assertThat(image.height()).isEqualTo(16);
    assertThat(image.rgb(10, 10) >> 16).isBetween(0xc8 - 4, 0xc8 + 4);
    assertThat(image.rgb(10, 10) & 0xff).isBetween(0, 0x0a + 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void greyKeepsItsValues(String format) throws IOException {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        grey.getRaster().setSample(x, y, 0, 100);
      }
    }
    Image image = ImageFiles.decode(encoded(grey, format), "grey");
    assertThat(image.rgb(8, 8)).isEqualTo(0x646464);
  }

  @Test
  void ppmWithCommentsIsRead() {
    byte[] header = "P6\n# made by hand\n2 1 # size\n255\n".getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(header, header.length + 6);
    System.arraycopy(
        new byte[] {1, 2, 3, (byte) 250, (byte) 251, (byte) 252}, 0, file, header.length, 6);
    Image image = ImageFiles.decode(file, "hand.ppm");
    assertThat(image.rgb(0, 0)).isEqualTo(0x010203);
    assertThat(image.rgb(1, 0)).isEqualTo(0xfafbfc);
  }

  @Test
  void ppmOfSixteenBitsIsScaled() {
    byte[] header = "P6 1 1 65535\n".getBytes(StandardCharsets.US_ASCII);
    byte[] file = Arrays.copyOf(header, header.length + 6);
    System.arraycopy(new byte[] {-1, -1, 0, 0, (byte) 0x80, 0}, 0, file, header.length, 6);
    assertThat(ImageFiles.decode(file, "deep.ppm").rgb(0, 0)).isEqualTo(0xff0080);
  }

  @ParameterizedTest
  @CsvSource({
    "'P6 0 0 255\n', at least 1 px",
    "'P6 20000 20000 255\n', scale it down",
    "'P6 4 4 255\nabc', truncated",
    "'P6 4 4 0\n', 1..65535",
    "'P6 4 x', no height",
    "'P6 99999999999 4 255\n', too many digits",
    "'GIF89a.......', not a PNG",
    "'<svg></svg>', not a PNG",
  })
  void whatIsNoImageIsRefusedWithTheReason(String content, String reason) {
    assertThatThrownBy(
            () -> ImageFiles.decode(content.getBytes(StandardCharsets.US_ASCII), "thing.ppm"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("thing.ppm")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "0,10", "20000,20000", "-1,5", "2147483647,2147483647"})
  void aPngWithAnImpossibleSizeIsRefusedBeforePixelsAreAllocated(int width, int height) {
    byte[] png = ImageFiles.encodePng(noise(4, 4));
    ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    assertThatThrownBy(() -> ImageFiles.decode(png, "bomb.png"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("bomb.png")
        .hasMessageMatching("(?s).*(at least 1 px|scale it down).*");
  }

  @Test
  void aJpegThatClaimsAHugeSizeIsRefused() throws IOException {
    byte[] jpeg = encoded(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "jpg");
    int frameHeader = indexOf(jpeg, (byte) 0xff, (byte) 0xc0);
    ByteBuffer.wrap(jpeg)
        .putShort(frameHeader + 5, (short) 20000)
        .putShort(frameHeader + 7, (short) 20000);
    assertThatThrownBy(() -> ImageFiles.decode(jpeg, "bomb.jpg"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("20000×20000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg"})
  void aTruncatedFileIsRefusedWhereverItIsCut(String format) throws IOException {
    byte[] whole = encoded(buffered(noise(64, 64)), format);
    for (int length = 1; length < whole.length - 8; length += 97) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ImageFiles.decode(cut, "cut"))
          .as("cut to %d of %d bytes", length, whole.length)
          .isInstanceOf(UnusableImageException.class);
    }
  }

  @Test
  void damagedBytesNeverEscapeAsAnythingElse() throws IOException {
    RandomStream random = new RandomStream(5);
    for (String format : new String[] {"png", "jpg"}) {
      byte[] whole = encoded(buffered(noise(24, 24)), format);
      for (int round = 0; round < 300; round++) {
        byte[] damaged = whole.clone();
        for (int k = 0; k < 4; k++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        try {
          ImageFiles.decode(damaged, "damaged");
        } catch (UnusableImageException expected) {
          assertThat(expected).hasMessageContaining("damaged");
        }
      }
    }
  }

  @Test
  void theSizeIsReadFromTheHeaderAlone() throws IOException {
    BufferedImage picture = new BufferedImage(33, 17, BufferedImage.TYPE_INT_RGB);
    byte[] ppm = "P6\n# a comment\n33 17\n255\n".getBytes(StandardCharsets.US_ASCII);
    for (byte[] data : new byte[][] {encoded(picture, "png"), encoded(picture, "jpg"), ppm}) {
      assertThat(ImageFiles.size(data, "x")).isEqualTo(new ImageSize(33, 17));
      assertThatThrownBy(() -> ImageFiles.size(Arrays.copyOf(data, 7), "x.png"))
          .isInstanceOf(UnusableImageException.class)
          .hasMessageContaining("x.png");
    }
    assertThatThrownBy(() -> ImageFiles.size(new byte[40], "zeros"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("begins with zeros");
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    assertThatThrownBy(() -> ImageFiles.read(folder.resolve("none.png")))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("none.png")
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("empty.jpg"));
    assertThatThrownBy(() -> ImageFiles.read(file))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("is empty");
  }

  private static Image noise(int width, int height) {
    Image image = Image.black(width, height);
    RandomStream random = new RandomStream(1);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) random.nextInt(256);
    }
    return image;
  }

  private static BufferedImage buffered(Image image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        buffered.setRGB(x, y, image.rgb(x, y));
      }
    }
    return buffered;
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private static int indexOf(byte[] data, byte first, byte second) {
    for (int i = 0; i + 1 < data.length; i++) {
      if (data[i] == first && data[i + 1] == second) {
        return i;
      }
    }
    throw new AssertionError("marker not found");
  }
}
