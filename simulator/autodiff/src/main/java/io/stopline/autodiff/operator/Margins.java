package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * How far the score of the label stays above each other score, at least, from bounds of all scores.
 */
public final class Margins {

  /** A last layer that bounds differences of its outputs better than the outputs tell. */
  public interface Source {

    /**
     * Whether the outputs are the layer's sums themselves.
     *
     * @see #margins
     */
    boolean hasMargins();

    /**
     * Lower bounds of differences, with the rows of the weights subtracted before bounds are taken
     * (Gowal et al. 2018, section 3.1).
     *
     * @param inputs as for {@link Operator#bounds}
     * @param labels one row an image, 1 at its label and else 0
     */
    NDArray margins(List<NDArray> inputs, NDArray labels);
  }

  private final Script script;

  /**
   * @param manager frees the function when it closes
   */
  public Margins(NDManager manager) {
    script =
        new Script(
            manager,
            List.of("x", "t"),
            List.of(
                "h = torch.chunk(x, 2, 0)",
                "own = torch.sum(torch.mul(h[0], t), [1], True)",
                "return torch.mul(torch.sub(own, h[1], alpha=1), torch.rsub(t, 1., 1))"));
  }

  /**
   * @param scores lower bounds of an image in the first half of the rows, upper ones in the second
   * @param labels one row an image, 1 at its label and else 0
   * @return images × classes; 0 at the label
   */
  public NDArray of(NDArray scores, NDArray labels) {
    return script.call(scores, labels);
  }
}
