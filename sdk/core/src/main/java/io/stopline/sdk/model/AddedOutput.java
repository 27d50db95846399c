package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A copy of a {@code .tflite} file that gives one more of its tensors as its last output. A new
 * list of outputs is put behind the file's bytes and the old reference is turned to it; operators,
 * weights and all else stay where they are, so the first outputs are computed as before.
 */
public final class AddedOutput {

  private AddedOutput() {}

  /**
   * Adds an output.
   *
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty
   * @param tensor its number in the first subgraph
   * @throws IllegalArgumentException if there is no such tensor, or the file has no outputs
   */
  public static byte[] to(byte[] file, int tensor) {
    ModelGraph graph = ModelGraph.of(file);
    if (tensor < 0 || tensor >= graph.tensors().size() || graph.outputs().isEmpty()) {
      throw new IllegalArgumentException(
          "there is no tensor %d among %d, or no output beside which it could stand"
              .formatted(tensor, graph.tensors().size()));
    }
    List<Integer> outputs = new ArrayList<>(graph.outputs());
    outputs.add(tensor);
    int at = ModelGraph.outputsField(file);
    int start = Math.floorDiv(file.length + 3, 4) * 4;
    byte[] copy = Arrays.copyOf(file, start + 4 + 4 * outputs.size());
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(at, start - at);
    bytes.putInt(start, outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      bytes.putInt(start + 4 + 4 * i, outputs.get(i));
    }
    return copy;
  }
}
