package io.stopline.campaign.certify;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.sdk.certificate.Groups;
import io.stopline.training.method.MaskSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Gradients through a model that looks at a picture under masks: which masks lag is asked of the
 * exact file, gradients are taken of those alone.
 */
final class MaskSurrogate implements Surrogate {

  private final BatchModel exact;
  private final DifferentiableModel twin;
  private final MaskSet masks;
  private final int[] groupOf;
  private final int groups;

  /**
   * @param exact stays its owner's
   * @param twin owned from now on
   */
  MaskSurrogate(BatchModel exact, DifferentiableModel twin, MaskSet masks, Groups groups) {
    this.exact = exact;
    this.twin = twin;
    this.masks = masks;
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    this.groups = groups.count();
  }

  @Override
  public void evaluate(float[] images, int count, int[] right, double[] values, float[] gradient) {
    int size = exact.shape().size();
    int classes = exact.classes();
    float[] under = new float[masks.count() * size];
    float[] scores = new float[masks.count() * classes];
    float[] chosen = new float[count * LAST * size];
    float[] cotangent = new float[count * LAST * classes];
    int[] masksOf = new int[count * LAST];
    for (int i = 0; i < count; i++) {
      for (int m = 0; m < masks.count(); m++) {
        System.arraycopy(images, i * size, under, m * size, size);
        masks.cover(m, MaskCertifier.FILL, under, m * size, exact.shape());
      }
      exact.logits(under, masks.count(), scores);
      int group = -1;
      values[i] = Double.NEGATIVE_INFINITY;
      for (int g = 0; g < groups; g++) {
        double least = Double.POSITIVE_INFINITY;
        for (int m = 0; m < masks.count() && g != right[i]; m++) {
          int[] pair = pair(scores, m * classes, g);
          least =
              Math.min(
                  least, (double) scores[m * classes + pair[0]] - scores[m * classes + pair[1]]);
        }
        if (g != right[i] && least > values[i]) {
          values[i] = least;
          group = g;
        }
      }
      int target = group;
      int[] last =
          IntStream.range(0, masks.count())
              .boxed()
              .sorted(
                  Comparator.comparingDouble(
                      m -> {
                        int[] pair = pair(scores, m * classes, target);
                        return (double) scores[m * classes + pair[0]]
                            - scores[m * classes + pair[1]];
                      }))
              .limit(LAST)
              .mapToInt(Integer::intValue)
              .toArray();
      for (int k = 0; k < LAST; k++) {
        int m = last[Math.min(k, last.length - 1)];
        int at = i * LAST + k;
        masksOf[at] = m;
        System.arraycopy(under, m * size, chosen, at * size, size);
        int[] pair = pair(scores, m * classes, target);
        cotangent[at * classes + pair[0]] += 1f / LAST;
        cotangent[at * classes + pair[1]] -= 1f / LAST;
      }
    }
    float[] slopes = new float[count * LAST * size];
    try (DifferentiableModel.Recording recording = twin.record(chosen, count * LAST)) {
      recording.backward(cotangent, slopes);
    }
    Arrays.fill(gradient, 0, count * size, 0);
    for (int at = 0; at < masksOf.length; at++) {
      masks.cover(masksOf[at], 0, slopes, at * size, exact.shape());
      for (int k = 0; k < size; k++) {
        gradient[at / LAST * size + k] += slopes[at * size + k];
      }
    }
  }

  /** The best class of a group and the best of all others. */
  private int[] pair(float[] scores, int from, int group) {
    int mine = -1;
    int other = -1;
    for (int c = 0; c < groupOf.length; c++) {
      if (groupOf[c] == group) {
        mine = mine < 0 || scores[from + c] > scores[from + mine] ? c : mine;
      } else {
        other = other < 0 || scores[from + c] > scores[from + other] ? c : other;
      }
    }
    return new int[] {mine, other};
  }

  @Override
  public void close() {
    twin.close();
  }
}
