package io.stopline.config.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.random.RandomStream;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SlowImages;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Images changed at random, by bytes and by their structure: each is read or refused with the
 * documented exception, and in time. 100 of them; 2,000 with {@code -Dstopline.faults=all}; others
 * with {@code -Dstopline.faults.seed=N}.
 */
@Tag("faults")
final class ImageFuzzTest {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** What may come on top: a pause of the machine, or the longest step between two looks. */
  private static final Duration TOLERANCE = Duration.ofSeconds(3);

  private static final byte[][] TELLING = {
    {0},
    {-1},
    {0, 0},
    {-1, -1},
    {0x7f, -1, -1, -1},
    {-1, -1, -1, -1},
    {0, 0, 0, 0},
    {-128, 0, 0, 0},
    {-1, (byte) 0xd8},
    {-1, (byte) 0xd9},
    {-1, (byte) 0xda},
    {-1, (byte) 0xc0},
    {-1, (byte) 0xc2},
    {-1, (byte) 0xc4},
    {-1, (byte) 0xdd, 0, 4, 0, 1},
    {-1, (byte) 0xd0},
    {-1, (byte) 0xfe, 0, 2},
    "IHDR".getBytes(StandardCharsets.US_ASCII),
    "PLTE".getBytes(StandardCharsets.US_ASCII),
    "tRNS".getBytes(StandardCharsets.US_ASCII),
    "IDAT".getBytes(StandardCharsets.US_ASCII),
    "iCCP".getBytes(StandardCharsets.US_ASCII),
    "eXIf".getBytes(StandardCharsets.US_ASCII),
    "99999999".getBytes(StandardCharsets.US_ASCII),
    "65535".getBytes(StandardCharsets.US_ASCII)
  };

  private static final class Tally {
    int read;
    int refused;
    int slow;
    long longest;
  }

  @Test
  void changedImagesAreReadOrRefusedInTime() {
    int count = FaultTable.inFull() ? 2000 : 100;
    long seed = Long.getLong("stopline.faults.seed", 1);
    Map<String, byte[]> corpus = corpus();
    List<String> kinds = List.copyOf(corpus.keySet());
    Map<String, Tally> table = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, i));
      String kind = kinds.get(i % kinds.size());
      String other = kinds.get(random.nextInt(kinds.size()));
      byte[] image = changed(image(corpus, kind), image(corpus, other), random);
      Tally tally = table.computeIfAbsent(kind, k -> new Tally());
      String name = "image %d of seed %d, from %s".formatted(i, seed, kind);
      long start = System.nanoTime();
      try {
        ImageFiles.decode(image, name, LIMIT);
        tally.read++;
      } catch (SlowImageException e) {
        tally.slow++;
      } catch (UnusableImageException e) {
        tally.refused++;
        assertThat(e.getMessage()).contains(name);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(name + " was answered by " + e, e);
      }
      long took = System.nanoTime() - start;
      tally.longest = Math.max(tally.longest, took);
      assertThat(Duration.ofNanos(took)).as(name).isLessThan(LIMIT.plus(TOLERANCE));
    }
    System.out.printf(
        "%d changed images, seed %d, limit %d ms%n%-22s %6s %7s %8s %10s%n",
        count, seed, LIMIT.toMillis(), "from", "read", "refused", "given up", "longest ms");
    table.forEach(
        (kind, tally) ->
            System.out.printf(
                "%-22s %6d %7d %8d %10d%n",
                kind, tally.read, tally.refused, tally.slow, tally.longest / 1_000_000));
    FaultTable.add(
        "images",
        count + " changed images",
        "not tried",
        "other exceptions 0, longest %d ms of %d (seed %d)"
            .formatted(
                table.values().stream().mapToLong(t -> t.longest).max().orElseThrow() / 1_000_000,
                LIMIT.toMillis(),
                seed));
    assertThat(table.values().stream().mapToInt(t -> t.read + t.refused + t.slow).sum())
        .isEqualTo(count);
    assertThat(table.values()).anyMatch(t -> t.read > 0).anyMatch(t -> t.refused > 0);
  }

  private static byte[] image(Map<String, byte[]> corpus, String kind) {
    return Objects.requireNonNull(corpus.get(kind));
  }

  private static Map<String, byte[]> corpus() {
    Map<String, byte[]> corpus = new LinkedHashMap<>();
    corpus.put("JPEG baseline", SlowImages.jpeg(160, 120, false));
    corpus.put("JPEG progressive", SlowImages.jpeg(160, 120, true));
    corpus.put(
        "JPEG grey", encoded(new BufferedImage(80, 60, BufferedImage.TYPE_BYTE_GRAY), "jpg"));
    corpus.put("JPEG of 32 scans", SlowImages.manyScans(1024, 1024, 32));
    corpus.put("PNG RGB", encoded(SlowImages.chessboard(80, 60), "png"));
    corpus.put("PNG interlaced", SlowImages.blackPng(300, 200, true));
    corpus.put(
        "PNG palette", encoded(new BufferedImage(80, 60, BufferedImage.TYPE_BYTE_INDEXED), "png"));
    corpus.put(
        "PNG grey, 16 bits",
        encoded(new BufferedImage(80, 60, BufferedImage.TYPE_USHORT_GRAY), "png"));
    corpus.put("PNG with profiles", SlowImages.manyProfiles(3));
    corpus.put("PPM", ppm("P6\n# a comment\n20 10\n255\n", 600));
    corpus.put("PPM, 16 bits", ppm("P6 20 10 65535\n", 1200));
    return corpus;
  }

  /** One to four changes, then, for half of the PNG images, checksums that are right again. */
  private static byte[] changed(byte[] image, byte[] other, RandomStream random) {
    byte[] result = image.clone();
    for (int n = 1 + random.nextInt(4); n > 0 && result.length > 12; n--) {
      // More often near the beginning, where the structure stands.
      int at =
          random.nextInt(2) == 0
              ? random.nextInt(result.length)
              : random.nextInt(Math.min(result.length, 200));
      result =
          switch (random.nextInt(7)) {
            case 0 -> {
              result[at] ^= (byte) (1 << random.nextInt(8));
              yield result;
            }
            case 1 -> {
              result[at] = (byte) random.nextInt(256);
              yield result;
            }
            case 2 -> overwritten(result, at, TELLING[random.nextInt(TELLING.length)]);
            case 3 -> Arrays.copyOf(result, Math.max(4, at));
            case 4 ->
                spliced(
                    result, at, result, at, Math.min(result.length, at + 1 + random.nextInt(400)));
            case 5 -> spliced(result, at, other, random.nextInt(other.length), other.length);
            default -> {
              int to = Math.min(result.length, at + 1 + random.nextInt(20));
              yield joined(
                  Arrays.copyOf(result, at), Arrays.copyOfRange(result, to, result.length));
            }
          };
    }
    if (random.nextInt(2) == 0) {
      mendChecksums(result);
    }
    return result;
  }

  private static byte[] overwritten(byte[] data, int at, byte[] with) {
    System.arraycopy(with, 0, data, at, Math.min(with.length, data.length - at));
    return data;
  }

  /** A part of one image put into another. */
  private static byte[] spliced(byte[] data, int at, byte[] from, int start, int end) {
    return joined(
        joined(Arrays.copyOf(data, at), Arrays.copyOfRange(from, start, end)),
        Arrays.copyOfRange(data, at, data.length));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  /** Without this, most changes would end at a checksum. */
  private static void mendChecksums(byte[] png) {
    ByteBuffer data = ByteBuffer.wrap(png);
    for (int at = 8; at + 12 <= png.length; ) {
      long length = data.getInt(at) & 0xffffffffL;
      if (length > png.length - at - 12L) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, (int) length + 4);
      data.putInt(at + 8 + (int) length, (int) crc.getValue());
      at += (int) length + 12;
    }
  }

  private static byte[] ppm(String header, int bytes) {
    byte[] start = header.getBytes(StandardCharsets.US_ASCII);
    byte[] image = Arrays.copyOf(start, start.length + bytes);
    for (int i = start.length; i < image.length; i++) {
      image[i] = (byte) (37 * i);
    }
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
