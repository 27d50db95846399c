package io.stopline.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PictureStreamTest {

  private static final int MAX = 1 << 20;

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static JpegStream jpegs(byte[] bytes) {
    return new JpegStream(
        new BoundedInput(new ByteArrayInputStream(bytes), "test", 0), MAX, 1 << 16);
  }

  private static MultipartStream parts(byte[] bytes, String boundary) {
    return new MultipartStream(
        new BoundedInput(new ByteArrayInputStream(bytes), "test", 0), boundary, MAX, 1 << 16);
  }

  @Test
  void cutsJpegsThatFollowOneAnotherWithGarbageBetween() throws Exception {
    byte[] first = TestPictures.jpeg(40, 30);
    byte[] second = TestPictures.jpeg(64, 64);
    JpegStream stream = jpegs(join(ascii("garbage"), first, ascii("\r\n--x\r\n"), second));
    assertThat(stream.next()).isEqualTo(first);
    assertThat(stream.next()).isEqualTo(second);
    assertThat(stream.next()).isNull();
  }

  @Test
  void aPartMayCarryTheCamerasNameForItButNothingThatCouldDoHarm() throws Exception {
    byte[] jpeg = TestPictures.jpeg(40, 30);
    byte[] end = ascii("\r\n");
    byte[] wire =
        join(
            part("X-Drive: attacked\r\nX-Frame: 37\r\n", jpeg),
            end,
            part("", jpeg),
            end,
            part("X-Frame: {\"a\": 1}\r\n", jpeg),
            end,
            part("x-frame:b\r\n", jpeg));
    MultipartStream stream = parts(wire, "b");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertThat(stream.next()).isEqualTo(jpeg);
      names.add(stream.name());
    }
    assertThat(names).containsExactly("attacked/37", null, null, "b");
  }

  private static byte[] part(String header, byte[] jpeg) {
    String head = "--b\r\nContent-Length: " + jpeg.length + "\r\n" + header + "\r\n";
    return join(ascii(head), jpeg);
  }

  @Test
  void aThumbnailInsideASegmentDoesNotEndThePicture() throws Exception {
    byte[] jpeg = TestPictures.jpeg(40, 30);
    byte[] thumbnail = TestPictures.jpeg(8, 8);
    int length = thumbnail.length + 2;
    byte[] segment =
        join(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) (length >> 8), (byte) length}, thumbnail);
    byte[] whole =
        join(
            new byte[] {(byte) 0xff, (byte) 0xd8},
            segment,
            java.util.Arrays.copyOfRange(jpeg, 2, jpeg.length));
    assertThat(jpegs(whole).next()).isEqualTo(whole);
  }

  @Test
  void aCutOffJpegIsSkippedAndTheNextOneRead() throws Exception {
    byte[] whole = TestPictures.jpeg(40, 30);
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 10);
    JpegStream stream = jpegs(join(cut, whole));
    assertThatThrownBy(stream::next).isInstanceOf(BadPictureException.class);
    assertThat(stream.next()).isEqualTo(whole);
  }

  @Test
  void endlessGarbageEndsTheStreamWithAnError() {
    byte[] garbage = new byte[1 << 17];
    assertThatThrownBy(() -> jpegs(garbage).next())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(BadPictureException.class)
        .hasMessageContaining("no JPEG in");
  }

  @Test
  void anEndlessPictureIsCutAtTheCap() {
    byte[] head = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xda, 0, 2};
    InputStream endless = new SequenceInputStream(new ByteArrayInputStream(head), zeros());
    JpegStream stream = new JpegStream(new BoundedInput(endless, "test", 0), MAX, 1 << 16);
    assertThatThrownBy(stream::next)
        .isInstanceOf(BadPictureException.class)
        .hasMessageContaining("more than " + MAX);
  }

  private static InputStream zeros() {
    return new InputStream() {
      @Override
      public int read() {
        return 0;
      }
    };
  }

  @Test
  void readsPartsWithAndWithoutLength() throws Exception {
    byte[] first = TestPictures.jpeg(40, 30);
    byte[] second = TestPictures.jpeg(64, 64);
    byte[] third = TestPictures.jpeg(20, 20);
    byte[] wire =
        join(
            ascii("--b\r\nContent-Length: " + first.length + "\r\n\r\n"),
            first,
            ascii("\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"),
            second,
            ascii("\r\n--b\nContent-Type: image/jpeg\n\n"),
            third,
            ascii("\n--b--\r\n"));
    MultipartStream stream = parts(wire, "b");
    assertThat(stream.next()).isEqualTo(first);
    assertThat(stream.next()).isEqualTo(second);
    assertThat(stream.next()).isEqualTo(third);
    assertThatThrownBy(stream::next).isInstanceOf(EOFException.class);
  }

  @Test
  void aBoundaryThatAlreadyBeginsWithHyphensIsUnderstood() throws Exception {
    byte[] jpeg = TestPictures.jpeg(40, 30);
    byte[] wire = join(ascii("--b\r\n\r\n"), jpeg, ascii("\r\n--b\r\n"));
    assertThat(parts(wire, "--b").next()).isEqualTo(jpeg);
  }

  @Test
  void anImpossibleOrHugeLengthCostsOnePictureOnly() throws Exception {
    byte[] jpeg = TestPictures.jpeg(40, 30);
    byte[] wire =
        join(
            ascii("--b\r\nContent-Length: 99999999999\r\n\r\nxx\r\n"),
            ascii("--b\r\nContent-Length: 0\r\n\r\n\r\n"),
            ascii("--b\r\nContent-Length: -5\r\n\r\n"),
            jpeg,
            ascii("\r\n--b\r\n"));
    MultipartStream stream = parts(wire, "b");
    assertThatThrownBy(stream::next)
        .isInstanceOf(BadPictureException.class)
        .hasMessageContaining("99999999999");
    assertThatThrownBy(stream::next).isInstanceOf(BadPictureException.class);
    assertThat(stream.next()).isEqualTo(jpeg);
  }

  @Test
  void endlessHeadersAreRefused() {
    byte[] wire = ascii("--b\r\n" + "X: y\r\n".repeat(100));
    assertThatThrownBy(() -> parts(wire, "b").next())
        .isInstanceOf(BadPictureException.class)
        .hasMessageContaining("header");
  }

  @Property(tries = 300)
  void whateverTheBytesNothingButAnIoErrorOrPicturesComesOut(
      @ForAll long seed, @ForAll @IntRange(max = 40) int flips) throws IOException {
    Random random = new Random(seed);
    byte[] jpeg = TestPictures.jpeg(24, 24);
    byte[] wire =
        join(
            ascii("--b\r\nContent-Length: " + jpeg.length + "\r\n\r\n"),
            jpeg,
            ascii("\r\n--b\r\n\r\n"),
            jpeg,
            ascii("\r\n--b\r\n"));
    for (int i = 0; i < flips; i++) {
      wire[random.nextInt(wire.length)] = (byte) random.nextInt();
    }
    for (PictureStream stream : List.of(parts(wire, "b"), jpegs(wire))) {
      List<byte[]> pictures = new ArrayList<>();
      boolean over = false;
      while (!over) {
        try {
          byte[] picture = stream.next();
          over = picture == null;
          if (picture != null) {
            pictures.add(picture);
          }
        } catch (BadPictureException e) {
          assertThat(e).hasMessageNotContaining("null");
        } catch (IOException e) {
          over = true;
        }
      }
      assertThat(pictures).hasSizeLessThan(50);
    }
  }

  @Test
  void standardInputTakesJpegsOrLengthPrefixedFiles() throws Exception {
    byte[] jpeg = TestPictures.jpeg(40, 30);
    byte[] png = TestPictures.png(20, 10);
    PictureDecoder decoder = io.stopline.config.images.ImageFiles::decode;
    try (StreamSource source =
        new StreamSource(new ByteArrayInputStream(join(jpeg, jpeg)), "stdin", decoder)) {
      assertThat(width(source)).isEqualTo(40);
      assertThat(width(source)).isEqualTo(40);
      assertThat(source.next()).isNull();
    }
    byte[] prefixed =
        join(
            java.nio.ByteBuffer.allocate(4).putInt(png.length).array(),
            png,
            java.nio.ByteBuffer.allocate(4).putInt(3).array(),
            ascii("abc"),
            java.nio.ByteBuffer.allocate(4).putInt(jpeg.length).array(),
            jpeg);
    try (StreamSource source =
        new StreamSource(new ByteArrayInputStream(prefixed), "stdin", decoder)) {
      assertThat(width(source)).isEqualTo(20);
      assertThatThrownBy(source::next).isInstanceOf(BadPictureException.class);
      assertThat(width(source)).isEqualTo(40);
      assertThat(source.next()).isNull();
    }
    assertThat(new StreamSource(InputStream.nullInputStream(), "stdin", decoder).next()).isNull();
    try (StreamSource bare = new StreamSource(new ByteArrayInputStream(png), "stdin", decoder)) {
      assertThatThrownBy(bare::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("PNG files without their lengths before them");
    }
    byte[] ppm = ascii("P6\n1 1\n255\nabc");
    try (StreamSource bare = new StreamSource(new ByteArrayInputStream(ppm), "stdin", decoder)) {
      assertThatThrownBy(bare::next).hasMessageContaining("PPM files");
    }
  }

  private static int width(FrameSource source) throws IOException {
    Picture picture = source.next();
    return picture == null ? -1 : picture.image().width();
  }
}
