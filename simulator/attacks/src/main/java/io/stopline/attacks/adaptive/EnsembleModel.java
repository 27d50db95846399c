package io.stopline.attacks.adaptive;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The mean of several models' probabilities as one model; its scores are the logarithms. Closes
 * nothing. Belongs to one thread.
 */
public final class EnsembleModel implements DifferentiableModel {

  private static final double TINY = 1e-30;

  private final List<DifferentiableModel> members;

  /**
   * @param members of one shape and as many classes, at least one
   */
  public EnsembleModel(List<DifferentiableModel> members) {
    this.members = List.copyOf(members);
  }

  @Override
  public ImageShape shape() {
    return members.get(0).shape();
  }

  @Override
  public int classes() {
    return members.get(0).classes();
  }

  @Override
  public int largestBatch() {
    return members.stream().mapToInt(DifferentiableModel::largestBatch).min().orElseThrow();
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    int classes = classes();
    double[] sum = new double[count * classes];
    float[] scores = new float[count * classes];
    for (DifferentiableModel member : members) {
      member.logits(images, count, scores);
      add(softmax(scores, count), sum);
    }
    for (int i = 0; i < sum.length; i++) {
      logits[i] = (float) Math.log(sum[i] / members.size() + TINY);
    }
  }

  private static void add(double[] values, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  private double[] softmax(float[] scores, int count) {
    int classes = classes();
    double[] p = new double[count * classes];
    for (int at = 0; at < p.length; at += classes) {
      double max = Double.NEGATIVE_INFINITY;
      for (int c = at; c < at + classes; c++) {
        max = Math.max(max, scores[c]);
      }
      double sum = 0;
      for (int c = at; c < at + classes; c++) {
        p[c] = Math.exp(scores[c] - max);
        sum += p[c];
      }
      for (int c = at; c < at + classes; c++) {
        p[c] /= sum;
      }
    }
    return p;
  }

  @Override
  public Recording record(float[] images, int count) {
    List<Recording> recordings = new ArrayList<>();
    List<double[]> each = new ArrayList<>();
    int classes = classes();
    double[] sum = new double[count * classes];
    for (DifferentiableModel member : members) {
      Recording recording = member.record(images, count);
      recordings.add(recording);
      double[] p = softmax(recording.logits(), count);
      each.add(p);
      add(p, sum);
    }
    float[] logits = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      logits[i] = (float) Math.log(sum[i] / members.size() + TINY);
    }
    return new Recording() {
      @Override
      public float[] logits() {
        return logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        int size = count * shape().size();
        Arrays.fill(gradient, 0, size, 0);
        float[] own = new float[size];
        float[] pull = new float[count * classes];
        for (int m = 0; m < recordings.size(); m++) {
          double[] p = each.get(m);
          for (int at = 0; at < pull.length; at += classes) {
            double mean = 0;
            for (int c = at; c < at + classes; c++) {
              mean += cotangent[c] * p[c] / (sum[c] + TINY);
            }
            for (int c = at; c < at + classes; c++) {
              pull[c] = (float) (p[c] * (cotangent[c] / (sum[c] + TINY) - mean));
            }
          }
          recordings.get(m).backward(pull, own);
          for (int i = 0; i < size; i++) {
            gradient[i] += own[i];
          }
        }
      }

      @Override
      public void close() {
        recordings.forEach(Recording::close);
      }
    };
  }

  @Override
  public void close() {
    // The members are others'.
  }
}
