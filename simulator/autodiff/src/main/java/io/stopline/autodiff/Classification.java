package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.ImageLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What makes a file a classifier of images: one image in, one vector of scores out.
 *
 * @param input tensor of the images
 * @param shape of one image as callers have it: with three channels wherever the model reads
 *     colours or their grey
 * @param layout how the input tensor holds it; null if it has another number of channels, which are
 *     taken as they are
 * @param classes at least 2
 * @param head where the logits are
 */
record Classification(
    int input, ImageShape shape, @Nullable ImageLayout layout, int classes, Head head) {

  /**
   * @throws UnusableModelException if the file is no such classifier
   * @throws UnsupportedOperatorException if it is none and has operators that are not known
   */
  static Classification of(TfliteFile file) {
    if (file.inputs().size() != 1
        || file.outputs().size() != 1
        || file.tensors().get(file.inputs().get(0)).rank() != 4) {
      // An operator that is not known says more than the number of outputs.
      Graph.refuseUnknown(file.steps());
    }
    int input = only("input", file.inputs());
    int output = only("output", file.outputs());
    Tensor images = file.tensors().get(input);
    if (images.rank() != 4 || images.elements() == 0) {
      throw new UnusableModelException(
          "the model's input is %s; a classifier of images takes batch × height × width × channels"
              .formatted(images.describe()));
    }
    Tensor scores = file.tensors().get(output);
    int classes = scores.elements() / images.shape().get(0);
    if (classes < 2) {
      throw new UnusableModelException(
          "the model's output is %s: fewer than two scores; give a classifier with a score a class"
              .formatted(scores.describe()));
    }
    List<Integer> one = new ArrayList<>(images.shape());
    one.set(0, 1); // any batch
    ImageLayout layout = ImageLayout.isOne(one) ? ImageLayout.of(one) : null;
    ImageShape shape =
        layout == null
            ? new ImageShape(one.get(1), one.get(2), one.get(3))
            : new ImageShape(layout.height(), layout.width(), 3);
    return new Classification(input, shape, layout, classes, Head.of(file, output));
  }

  private static int only(String what, List<Integer> tensors) {
    if (tensors.size() != 1) {
      throw new UnusableModelException(
          "the model has %d %ss; a classifier has one. A detector is opened as one, with what its outputs mean"
              .formatted(tensors.size(), what));
    }
    return tensors.get(0);
  }
}
