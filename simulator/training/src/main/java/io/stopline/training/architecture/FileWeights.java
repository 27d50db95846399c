package io.stopline.training.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.Tensor;
import org.tensorflow.lite.schema.TensorType;

/** The weights that a {@code .tflite} file holds, by name. */
final class FileWeights {

  /** As much as a model may have. */
  private static final int MAX_BYTES = 256 << 20;

  private FileWeights() {}

  /** Float constants of a file by name. */
  static Map<String, float[]> of(byte[] file) {
    Model model = Model.getRootAsModel(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
    SubGraph graph = model.subgraphs(0);
    Map<String, float[]> weights = new HashMap<>();
    for (int t = 0; t < graph.tensorsLength(); t++) {
      Tensor tensor = graph.tensors(t);
      Buffer buffer = model.buffers((int) tensor.buffer());
      if (tensor.type() != TensorType.FLOAT32 || buffer.dataLength() == 0) {
        continue;
      }
      float[] values = new float[buffer.dataLength() / Float.BYTES];
      buffer.dataAsByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      weights.put(String.valueOf(tensor.name()), values);
    }
    return weights;
  }

  /**
   * Float constants of a file that an architecture names.
   *
   * @param architecture for messages
   * @throws InvalidArchitectureException if it cannot be read or is no such file
   */
  static Map<String, float[]> read(String architecture, Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw problem(architecture, file, "does not exist; check the path", e);
    } catch (IOException e) {
      throw problem(architecture, file, "cannot be read; check the permissions", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw problem(architecture, file, "has more than 256 MiB; is it a model?", null);
    }
    if (bytes.length < 8 || !new String(bytes, 4, 4, StandardCharsets.ISO_8859_1).equals("TFL3")) {
      throw problem(architecture, file, "is no .tflite file; name one", null);
    }
    try {
      return of(bytes);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw problem(architecture, file, "is a damaged .tflite file; name a whole one", e);
    }
  }

  private static InvalidArchitectureException problem(
      String architecture, Path file, String what, @Nullable Exception cause) {
    return new InvalidArchitectureException(
        "%s: 'weights' names '%s', which %s".formatted(architecture, file, what), cause);
  }
}
