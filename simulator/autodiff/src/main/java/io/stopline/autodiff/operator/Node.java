package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.google.flatbuffers.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operator of a file while it is prepared.
 *
 * @param name of the operator, as in {@code schema.fbs}
 * @param place number in the subgraph, for messages
 * @param inputs null where an optional input is left out
 * @param outputs what it writes
 * @param file where options and constants are found
 */
public record Node(
    String name, int place, List<@Nullable Tensor> inputs, List<Tensor> outputs, Source file) {

  /** The parts of the file that an operator may ask for. */
  public interface Source {

    /**
     * Real values of a constant in the model's precision and the file's shape. Shared: read only.
     */
    NDArray constant(Tensor tensor);

    /** Values of an integer constant without scale. */
    int[] ints(Tensor tensor);

    /** Positions {@code options} on the operator's options, false if it has none. */
    boolean options(int place, Table options);

    /** Owns what an operator makes while it is prepared; closes with the model. */
    NDManager manager();

    /** FLOAT32, or FLOAT64 where gradients are checked. */
    DataType precision();
  }

  /** Whether input {@code i} is there. */
  public boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  /**
   * @throws UnsupportedVariantException if the input is left out
   */
  public Tensor input(int i) {
    Tensor tensor = i < inputs.size() ? inputs.get(i) : null;
    if (tensor == null) {
      throw unsupported("has no input " + i);
    }
    return tensor;
  }

  public Tensor output(int i) {
    return outputs.get(i);
  }

  /**
   * Real values of a constant input, dequantised, in the file's shape.
   *
   * @throws UnsupportedVariantException if it is computed
   */
  public NDArray constant(int i) {
    return file.constant(fixed(i));
  }

  /**
   * Axes, sizes and the like.
   *
   * @throws UnsupportedVariantException if they are computed
   */
  public int[] ints(int i) {
    return file.ints(fixed(i));
  }

  /**
   * {@code options}, filled; fields have the schema's defaults if the file leaves the options out.
   */
  public <T extends Table> T options(T options) {
    if (!file.options(place, options)) {
      throw unsupported("has no options");
    }
    return options;
  }

  public boolean hasOptions(Table options) {
    return file.options(place, options);
  }

  /** A function in TorchScript that lives as long as the model. */
  Script script(List<String> parameters, String... body) {
    return new Script(file.manager(), parameters, List.of(body));
  }

  public DataType precision() {
    return file.precision();
  }

  public UnsupportedVariantException unsupported(String what) {
    return new UnsupportedVariantException("%s (operator %d) %s".formatted(name, place, what));
  }

  private Tensor fixed(int i) {
    Tensor tensor = input(i);
    if (!tensor.constant()) {
      throw unsupported("computes its input %d, %s".formatted(i, tensor.describe()));
    }
    return tensor;
  }
}
