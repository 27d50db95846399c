package io.stopline.attacks;

import io.stopline.autodiff.ImageShape;
import org.jspecify.annotations.Nullable;

/**
 * What a first-order or score-based attack maximises for a fixed batch of inputs: a loss over a
 * bare model's scores, or the joint loss over a whole guard (wrong label <i>and</i> accepted).
 * Belongs to one thread at a time. A randomised objective takes fresh draws at every call.
 */
public interface Objective {

  /** Size of one image. */
  ImageShape shape();

  /**
   * Looks at candidates.
   *
   * @param rows which input of the batch each candidate belongs to; any order, repeats allowed
   * @param images candidates, NHWC, 0..1, at least {@code rows.length} of them; those beyond are
   *     not looked at
   * @param into receives loss and success, and the gradient if {@code into} has room for one; it
   *     may have room for more than {@code rows.length}
   */
  void evaluate(int[] rows, float[] images, Answers into);

  /**
   * Room for answers, one a candidate; reused from call to call.
   *
   * @param loss more is better for the attacker
   * @param success whether the candidate is a success (for a randomised objective: in these draws)
   * @param gradient of the loss with respect to the candidate's pixels, NHWC; null if not wanted
   */
  @SuppressWarnings("ArrayRecordComponent") // reused from call to call
  record Answers(float[] loss, boolean[] success, float @Nullable [] gradient) {

    /** Room for {@code count} candidates. */
    public static Answers room(int count, ImageShape shape, boolean gradient) {
      return new Answers(
          new float[count], new boolean[count], gradient ? new float[count * shape.size()] : null);
    }
  }
}
