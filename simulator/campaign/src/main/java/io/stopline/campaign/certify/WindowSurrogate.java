package io.stopline.campaign.certify;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.LogitsTap;
import io.stopline.autodiff.TfliteModels;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.model.InputEncoding;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Gradients through the map of local scores and the windows over it. */
final class WindowSurrogate implements Surrogate {

  private final DifferentiableModel map;
  private final Windows windows;
  private final int[] groupOf;
  private final int groups;
  private final int classes;
  private float[] cotangent = new float[0];

  WindowSurrogate(byte[] file, InputEncoding encoding, Windows windows, Groups groups) {
    this.map = TfliteModels.open(LogitsTap.withOutputs(file, windows.scores().tensor()), encoding);
    this.windows = windows;
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    this.groups = groups.count();
    this.classes = windows.scores().classes();
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
        values[i] = one(scores, i * cells, right[i]);
      }
      recording.backward(cotangent, gradient);
    }
  }

  private double one(float[] scores, int from, int right) {
    int width = windows.scores().width();
    int height = windows.scores().height();
    double[] all = new double[classes];
    for (int k = 0; k < width * height; k++) {
      for (int c = 0; c < classes; c++) {
        all[c] += scores[from + k * classes + c];
      }
    }
    int[][] best = new int[windows.count()][];
    double[][] sums = new double[windows.count()][];
    for (int w = 0; w < windows.count(); w++) {
      double[] left = all.clone();
      for (int y = windows.top(w); y < windows.top(w) + windows.height(); y++) {
        for (int x = windows.left(w); x < windows.left(w) + windows.width(); x++) {
          for (int c = 0; c < classes; c++) {
            left[c] -= scores[from + (y * width + x) * classes + c];
          }
        }
      }
      sums[w] = left;
      best[w] = best(left);
    }
    int target = -1;
    double value = Double.NEGATIVE_INFINITY;
    for (int g = 0; g < groups; g++) {
      double least = Double.POSITIVE_INFINITY;
      for (int w = 0; w < sums.length && g != right; w++) {
        least = Math.min(least, lead(sums[w], best[w], g));
      }
      if (g != right && least > value) {
        value = least;
        target = g;
      }
    }
    int group = target;
    int[] last =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparingDouble(w -> lead(sums[w], best[w], group)))
            .limit(LAST)
            .mapToInt(Integer::intValue)
            .toArray();
    for (int w : last) {
      int mine = best[w][group];
      int other = rival(sums[w], best[w], group);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          boolean hidden =
              y >= windows.top(w)
                  && y < windows.top(w) + windows.height()
                  && x >= windows.left(w)
                  && x < windows.left(w) + windows.width();
          if (!hidden) {
            int at = from + (y * width + x) * classes;
            cotangent[at + mine] += 1f / LAST;
            cotangent[at + other] -= 1f / LAST;
          }
        }
      }
    }
    return value / (width * height);
  }

  /** The best class of each group. */
  private int[] best(double[] sums) {
    int[] best = new int[groups];
    Arrays.fill(best, -1);
    for (int c = 0; c < classes; c++) {
      int g = groupOf[c];
      best[g] = best[g] < 0 || sums[c] > sums[best[g]] ? c : best[g];
    }
    return best;
  }

  private static int rival(double[] sums, int[] best, int group) {
    int other = -1;
    for (int g = 0; g < best.length; g++) {
      other = g != group && (other < 0 || sums[best[g]] > sums[other]) ? best[g] : other;
    }
    return other;
  }

  private static double lead(double[] sums, int[] best, int group) {
    return sums[best[group]] - sums[rival(sums, best, group)];
  }

  @Override
  public void close() {
    map.close();
  }
}
