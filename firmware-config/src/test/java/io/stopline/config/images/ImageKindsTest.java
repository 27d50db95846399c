package io.stopline.config.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as people have them; what they show was told by ImageMagick (resources/images). */
final class ImageKindsTest {

  /** The six squares of the pictures: A B C above D E F. */
  private static final int[] COLOURS = {0xc8281e, 0x28a03c, 0x1e3cb4, 0xf0f0e6, 0x141418, 0xdcbe28};

  @ParameterizedTest
  @CsvSource({
    "plain.jpg,               c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 2",
    "progressive.jpg,         c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 2",
    "grey.jpg,                494949 7f7f7f 3e3e3e efefef 141414 bababa, 1",
    "adobe-rgb.jpg,           c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 3",
    "adobe-rgb.png,           c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 3",
    "ycbcr-without-marker.jpg,c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 2",
    "rgb-without-marker.jpg,  5760d1 71624c 41c167 ef7b81 148280 b6309b, 2",
    "rgb16.png,               8c1c15 1c702a 152a7e a8a8a1 0e0e10 9a851c, 0",
    "grey16.png,              333333 595959 2b2b2b a7a7a7 0e0e0e 818181, 1",
    "grey1.png,               ffffff ffffff 000000 ffffff 000000 ffffff, 0",
    "grey2.png,               000000 555555 000000 aaaaaa 000000 aaaaaa, 0",
    "grey4.png,               444444 777777 333333 eeeeee 111111 aaaaaa, 0",
    "palette.png,             c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 0",
    "interlaced.png,          c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 0",
    "rgba-opaque.png,         c8281e 28a03c 1e3cb4 f0f0e6 141418 dcbe28, 0",
    "grey-alpha-opaque.png,   494949 7f7f7f 3e3e3e efefef 141414 b9b9b9, 0",
  })
  void isReadAsItShows(String file, String colours, int tolerance) throws IOException {
    Image image = ImageFiles.decode(fixture(file), file);
    assertThat(new ImageSize(image.width(), image.height())).isEqualTo(new ImageSize(48, 32));
    String[] expected = colours.split(" ", -1);
    for (int i = 0; i < 6; i++) {
      int rgb = image.rgb(8 + i % 3 * 16, 8 + i / 3 * 16);
      int wanted = Integer.parseInt(expected[i], 16);
      for (int shift = 16; shift >= 0; shift -= 8) {
        assertThat(rgb >> shift & 0xff)
            .as("%s, square %d, shift %d: %06x", file, i, shift, rgb)
            .isBetween((wanted >> shift & 0xff) - tolerance, (wanted >> shift & 0xff) + tolerance);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ycck.jpg, is a CMYK JPEG, -colorspace sRGB",
    "rgba-transparent.png, 256 transparent pixels of 1536, -flatten",
    "rgb-transparent.png, 256 transparent pixels of 1536, -flatten",
    "grey-alpha-transparent.png, 1536 transparent pixels of 1536, -flatten",
    "palette-transparent.png, 256 transparent pixels of 1536, -flatten",
    "other.webp, is a WebP image, magick IN OUT.png",
    "other.gif, is a GIF image, magick IN OUT.png",
    "other.bmp, is a BMP image, magick IN OUT.png",
    "other.tif, is a TIFF image or a camera's raw file, magick IN OUT.png",
    "other.heic, is a HEIC image, magick IN OUT.png",
    "other.avif, is an AVIF image, magick IN OUT.png",
    "other.jp2, is a JPEG 2000 image, magick IN OUT.png",
    "other.pgm, is a Netpbm image of kind P5, magick IN OUT.png",
  })
  void whatCannotBeReadRightlyIsRefusedByWhatItIs(String file, String what, String cure)
      throws IOException {
    byte[] data = fixture(file);
    assertThatThrownBy(() -> ImageFiles.decode(data, "sign.jpg"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("'sign.jpg'")
        .hasMessageContaining(what)
        .hasMessageContaining(cure);
  }

  @Test
  void cmykWithoutTheAdobeTransformIsRefusedAsWell() throws IOException {
    byte[] cmyk = fixture("ycck.jpg");
    int transform = indexOf(cmyk, "Adobe") + 11;
    assertThat(cmyk[transform]).isEqualTo((byte) 2);
    cmyk[transform] = 0;
    assertThatThrownBy(() -> ImageFiles.decode(cmyk, "print.jpg"))
        .hasMessageContaining("is a CMYK JPEG");
    assertThatThrownBy(() -> ImageFiles.size(cmyk, "print.jpg"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("is a CMYK JPEG");
  }

  @ParameterizedTest
  @CsvSource({
    "1, ABC/DEF", "2, CBA/FED", "3, FED/CBA", "4, DEF/ABC",
    "5, AD/BE/CF", "6, DA/EB/FC", "7, FC/EB/DA", "8, CF/BE/AD",
  })
  void theExifOrientationIsApplied(int value, String upright) throws IOException {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      byte[] exif = exif(order, value);
      for (byte[] data :
          new byte[][] {
            withSegment(fixture("plain.jpg"), exif), withChunk(fixture("palette.png"), "eXIf", exif)
          }) {
        Image image = ImageFiles.decode(data, "phone.jpg");
        assertThat(squares(image)).isEqualTo(upright);
        assertThat(ImageFiles.size(data, "phone.jpg"))
            .isEqualTo(new ImageSize(image.width(), image.height()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255, 65535})
  void aReservedOrientationTurnsNothing(int value) throws IOException {
    byte[] data = withSegment(fixture("plain.jpg"), exif(ByteOrder.BIG_ENDIAN, value));
    assertThat(squares(ImageFiles.decode(data, "phone.jpg"))).isEqualTo("ABC/DEF");
  }

  @Test
  void brokenExifTurnsNothingAndNeverFails() throws IOException {
    byte[] exif = exif(ByteOrder.LITTLE_ENDIAN, 6);
    for (int length = 0; length < exif.length; length++) {
      byte[] cut = Arrays.copyOf(exif, length);
      String shown = squares(ImageFiles.decode(withSegment(fixture("plain.jpg"), cut), "cut"));
      // All but the entry's last two bytes, which are padding, must be there.
      assertThat(shown).as("cut to %d bytes", length).isIn("ABC/DEF", "DA/EB/FC");
      assertThat(shown.equals("ABC/DEF")).as("cut to %d bytes", length).isEqualTo(length < 22);
    }
    for (int i = 0; i < 22; i++) {
      byte[] damaged = exif.clone();
      damaged[i] ^= (byte) 0x55;
      byte[] data = withSegment(fixture("plain.jpg"), damaged);
      assertThatCode(() -> ImageFiles.decode(data, "damaged")).doesNotThrowAnyException();
      assertThat(squares(ImageFiles.decode(data, "damaged")))
          .as("byte %d", i)
          .isIn("ABC/DEF", "DA/EB/FC");
    }
  }

  @Test
  void theEndingDoesNotMatter(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("really-a-png.jpg"), fixture("palette.png"));
    assertThat(squares(ImageFiles.read(file))).isEqualTo("ABC/DEF");
  }

  @Test
  void valuesOfAnotherGammaAreRefused() throws IOException {
    byte[] ordinary = withChunk(fixture("palette.png"), "gAMA", number(45455));
    assertThat(squares(ImageFiles.decode(ordinary, "gamma.png"))).isEqualTo("ABC/DEF");
    byte[] linear = withChunk(fixture("palette.png"), "gAMA", number(100_000));
    assertThatThrownBy(() -> ImageFiles.decode(linear, "linear.png"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("linear.png")
        .hasMessageContaining("gamma 1.000");
    byte[] overruled = withChunk(linear, "sRGB", new byte[1]);
    assertThat(squares(ImageFiles.decode(overruled, "srgb.png"))).isEqualTo("ABC/DEF");
  }

  @Test
  void highDynamicRangeIsRefused() throws IOException {
    byte[] hdr = withChunk(fixture("palette.png"), "cICP", new byte[] {9, 16, 0, 1});
    assertThatThrownBy(() -> ImageFiles.decode(hdr, "hdr.png"))
        .isInstanceOf(UnusableImageException.class)
        .hasMessageContaining("high dynamic range");
    byte[] srgb = withChunk(fixture("palette.png"), "cICP", new byte[] {1, 13, 0, 1});
    assertThat(squares(ImageFiles.decode(srgb, "srgb.png"))).isEqualTo("ABC/DEF");
  }

  @Test
  void aDamagedProfileIsTakenForSrgb() throws IOException {
    byte[] body = ("icc\0\0" + "no zlib stream").getBytes(StandardCharsets.US_ASCII);
    byte[] data = withChunk(fixture("palette.png"), "iCCP", body);
    assertThat(squares(ImageFiles.decode(data, "profile.png"))).isEqualTo("ABC/DEF");
  }

  @ParameterizedTest
  @CsvSource({
    "'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a', a Git LFS pointer, git lfs pull",
    "'/annex/objects/SHA256E-s48--0.jpg', a git-annex pointer, git annex get",
    "'<!DOCTYPE html>\n<html><head>', a web page (HTML), asked for a login",
    "' <HTML lang=\"de\">', a web page (HTML), download the image itself",
    "'<?xml version=\"1.0\"?><svg width=\"4\">', an SVG drawing, convert it",
    "'BMW and other makes', a text file that begins 'BMW, get the image file itself",
    "'{\"error\": \"not found\"}', a text file that begins '{\"error\", get the image file itself",
    "'\0\0\0\0\0\0\0\0\0\0', begins with zeros, copy it again",
    "'\u0001\u0002\u0003\u0004', of no kind that is known, get it again",
    "'PK\u0003\u0004', an archive (ZIP), unpack it",
  })
  void whatIsNoImageIsRefusedByWhatItIs(String content, String what, String cure) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    for (String name : new String[] {"a.jpg", "b.png"}) {
      assertThatThrownBy(() -> ImageFiles.decode(data, name))
          .isInstanceOf(UnusableImageException.class)
          .hasMessageContaining(name)
          .hasMessageContaining(what)
          .hasMessageContaining(cure);
      assertThatThrownBy(() -> ImageFiles.size(data, name))
          .isInstanceOf(UnusableImageException.class)
          .hasMessageContaining(what);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.png,true", "a.JPG,true", "a.jpeg,true", "a.ppm,true", "a.jfif,true", "IMG_1.HEIC,true",
    "a.webp,true", "a.txt,false", "a,false", ".png,false", "._a.png,false", "a.png.txt,false",
  })
  void picturesAreToldByTheirEndings(String name, boolean image) {
    assertThat(ImageFiles.isNamedLikeImage(name)).isEqualTo(image);
  }

  private static String squares(Image image) {
    StringBuilder squares = new StringBuilder();
    for (int y = 8; y < image.height(); y += 16) {
      squares.append(y > 8 ? "/" : "");
      for (int x = 8; x < image.width(); x += 16) {
        squares.append(nearest(image.rgb(x, y)));
      }
    }
    return squares.toString();
  }

  private static char nearest(int rgb) {
    for (int i = 0; i < COLOURS.length; i++) {
      int apart = 0;
      for (int shift = 16; shift >= 0; shift -= 8) {
        apart += Math.abs((rgb >> shift & 0xff) - (COLOURS[i] >> shift & 0xff));
      }
      if (apart <= 4) {
        return (char) ('A' + i);
      }
    }
    return '?';
  }

  /** A TIFF header and a directory of the orientation alone, 26 bytes. */
  private static byte[] exif(ByteOrder order, int orientation) {
    byte first = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M');
    return ByteBuffer.allocate(26)
        .order(order)
        .put(first)
        .put(first)
        .putShort((short) 42)
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 274)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] withSegment(byte[] jpeg, byte[] exif) {
    byte[] name = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(jpeg.length + 4 + name.length + exif.length)
        .put(jpeg, 0, 2)
        .putShort((short) 0xffe1)
        .putShort((short) (2 + name.length + exif.length))
        .put(name)
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** The chunk stands behind the header. */
  private static byte[] withChunk(byte[] png, String type, byte[] body) throws IOException {
    ByteArrayOutputStream checked = new ByteArrayOutputStream();
    checked.write(type.getBytes(StandardCharsets.US_ASCII));
    checked.write(body);
    CRC32 crc = new CRC32();
    crc.update(checked.toByteArray());
    return ByteBuffer.allocate(png.length + 12 + body.length)
        .put(png, 0, 33)
        .putInt(body.length)
        .put(checked.toByteArray())
        .putInt((int) crc.getValue())
        .put(png, 33, png.length - 33)
        .array();
  }

  private static int indexOf(byte[] data, String text) {
    return new String(data, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = ImageKindsTest.class.getResourceAsStream("/images/" + name)) {
      if (in == null) {
        throw new AssertionError("no resource images/" + name);
      }
      return in.readAllBytes();
    }
  }
}
