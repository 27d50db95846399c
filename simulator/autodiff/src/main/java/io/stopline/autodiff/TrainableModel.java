package io.stopline.autodiff;

import io.stopline.sdk.model.LocalScores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A float classifier whose weights can be read, written and differentiated: filters, matrices and
 * biases of convolutions and fully connected layers. What changes them (an optimiser, a defence, a
 * perturbation of weights) is the caller's. All weights stand in one array, tensor after tensor in
 * the order of the file; {@link #tensors} says which part is what. Belongs to one thread.
 */
public interface TrainableModel extends DifferentiableModel {

  /** What a tensor of weights is for. */
  enum Role {
    /** Outputs × height × width × inputs of a group. */
    FILTER,
    /** 1 × height × width × outputs. */
    DEPTHWISE_FILTER,
    /** Outputs × inputs. */
    MATRIX,
    /** Outputs. */
    BIAS
  }

  /**
   * One tensor of weights.
   *
   * @param name as in the file
   * @param offset of its first value among all weights
   * @param shape axes as in the file, see {@link Role}
   */
  record WeightTensor(String name, Role role, int offset, List<Integer> shape) {
    public WeightTensor {
      shape = List.copyOf(shape);
    }

    /** Number of values. */
    public int size() {
      return shape.stream().reduce(1, (a, b) -> a * b);
    }

    /** Number of output channels; the index of a value's channel is {@link #output}. */
    public int outputs() {
      return role == Role.DEPTHWISE_FILTER ? shape.get(3) : shape.get(0);
    }

    /** Output channel of value {@code i} of this tensor. */
    public int output(int i) {
      return role == Role.DEPTHWISE_FILTER ? i % shape.get(3) : i / (size() / shape.get(0));
    }
  }

  /** All trainable tensors. */
  List<WeightTensor> tensors();

  /** Number of trainable values in all. */
  int weights();

  /**
   * Copies the present weights.
   *
   * @param weights receives {@link #weights()} values
   */
  void read(float[] weights);

  /**
   * Replaces the weights. Recordings that are open are void after it.
   *
   * @param weights {@link #weights()} values
   */
  void write(float[] weights);

  /**
   * A forward pass that can be walked back to the weights. {@link #record} is cheaper where only
   * pixels are wanted.
   *
   * @param images NHWC, 0..1, at least {@code count} images; not kept
   */
  Training train(float[] images, int count);

  /**
   * The map of local scores that the logits are the mean of.
   *
   * @throws UnusableModelException if the model does not end in the mean of one, or each of its
   *     cells sees the whole image; says in what it ends
   */
  default LocalScores localScores() {
    throw new UnusableModelException("the model does not end in the mean of a map of local scores");
  }

  /**
   * A forward pass as {@link #train} whose scores are the {@link #localScores}: {@code count ×
   * height × width × classes()} numbers, also for the cotangent. Their mean over cells is the
   * logits, so a loss of the logits can be written as one of these.
   *
   * @param images NHWC, 0..1, at least {@code count} images; not kept
   * @throws UnusableModelException as {@link #localScores}
   */
  default Training trainLocal(float[] images, int count) {
    localScores();
    throw new UnsupportedOperationException("no passes to the local scores");
  }

  /** One forward pass that can be walked back to the weights and to the pixels. */
  interface Training extends AutoCloseable {

    /**
     * {@code count × classes()} scores, or those of each cell; the caller may read them until this
     * is closed.
     */
    float[] logits();

    /**
     * How {@code Σ cotangent · logits} changes with each weight and each pixel. The result is the
     * same in each run on one machine, whatever the number of threads.
     *
     * @param cotangent as many as {@link #logits}
     * @param weights gradient is <em>added</em> to these {@link TrainableModel#weights()} values
     * @param pixels receives {@code count × shape().size()} values, overwritten; null if not wanted
     */
    void backward(float[] cotangent, float[] weights, float @Nullable [] pixels);

    @Override
    void close();
  }

  /**
   * Bounds by interval arithmetic (Gowal et al. 2018) what the model says about any image of a box.
   * Costs three to four passes to the weights an image, measured.
   *
   * @param low lower ends of pixels, NHWC, 0..1, at least {@code count} images; not kept
   * @param high upper ends, none below its lower end; not kept
   * @param labels one a box
   * @throws UnusableModelException if the model computes with an operator that has no bounds here;
   *     convolutions, fully connected layers and what never falls when an input grows have
   */
  default Bounds bounds(float[] low, float[] high, int[] labels, int count) {
    throw new UnusableModelException(
        "no interval bounds through this model; other methods of training need none");
  }

  /** What holds for each image of each box; can be walked back to the weights. */
  interface Bounds extends AutoCloseable {

    /**
     * {@code count × classes()} numbers: for every image of the box the score of the box's label is
     * above that of class {@code k} by at least this; 0 for the label itself. All others above 0:
     * no image of the box is labelled otherwise, up to rounding in single precision. The caller may
     * read them until this is closed.
     */
    float[] margins();

    /**
     * How {@code Σ cotangent · margins} changes with each weight. The same in each run, as for
     * {@link Training#backward}.
     *
     * @param cotangent {@code count × classes()}
     * @param weights gradient is <em>added</em> to these {@link TrainableModel#weights()} values
     */
    void backward(float[] cotangent, float[] weights);

    @Override
    void close();
  }

  /** The {@code .tflite} file with the present weights. */
  byte[] file();
}
