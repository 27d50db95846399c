package io.stopline.campaign.certify;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.LogitsTap;
import io.stopline.autodiff.TfliteModels;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.model.InputEncoding;
import java.util.Arrays;

/** Gradients through the map of local scores and the windows over it. */
final class WindowSurrogate implements Surrogate {

  private final DifferentiableModel map;
  private final Windows windows;
  private final GroupLeads leads;
  private final Goal goal;
  private final int classes;
  private final int height;
  private final int width;
  private final float[] sums;
  private final float[] pairs;
  private float[] cotangent = new float[0];

  WindowSurrogate(byte[] file, InputEncoding encoding, Windows windows, Groups groups, Goal goal) {
    this.map = TfliteModels.open(LogitsTap.withOutputs(file, windows.scores().tensor()), encoding);
    this.windows = windows;
    this.leads = new GroupLeads(groups);
    this.goal = goal;
    this.classes = windows.scores().classes();
    this.height = windows.scores().height();
    this.width = windows.scores().width();
    this.sums = new float[windows.count() * classes];
    this.pairs = new float[windows.count() * classes];
  }

  @Override
  public void evaluate(float[] images, int count, int[] right, double[] values, float[] gradient) {
    int cells = map.classes();
    if (cotangent.length < count * cells) {
      cotangent = new float[count * cells];
    }
    Arrays.fill(cotangent, 0);
    try (DifferentiableModel.Recording recording = map.record(images, count)) {
      float[] scores = recording.logits();
      for (int i = 0; i < count; i++) {
        double[] integral = integral(scores, i * cells);
        for (int w = 0; w < windows.count(); w++) {
          left(integral, w, w, sums, w * classes);
        }
        values[i] =
            (goal == Goal.PASS ? pass(i * cells, right[i]) : lose(integral, i * cells, right[i]))
                / (width * height);
      }
      recording.backward(cotangent, gradient);
    }
  }

  private double pass(int from, int right) {
    int target = -1;
    double value = Double.NEGATIVE_INFINITY;
    for (int g = 0; g < leads.groups(); g++) {
      double least = Double.POSITIVE_INFINITY;
      for (int w = 0; w < windows.count() && g != right; w++) {
        least = Math.min(least, leads.lead(sums, w * classes, g));
      }
      if (g != right && least > value) {
        value = least;
        target = g;
      }
    }
    int group = target;
    for (int w :
        GroupLeads.least(windows.count(), LAST, w -> leads.lead(sums, w * classes, group))) {
      follow(from, sums, w, w, group, 1f / LAST);
    }
    return value;
  }

  private double lose(double[] integral, int from, int right) {
    double most = Double.NEGATIVE_INFINITY;
    for (int w :
        GroupLeads.least(windows.count(), LAST, w -> -leads.lead(sums, w * classes, right))) {
      for (int v = 0; v < windows.count(); v++) {
        left(integral, w, v, pairs, v * classes);
      }
      int weakest =
          GroupLeads.least(windows.count(), 1, v -> leads.lead(pairs, v * classes, right))[0];
      most = Math.max(most, leads.lead(pairs, weakest * classes, right));
      follow(from, pairs, w, weakest, right, -1f / LAST);
    }
    return -most;
  }

  /** Raises the lead of a group, by the scores of the second, in all cells outside two windows. */
  private void follow(int from, float[] of, int first, int second, int group, float weight) {
    int mine = leads.best(of, second * classes, group, true);
    int other = leads.best(of, second * classes, group, false);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (!in(first, y, x) && !in(second, y, x)) {
          int at = from + (y * width + x) * classes;
          cotangent[at + mine] += weight;
          cotangent[at + other] -= weight;
        }
      }
    }
  }

  private boolean in(int w, int y, int x) {
    return y >= windows.top(w)
        && y < windows.top(w) + windows.height()
        && x >= windows.left(w)
        && x < windows.left(w) + windows.width();
  }

  /** Sums of all cells above and to the left, by class. */
  private double[] integral(float[] scores, int from) {
    double[] all = new double[(height + 1) * (width + 1) * classes];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < classes; c++) {
          all[at(y + 1, x + 1) + c] =
              scores[from + (y * width + x) * classes + c]
                  + all[at(y, x + 1) + c]
                  + all[at(y + 1, x) + c]
                  - all[at(y, x) + c];
        }
      }
    }
    return all;
  }

  private int at(int y, int x) {
    return (y * (width + 1) + x) * classes;
  }

  /** What is left without two windows, which may be one. */
  private void left(double[] integral, int w, int v, float[] to, int at) {
    int top = Math.max(windows.top(w), windows.top(v));
    int left = Math.max(windows.left(w), windows.left(v));
    int bottom = Math.min(windows.top(w), windows.top(v)) + windows.height();
    int right = Math.min(windows.left(w), windows.left(v)) + windows.width();
    for (int c = 0; c < classes; c++) {
      double sum = integral[at(height, width) + c] - window(integral, w, c);
      if (v != w) {
        sum -= window(integral, v, c);
        sum += top < bottom && left < right ? part(integral, top, left, bottom, right, c) : 0;
      }
      to[at + c] = (float) sum;
    }
  }

  private double window(double[] integral, int w, int c) {
    int top = windows.top(w);
    int left = windows.left(w);
    return part(integral, top, left, top + windows.height(), left + windows.width(), c);
  }

  private double part(double[] integral, int top, int left, int bottom, int right, int c) {
    return integral[at(bottom, right) + c]
        - integral[at(top, right) + c]
        - integral[at(bottom, left) + c]
        + integral[at(top, left) + c];
  }

  @Override
  public void close() {
    map.close();
  }
}
