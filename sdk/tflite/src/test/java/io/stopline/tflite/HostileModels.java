package io.stopline.tflite;

import io.stopline.sdk.model.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Loads and runs damaged copies of models. Run as a process of its own, so that the test sees a
 * crash instead of dying of it.
 */
final class HostileModels {

  private HostileModels() {}

  /**
   * A model whose stride is one over which XNNPACK crashes, in a file that is sound in its form.
   */
  static byte[] crashing() {
    Path file =
        Path.of(System.getProperty("stopline.root", "."))
            .resolve("firmware-config/bundles/traffic-signs/models/robust-int8.tflite");
    byte[] bytes = SharedData.bytes(file);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (numbers.getInt(1692) != 2) {
      throw new IllegalStateException(file + " is another model now; find a place that crashes it");
    }
    numbers.putInt(1692, 4098);
    return bytes;
  }

  /** Truncated, overwritten, or with flipped bits; the case number is the seed. */
  static byte[] damaged(byte[] whole, int number) {
    Random random = new Random(number);
    byte[] bytes = whole.clone();
    switch (number % 5) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> {
        // A run of garbage anywhere.
        int start = random.nextInt(bytes.length);
        for (int i = start; i < Math.min(bytes.length, start + 1 + random.nextInt(256)); i++) {
          bytes[i] = (byte) random.nextInt();
        }
      }
      case 2 -> {
        for (int i = 0; i < 1 + random.nextInt(16); i++) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 3 -> bytes = withAlteredTables(whole, number);
      default -> {
        // Zeros at the end, where the converter puts tables, operators and shapes.
        int start = bytes.length - 1 - random.nextInt(Math.min(bytes.length - 1, 8000));
        for (int i = start; i < Math.min(bytes.length, start + 1 + random.nextInt(64)); i++) {
          bytes[i] = 0;
        }
      }
    }
    return bytes;
  }

  /**
   * Changes up to three numbers that look like offsets, indices or counts (at least half of their
   * bytes are zero, which weights seldom are). The verifier accepts about half of these.
   */
  static byte[] withAlteredTables(byte[] whole, int seed) {
    Random random = new Random(seed);
    ByteBuffer bytes = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int left = 1 + random.nextInt(3);
    while (left > 0) {
      int at = random.nextInt(whole.length / 4) * 4;
      int zeros = 0;
      for (int k = 0; k < 4; k++) {
        zeros += bytes.get(at + k) == 0 ? 1 : 0;
      }
      if (zeros < 2 || at < 8) {
        continue;
      }
      int old = bytes.getInt(at);
      int value =
          switch (random.nextInt(7)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> old + 1;
            case 3 -> old - 1;
            case 4 -> 1 << random.nextInt(31);
            case 5 -> random.nextInt(256);
            default -> old ^ (1 << random.nextInt(16));
          };
      if (random.nextInt(3) == 0) {
        bytes.put(at + random.nextInt(4), (byte) value);
      } else {
        bytes.putInt(at, value);
      }
      left--;
    }
    return bytes.array();
  }

  /**
   * Prints one line a case and "done" at the end.
   *
   * @param args first case number, one past the last, model files
   */
  public static void main(String[] args) throws IOException {
    int refused = 0;
    int ran = 0;
    List<Path> files = Arrays.stream(args).skip(2).map(Path::of).toList();
    for (int number :
        IntStream.range(Integer.parseInt(args[0]), Integer.parseInt(args[1])).toArray()) {
      byte[] whole = Files.readAllBytes(files.get(number / 5 % files.size()));
      System.out.println("case " + number);
      try (TfLiteModel model =
          TfLiteModel.loadBuilt("m" + number, damaged(whole, number), RuntimeOptions.defaults())) {
        model.invoke();
        ran++;
      } catch (InvalidModelException e) {
        String message = String.valueOf(e.getMessage());
        if (!message.contains("'m" + number + "'") || !message.contains(";")) {
          throw new IllegalStateException("unclear: " + message, e);
        }
        refused++;
      } catch (InferenceException e) {
        refused++;
      }
    }
    System.out.println("done: " + refused + " refused, " + ran + " ran");
  }
}
