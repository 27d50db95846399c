package io.stopline.training.architecture;

import io.stopline.autodiff.ImageShape;
import io.stopline.training.architecture.DetectorArchitecture.Stage;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.ResizeNearestNeighborOptionsT;

/**
 * Writes a detector: down through the stages, up again to a quarter of the image's size, each step
 * adding what the stage of that size has seen (Lin et al. 2017, feature pyramids), and there a heat
 * map and boxes (Zhou et al. 2019, "Objects as points").
 */
final class DetectorGraph extends LayerWriter {

  /** Names of the tensors that come out. */
  static final String HEAT = "heat";

  static final String BOXES = "boxes";

  /** Of a residual branch at the start: little, so that a deep net begins as a shallow one. */
  /** Weights of which there is a row for each kind. */
  static final List<String> OF_KINDS = List.of("head/heat/filter", "head/heat/bias");

  private static final double BRANCH = 0.2;

  /** Of the filters of the head: scores and boxes begin near their biases. */
  private static final double FAINT = 0.1;

  /** The heat of an empty place at the start, 1 % (Lin et al. 2017b, focal loss, section 3.3). */
  private static final float RARE = -4.6f;

  /** Logarithm of a side in cells at the start: 16 px. */
  private static final float MIDDLE = 1.4f;

  private static final int BOX = 4;

  DetectorGraph(String architecture, long seed) {
    super(architecture, seed);
  }

  /**
   * @param learning whether scores and boxes come out as one tensor of raw numbers, 1 × height ×
   *     width × (kinds + 4), to train on; else as two, the heat as probabilities
   */
  byte[] file(DetectorArchitecture a, ImageShape input, boolean learning) {
    int images = writer.floats("images", 1, input.height(), input.width(), input.channels());
    last = images;
    convolution("stem", "stem", 3, a.stem(), 2, true, Activation.RELU6, 1);
    int[] stages = new int[a.stages().size()];
    for (int s = 0; s < stages.length; s++) {
      stage("stage" + (s + 1), a.stages().get(s));
      stages[s] = last;
    }
    int top = stages.length - 1;
    for (int s = top; s >= 0; s--) {
      int above = last;
      String name = "up" + (s + 1);
      int channels = a.topDown().get(top - s);
      last = stages[s];
      convolution(name + "/lateral", name, 1, channels, 1, true, Activation.RELU6, 1);
      if (s < top) {
        int lateral = last;
        last = above;
        if (shape()[3] != channels) {
          convolution(name + "/narrow", name, 1, channels, 1, true, Activation.RELU6, 1);
        }
        enlarge(name, writer.shape(lateral));
        sum(name, name, lateral, Activation.NONE);
        separable(name, channels);
      }
    }
    separable("head", a.head());
    int head = last;
    float[] rare = new float[a.kinds()];
    Arrays.fill(rare, RARE);
    convolution("head/heat", "head", 1, a.kinds(), 1, true, Activation.NONE, FAINT, rare);
    int heat = last;
    last = head;
    float[] middle = {0, 0, MIDDLE, MIDDLE};
    convolution(BOXES, "head", 1, BOX, 1, true, Activation.NONE, FAINT, middle);
    int boxes = last;
    if (learning) {
      int[] shape = shape();
      int both = writer.floats("learning", 1, shape[1], shape[2], a.kinds() + BOX);
      ConcatenationOptionsT options = new ConcatenationOptionsT();
      options.setAxis(3);
      writer.operator(BuiltinOperator.CONCATENATION, 1, options, new int[] {heat, boxes}, both);
      return writer.write(images, both);
    }
    int probabilities = writer.floats(HEAT, writer.shape(heat));
    writer.operator(BuiltinOperator.LOGISTIC, 1, null, new int[] {heat}, probabilities);
    return writer.write(images, probabilities, boxes);
  }

  private void stage(String name, Stage stage) {
    for (int b = 0; b < stage.blocks(); b++) {
      String block = name + "." + (b + 1);
      int before = last;
      depthwise(block, 3, b == 0 ? 2 : 1, Activation.RELU6);
      if (b == 0) {
        convolution(block + "/point", name, 1, stage.channels(), 1, true, Activation.RELU6, 1);
      } else {
        convolution(block + "/point", name, 1, stage.channels(), 1, true, Activation.NONE, BRANCH);
        int branch = last;
        last = before;
        sum(block, name, branch, Activation.RELU6);
      }
    }
  }

  private void separable(String name, int channels) {
    depthwise(name, 3, 1, Activation.RELU6);
    convolution(name + "/point", name, 1, channels, 1, true, Activation.RELU6, 1);
  }

  /** Twice the size, or what the map below has, by repeating values. */
  private void enlarge(String name, int[] like) {
    int size = writer.integers(name + "/size", new int[] {like[1], like[2]}, 2);
    int out = writer.floats(name + "/enlarged", like[0], like[1], like[2], shape()[3]);
    writer.operator(
        BuiltinOperator.RESIZE_NEAREST_NEIGHBOR,
        1,
        new ResizeNearestNeighborOptionsT(),
        new int[] {last, size},
        out);
    last = out;
  }
}
