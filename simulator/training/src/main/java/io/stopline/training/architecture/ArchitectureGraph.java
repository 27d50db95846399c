package io.stopline.training.architecture;

import io.stopline.autodiff.ImageShape;
import java.util.List;
import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.SoftmaxOptionsT;

/** Turns layers into operators, one after the other, for one file. */
final class ArchitectureGraph extends LayerWriter {

  ArchitectureGraph(String architecture, long seed) {
    super(architecture, seed);
  }

  byte[] file(ImageShape input, int classes, boolean scaled, List<Layer> layers) {
    int images = writer.floats("images", 1, input.height(), input.width(), input.channels());
    last = images;
    if (scaled) {
      scale();
    }
    boolean scored = false;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      String place = "layer " + (i + 1);
      if (scored && !(layer instanceof Layer.Mean)) {
        throw problem(place, "stands behind 'classes'; only 'mean' may");
      }
      scored |= layer instanceof Layer.Classes;
      add(place, layer, classes);
    }
    if (!scored) {
      throw problem("the list", "has no 'classes' layer; add one");
    }
    if (shape().length != 2) {
      throw problem("the list", "ends with a score a class at each place; add 'mean' behind it");
    }
    Set<String> left = leftOver();
    if (!left.isEmpty()) {
      throw problem(
          "the list",
          "has no layer for the given weights '%s'; list all layers of that file, in its order"
              .formatted(String.join("', '", left)));
    }
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(1);
    int probabilities = writer.floats("probabilities", 1, classes);
    writer.operator(BuiltinOperator.SOFTMAX, 1, options, new int[] {last}, probabilities);
    return writer.write(images, probabilities);
  }

  private void add(String place, Layer layer, int classes) {
    if (!(layer instanceof Layer.Dense || layer instanceof Layer.Classes)) {
      needMap(place);
    }
    String name = place.replace(" ", "");
    if (layer instanceof Layer.Convolution l) {
      for (int r = 0; r < l.repeat(); r++) {
        convolution(
            at(name, r),
            place,
            l.kernel(),
            l.channels(),
            r == 0 ? l.stride() : 1,
            l.same(),
            l.activation(),
            1);
      }
    } else if (layer instanceof Layer.Separable l) {
      for (int r = 0; r < l.repeat(); r++) {
        depthwise(at(name, r), l.kernel(), r == 0 ? l.stride() : 1, l.activation());
        convolution(at(name, r) + "/point", place, 1, l.channels(), 1, true, l.activation(), 1);
      }
    } else if (layer instanceof Layer.Residual l) {
      for (int r = 0; r < l.repeat(); r++) {
        residual(at(name, r), place, l, r == 0 ? l.stride() : 1);
      }
    } else if (layer instanceof Layer.Inverted l) {
      for (int r = 0; r < l.repeat(); r++) {
        inverted(at(name, r), place, l, r == 0 ? l.stride() : 1);
      }
    } else if (layer instanceof Layer.Pool l) {
      pool(name, place, l.largest(), l.size(), l.stride(), false);
    } else if (layer instanceof Layer.Activate l) {
      activate(name, l.activation());
    } else if (layer instanceof Layer.Position l) {
      position(name, place, l.waves());
    } else if (layer instanceof Layer.Mean) {
      mean(name);
    } else if (layer instanceof Layer.Dense l) {
      needVector(place);
      connected(name, l.units(), l.activation());
    } else if (layer instanceof Layer.Classes) {
      if (shape().length == 2) {
        connected("classes", classes, Activation.NONE);
      } else {
        convolution("classes", place, 1, classes, 1, true, Activation.NONE, 1);
      }
    } else {
      throw new IllegalStateException("%s: nothing builds %s".formatted(place, layer));
    }
  }

  private static String at(String name, int repeat) {
    return name + "." + (repeat + 1);
  }

  private void residual(String name, String place, Layer.Residual l, int stride) {
    int before = last;
    int field = receptiveField;
    int step = reach;
    if (l.before()) {
      activate(name + "/activation", l.activation());
    }
    int activated = last;
    convolution(name + "/first", place, l.kernel(), l.channels(), stride, true, l.activation(), 1);
    convolution(
        name + "/second", place, l.kernel(), l.channels(), 1, true, Activation.NONE, l.branch());
    int branch = last;
    int deepest = receptiveField;
    int stepBehind = reach;
    receptiveField = field;
    reach = step;
    last = before;
    boolean changes = stride != 1 || shape()[3] != l.channels();
    if (changes && l.shortcut() == Layer.Shortcut.AVERAGE) {
      last = before;
      if (stride != 1) {
        pool(name + "/shortcut/mean", place, false, stride, stride, true);
      }
      if (shape()[3] != l.channels()) {
        convolution(name + "/shortcut", place, 1, l.channels(), 1, true, Activation.NONE, 1);
      }
    } else if (changes) {
      last = activated;
      convolution(name + "/shortcut", place, 1, l.channels(), stride, true, Activation.NONE, 1);
    }
    receptiveField = Math.max(deepest, receptiveField);
    reach = stepBehind;
    sum(name, place, branch, l.before() ? Activation.NONE : l.activation());
  }

  private void inverted(String name, String place, Layer.Inverted l, int stride) {
    int before = last;
    int in = shape()[3];
    boolean around = stride == 1 && in == l.channels();
    if (l.expansion() > 1) {
      convolution(name + "/widen", place, 1, in * l.expansion(), 1, true, l.activation(), 1);
    }
    depthwise(name, l.kernel(), stride, l.activation());
    convolution(
        name + "/narrow",
        place,
        1,
        l.channels(),
        1,
        true,
        Activation.NONE,
        around ? l.branch() : 1);
    if (around) {
      int branch = last;
      last = before;
      sum(name, place, branch, Activation.NONE);
    }
  }
}
