package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.FullyConnectedOptionsWeightsFormat;

/** FULLY_CONNECTED: everything behind the batch, or the last axis, times a matrix. */
final class FullyConnected implements Operator, Margins.Source {
  private final Node node;
  private final byte activation;
  private final boolean keep;
  private final NDArray weights;
  private final @Nullable NDArray bias;
  private final long width;
  private @Nullable Script bounds;
  private @Nullable Script margins;

  private FullyConnected(Node node, FullyConnectedOptions o) {
    this.node = node;
    this.activation = o.fusedActivationFunction();
    this.keep = o.keepNumDims();
    this.weights = node.constant(1);
    this.bias = node.has(2) ? node.constant(2) : null;
    this.width = node.input(1).shape().get(1);
  }

  static Operator prepare(Node node) {
    FullyConnectedOptions o = node.options(new FullyConnectedOptions());
    if (o.weightsFormat() != FullyConnectedOptionsWeightsFormat.DEFAULT) {
      throw node.unsupported("has shuffled weights");
    }
    return new FullyConnected(node, o);
  }

  private NDArray rows(NDArray x) {
    return !keep && x.getShape().dimension() != 2 ? x.reshape(new Shape(-1, width)) : x;
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = rows(inputs.get(0));
    NDArray y = x.getNDArrayInternal().linear(x, weights, bias).get(0);
    return List.of(Activation.apply(activation, y));
  }

  @Override
  public List<NDArray> bounds(List<NDArray> inputs) {
    if (bounds == null) {
      bounds =
          Intervals.script(
              node,
              "m = torch.linear(c, w, %s)".formatted(bias == null ? "None" : "b"),
              "s = torch.linear(r, torch.abs(w), None)",
              "return " + Intervals.STACK);
    }
    return List.of(Activation.apply(activation, call(bounds, rows(inputs.get(0)))));
  }

  private NDArray call(Script script, NDArray x) {
    return bias == null ? script.call(x, weights) : script.call(x, weights, bias);
  }

  @Override
  public boolean hasMargins() {
    return activation == ActivationFunctionType.NONE && !keep;
  }

  @Override
  public NDArray margins(List<NDArray> inputs, NDArray labels) {
    if (margins == null) {
      List<String> body = new ArrayList<>(Intervals.MIDDLE_AND_HALF_WIDTH);
      body.add("z = torch.linear(c, w, %s)".formatted(bias == null ? "None" : "b"));
      body.add("own = torch.sum(torch.mul(z, t), [1], True)");
      // Images × classes × inputs: the row of the label less each row.
      body.add(
          "d = torch.abs(torch.sub(torch.unsqueeze(torch.matmul(t, w), 1), torch.unsqueeze(w, 0),"
              + " alpha=1))");
      body.add("s = torch.squeeze(torch.bmm(d, torch.unsqueeze(r, 2)), 2)");
      body.add("return torch.sub(torch.sub(own, z, alpha=1), s, alpha=1)");
      margins =
          node.script(
              bias == null ? List.of("x", "t", "w") : List.of("x", "t", "w", "b"),
              body.toArray(String[]::new));
    }
    NDArray x = rows(inputs.get(0));
    return bias == null ? margins.call(x, labels, weights) : margins.call(x, labels, weights, bias);
  }
}
