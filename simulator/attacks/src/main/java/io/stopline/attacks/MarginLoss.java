package io.stopline.attacks;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far the best other class lies above the right one (untargeted), or the target above the best
 * other class: above 0 is a success, whatever the scale of the scores.
 */
public record MarginLoss() implements LogitLoss {

  @Override
  public String name() {
    return "margin";
  }

  @Override
  public double evaluate(
      float[] logits,
      int offset,
      int classes,
      int label,
      int target,
      float @Nullable [] cotangent) {
    int own = target < 0 ? label : target;
    int rival = own == 0 ? 1 : 0;
    for (int c = 0; c < classes; c++) {
      if (c != own && logits[offset + c] > logits[offset + rival]) {
        rival = c;
      }
    }
    float sign = target < 0 ? 1 : -1;
    if (cotangent != null) {
      Arrays.fill(cotangent, offset, offset + classes, 0);
      cotangent[offset + rival] = sign;
      cotangent[offset + own] = -sign;
    }
    return sign * ((double) logits[offset + rival] - logits[offset + own]);
  }
}
