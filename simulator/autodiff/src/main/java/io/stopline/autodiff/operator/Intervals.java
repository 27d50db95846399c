package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;

/** Arrays whose first half of the batch holds lower ends and whose second half upper ends. */
final class Intervals {

  /**
   * Lines of TorchScript that make middle {@code c} and half width {@code r} of {@code x}. Around
   * them a sum of products is bounded by two sums, the second one with magnitudes of weights.
   */
  static final List<String> MIDDLE_AND_HALF_WIDTH =
      List.of(
          "h = torch.chunk(x, 2, 0)",
          "c = torch.mul(torch.add(h[0], h[1], alpha=1), 0.5)",
          "r = torch.mul(torch.sub(h[1], h[0], alpha=1), 0.5)");

  /** TorchScript that stacks {@code m − s} on {@code m + s}. */
  static final String STACK = "torch.cat([torch.sub(m, s, alpha=1), torch.add(m, s, alpha=1)], 0)";

  private Intervals() {}

  /**
   * Bounds of sums of products.
   *
   * @param lines what is made of {@code c}, {@code r}, weights {@code w} and bias {@code b}
   */
  static Script script(Node node, String... lines) {
    List<String> body = new ArrayList<>(MIDDLE_AND_HALF_WIDTH);
    body.addAll(List.of(lines));
    return node.script(
        node.has(2) ? List.of("x", "w", "b") : List.of("x", "w"), body.toArray(String[]::new));
  }

  /** An operator with bounds of its own. */
  static Operator of(Operator operator, Operator bounds) {
    return new Operator() {
      @Override
      public List<NDArray> apply(List<NDArray> inputs) {
        return operator.apply(inputs);
      }

      @Override
      public List<NDArray> bounds(List<NDArray> inputs) {
        return bounds.apply(inputs);
      }
    };
  }

  /** Upper ends first: what is subtracted. */
  static NDArray turned(NDArray x) {
    NDList halves = x.split(2);
    return NDArrays.concat(new NDList(halves.get(1), halves.get(0)), 0);
  }

  /** What was multiplied by numbers of either sign. */
  static NDArray ordered(NDArray x) {
    NDList halves = x.split(2);
    NDArray a = halves.get(0);
    NDArray b = halves.get(1);
    return NDArrays.concat(new NDList(a.minimum(b), a.maximum(b)), 0);
  }
}
