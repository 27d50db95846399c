package io.stopline.campaign.certify;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.sdk.certificate.Groups;
import io.stopline.training.method.MaskSet;
import java.util.Arrays;

/**
 * Gradients through a model that looks at a picture under masks: which masks are furthest from the
 * goal is asked of the exact file, gradients are taken of those alone, through its float
 * equivalent.
 */
final class MaskSurrogate implements Surrogate {

  private final BatchModel exact;
  private final DifferentiableModel twin;
  private final MaskSet masks;
  private final GroupLeads leads;
  private final Goal goal;
  private final int size;
  private final int classes;
  private final float[] under;
  private final float[] scores;
  private float[] chosen = new float[0];
  private float[] cotangent = new float[0];
  private int[] hiding = new int[0];

  /**
   * @param exact stays its owner's
   * @param twin owned from now on
   */
  MaskSurrogate(
      BatchModel exact, DifferentiableModel twin, MaskSet masks, Groups groups, Goal goal) {
    this.exact = exact;
    this.twin = twin;
    this.masks = masks;
    this.leads = new GroupLeads(groups);
    this.goal = goal;
    this.size = exact.shape().size();
    this.classes = exact.classes();
    this.under = new float[masks.count() * size];
    this.scores = new float[masks.count() * classes];
  }

  @Override
  public void evaluate(float[] images, int count, int[] right, double[] values, float[] gradient) {
    if (chosen.length < count * LAST * size) {
      chosen = new float[count * LAST * size];
      cotangent = new float[count * LAST * classes];
      hiding = new int[2 * count * LAST];
    }
    Arrays.fill(cotangent, 0);
    for (int i = 0; i < count; i++) {
      ask(images, i, -1);
      values[i] = goal == Goal.PASS ? pass(images, i, right[i]) : lose(images, i, right[i]);
    }
    float[] slopes = new float[count * LAST * size];
    try (DifferentiableModel.Recording recording = twin.record(chosen, count * LAST)) {
      recording.backward(cotangent, slopes);
    }
    Arrays.fill(gradient, 0, count * size, 0);
    for (int at = 0; at < count * LAST; at++) {
      // What lies under a mask changes nothing.
      masks.cover(hiding[2 * at], 0, slopes, at * size, exact.shape());
      masks.cover(hiding[2 * at + 1], 0, slopes, at * size, exact.shape());
      for (int k = 0; k < size; k++) {
        gradient[at / LAST * size + k] += slopes[at * size + k];
      }
    }
  }

  /** Asks the exact file about a picture under each mask, and under a further one beside it. */
  private void ask(float[] images, int i, int also) {
    for (int m = 0; m < masks.count(); m++) {
      System.arraycopy(images, i * size, under, m * size, size);
      masks.cover(m, MaskCertifier.FILL, under, m * size, exact.shape());
      if (also >= 0) {
        masks.cover(also, MaskCertifier.FILL, under, m * size, exact.shape());
      }
    }
    exact.logits(under, masks.count(), scores);
  }

  private double pass(float[] images, int i, int right) {
    int target = -1;
    double value = Double.NEGATIVE_INFINITY;
    for (int g = 0; g < leads.groups(); g++) {
      double least = Double.POSITIVE_INFINITY;
      for (int m = 0; m < masks.count() && g != right; m++) {
        least = Math.min(least, leads.lead(scores, m * classes, g));
      }
      if (g != right && least > value) {
        value = least;
        target = g;
      }
    }
    int group = target;
    int[] last = GroupLeads.least(masks.count(), LAST, m -> leads.lead(scores, m * classes, group));
    for (int k = 0; k < LAST; k++) {
      follow(images, i, k, last[k], last[k], group, 1f / LAST);
    }
    return value;
  }

  private double lose(float[] images, int i, int right) {
    int[] last =
        GroupLeads.least(masks.count(), LAST, m -> -leads.lead(scores, m * classes, right));
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < LAST; k++) {
      ask(images, i, last[k]);
      int weakest =
          GroupLeads.least(masks.count(), 1, m -> leads.lead(scores, m * classes, right))[0];
      most = Math.max(most, leads.lead(scores, weakest * classes, right));
      follow(images, i, k, last[k], weakest, right, -1f / LAST);
    }
    return -most;
  }

  /**
   * Notes a picture under two masks, of which the lead of a group is to be moved.
   *
   * @param second may be the same; its row holds the scores
   */
  private void follow(float[] images, int i, int k, int mask, int second, int group, float weight) {
    int at = i * LAST + k;
    hiding[2 * at] = mask;
    hiding[2 * at + 1] = second;
    System.arraycopy(images, i * size, chosen, at * size, size);
    masks.cover(mask, MaskCertifier.FILL, chosen, at * size, exact.shape());
    masks.cover(second, MaskCertifier.FILL, chosen, at * size, exact.shape());
    leads.add(scores, second * classes, group, weight, cotangent, at * classes);
  }

  @Override
  public void close() {
    twin.close();
  }
}
