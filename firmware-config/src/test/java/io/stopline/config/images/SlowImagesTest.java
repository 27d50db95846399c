package io.stopline.config.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.testing.FaultTable;
import io.stopline.testing.SlowImages;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that would keep a decoder busy for long. */
@Tag("faults")
final class SlowImagesTest {

  /** Far above what refusing takes, far below what decoding would take. */
  private static final Duration SOON = Duration.ofSeconds(5);

  /** Where a JPEG goes on behind its start and its JFIF segment. */
  private static final int BEHIND_JFIF = 20;

  @TempDir Path folder;

  @Test
  void aJpegOfManyScansIsRefusedWithoutDecodingIt() throws Exception {
    Path file = folder.resolve("scans.jpg");
    Files.write(file, SlowImages.manyScans(2000, 2000, 1500));
    assertThat(Files.size(file)).isLessThan(140_000);
    long start = System.nanoTime();
    assertThatThrownBy(() -> ImageFiles.read(file))
        .isExactlyInstanceOf(UnusableImageException.class)
        .hasMessageContaining("scans.jpg")
        .hasMessageContaining("more than 32 scans")
        .hasMessageContaining("save it again as a baseline JPEG");
    assertThat(since(start)).isLessThan(SOON);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 32})
  void asManyScansAsAnEncoderMakesAreRead(int scans) {
    assertThat(ImageFiles.decode(SlowImages.manyScans(48, 32, scans), "x").width()).isEqualTo(48);
  }

  @Test
  void oneScanMoreIsRefused() {
    assertThatThrownBy(() -> ImageFiles.decode(SlowImages.manyScans(48, 32, 33), "x"))
        .hasMessageContaining("more than 32 scans");
  }

  @Test
  void scansCannotBeHiddenFromTheCount() {
    byte[] jpeg = SlowImages.manyScans(48, 32, 33);
    // A decoder skips bytes that are no marker, and an end of image inside a comment.
    byte[] comment = {(byte) 0xff, (byte) 0xfe, 0, 4, (byte) 0xff, (byte) 0xd9};
    for (byte[] hidden : new byte[][] {{0}, {1, 2, 3}, {(byte) 0xff, (byte) 0xff}, comment}) {
      byte[] changed = inserted(jpeg, BEHIND_JFIF, hidden);
      assertThatThrownBy(() -> ImageFiles.decode(changed, "x"))
          .hasMessageContaining("more than 32 scans");
    }
    int last = jpeg.length - 2;
    while (jpeg[last] != (byte) 0xff || jpeg[last + 1] != (byte) 0xda) {
      last--;
    }
    byte[] betweenScans = inserted(jpeg, last, comment);
    assertThat(JpegScans.count(betweenScans, 0, betweenScans.length)).isEqualTo(33);
  }

  @Test
  void scansBehindTheEndOfTheImageAreNotCounted() {
    // Phones put further pictures and videos there.
    byte[] jpeg = SlowImages.manyScans(48, 32, 12);
    byte[] withMore = inserted(jpeg, jpeg.length, SlowImages.manyScans(48, 32, 40));
    assertThat(ImageFiles.decode(withMore, "x").height()).isEqualTo(32);
  }

  @Test
  void noSlowImageTakesMuchLongerThanItsLimit() {
    Map<String, byte[]> images = new TreeMap<>();
    images.put("JPEG 4096×2048, 32 scans", SlowImages.manyScans(4096, 2048, 32));
    images.put("JPEG, 100,000 Huffman tables", SlowImages.manySegments(64, 64, 0xc4, 100_000));
    images.put("JPEG, 100,000 quantisation tables", SlowImages.manySegments(64, 64, 0xdb, 100_000));
    images.put("PNG 1×30,000,000, interlaced", SlowImages.blackPng(1, 30_000_000, true));
    images.put("PNG 4096×4096, interlaced", SlowImages.blackPng(4096, 4096, true));
    images.put("PNG, 500,000 empty chunks", SlowImages.manyChunks(500_000));
    images.put("PNG, 3,000 profiles of 4 MiB", SlowImages.manyProfiles(3_000));
    images.put("PNG, 3,000 texts of 4 MiB", SlowImages.manyPackedTexts(3_000));
    Duration limit = Duration.ofMillis(200);
    for (Map.Entry<String, byte[]> image : images.entrySet()) {
      long start = System.nanoTime();
      String outcome = "decoded";
      try {
        ImageFiles.decode(image.getValue(), image.getKey(), limit);
      } catch (SlowImageException e) {
        outcome = "given up";
        assertThat(e).hasMessageContaining(image.getKey()).hasMessageContaining("within 200 ms");
      }
      Duration took = since(start);
      FaultTable.add(
          "images",
          "slow: %s (%d bytes), limit 200 ms".formatted(image.getKey(), image.getValue().length),
          "no limit: 140 KB of scans stop a camera for minutes",
          "%s after %d ms".formatted(outcome, took.toMillis()));
      assertThat(took).as(image.getKey()).isLessThan(limit.plus(SOON));
    }
  }

  @Test
  void anImageThatIsGivenUpIsSaidToBeSlowAndOrdinaryOnesAreNot() {
    byte[] slow = SlowImages.blackPng(1, 30_000_000, true);
    assertThatThrownBy(() -> ImageFiles.decode(slow, "thin.png", Duration.ofMillis(20)))
        .isInstanceOf(SlowImageException.class)
        .hasMessageContaining("thin.png")
        .hasMessageContaining("20 ms");
    assertThatCode(() -> ImageFiles.decode(SlowImages.jpeg(640, 480, true), "ordinary"))
        .doesNotThrowAnyException();
  }

  private static byte[] inserted(byte[] data, int at, byte[] more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(data, 0, at);
    out.writeBytes(more);
    out.write(data, at, data.length - at);
    return out.toByteArray();
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
