package io.stopline.training.detection;

import io.stopline.autodiff.TrainableModel;
import io.stopline.autodiff.TrainableModel.Training;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import io.stopline.training.architecture.DetectorArchitecture;

/**
 * Learns a heat map and boxes: the focal loss of Law and Deng 2018 (CornerNet, equation 1, α = 2, β
 * = 4) on the heat, and 1 − IoU plus a half of the L1 distance (of the middle in sides of the sign,
 * of the logarithms of the sides) on the boxes near the middle of each sign. Both are sums over the
 * batch divided by the number of signs.
 */
public final class DenseDetection implements TrainingMethod {

  private static final double L1 = 0.5;

  /** Keeps logarithms finite. */
  private static final double TINY = 1e-7;

  /** Sides of boxes are not believed beyond this, cells: a logarithm of 6 is 400 cells. */
  private static final double LONGEST = 6;

  /** Logit of a heat of 0.3, from which on a step counts a sign as found, for progress only. */
  private static final double FOUND = Math.log(0.3 / 0.7);

  private final DenseTargets targets;
  private float[] cotangent = new float[0];

  DenseDetection(DenseTargets targets) {
    this.targets = targets;
  }

  @Override
  public String name() {
    return "dense-detection";
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int outputs = batch.count() * model.classes();
    if (cotangent.length < outputs) {
      cotangent = new float[outputs];
    }
    try (Training pass = model.train(batch.images(), batch.count())) {
      Sums sums = loss(pass.logits(), batch, cotangent);
      pass.backward(cotangent, gradient, null);
      return new StepResult(sums.loss, sums.right, sums.right, batch.count());
    }
  }

  /** What a batch adds up to. */
  static final class Sums {
    double loss;
    int right;
  }

  /**
   * The loss of a batch and its gradient.
   *
   * @param raw the model's numbers, as {@link DetectorArchitecture#learning} orders them
   * @param toRaw receives how the loss changes with each of them
   */
  Sums loss(float[] raw, Batch batch, float[] toRaw) {
    int places = targets.places() * targets.places();
    int kinds = targets.kinds();
    int each = targets.each();
    float[] wanted = batch.targets();
    double signs = 0;
    double boxes = 0;
    for (int i = 0; i < batch.count() * places; i++) {
      for (int k = 0; k < kinds; k++) {
        signs += wanted[i * each + k] == 1 ? 1 : 0;
      }
      boxes += wanted[i * each + kinds];
    }
    double heatWeight = 1 / Math.max(1, signs);
    double boxWeight = 1 / Math.max(1, boxes);
    Sums sums = new Sums();
    for (int n = 0; n < batch.count(); n++) {
      boolean right = true;
      for (int p = 0; p < places; p++) {
        int i = (n * places + p) * each;
        int o = (n * places + p) * (kinds + DetectorArchitecture.BOX);
        for (int k = 0; k < kinds; k++) {
          float want = wanted[i + k];
          sums.loss += heatWeight * focal(raw[o + k], want, heatWeight, toRaw, o + k);
          boolean hot = raw[o + k] > FOUND;
          right &= want == 1 ? hot : want != 0 || !hot;
        }
        float weight = wanted[i + kinds];
        if (weight > 0) {
          sums.loss += box(raw, o + kinds, wanted, i + kinds + 1, p, boxWeight * weight, toRaw);
        } else {
          for (int b = 0; b < DetectorArchitecture.BOX; b++) {
            toRaw[o + kinds + b] = 0;
          }
        }
      }
      sums.right += right ? 1 : 0;
    }
    return sums;
  }

  private static double focal(float logit, float want, double weight, float[] toRaw, int o) {
    if (want < 0) {
      toRaw[o] = 0;
      return 0;
    }
    double p = 1 / (1 + Math.exp(-logit));
    double not = 1 - p;
    if (want == 1) {
      double log = Math.log(Math.max(TINY, p));
      toRaw[o] = (float) (weight * (2 * p * not * not * log - not * not * not));
      return -not * not * log;
    }
    double rest = 1 - want;
    double share = rest * rest * rest * rest;
    double log = Math.log(Math.max(TINY, not));
    toRaw[o] = (float) (weight * share * (p * p * p - 2 * p * p * not * log));
    return -share * p * p * log;
  }

  /** Loss of one box, already weighed, and its gradient. */
  private double box(
      float[] raw, int o, float[] wanted, int w, int place, double weight, float[] toRaw) {
    double stride = DetectorArchitecture.STRIDE;
    int wholeRow = place / targets.places();
    double column = place % targets.places() + 0.5;
    double row = wholeRow + 0.5;
    // All in cells.
    double left = wanted[w] / stride;
    double top = wanted[w + 1] / stride;
    double right = wanted[w + 2] / stride;
    double bottom = wanted[w + 3] / stride;
    double x = column + raw[o];
    double y = row + raw[o + 1];
    double logWidth = Math.max(-LONGEST, Math.min(LONGEST, raw[o + 2]));
    double logHeight = Math.max(-LONGEST, Math.min(LONGEST, raw[o + 3]));
    double width = Math.exp(logWidth);
    double height = Math.exp(logHeight);
    double l = x - width / 2;
    double r = x + width / 2;
    double t = y - height / 2;
    double b = y + height / 2;
    double w0 = Math.min(r, right) - Math.max(l, left);
    double h0 = Math.min(b, bottom) - Math.max(t, top);
    double loss = 1;
    double toX = 0;
    double toY = 0;
    double toW = 0;
    double toH = 0;
    if (w0 > 0 && h0 > 0) {
      double common = w0 * h0;
      double union = width * height + (right - left) * (bottom - top) - common;
      loss = 1 - common / union;
      // d(common/union) = (union + common)/union² · d common − common/union² · d area
      double toCommon = -(union + common) / (union * union);
      double toArea = common / (union * union);
      double movesR = r < right ? 1 : 0;
      double movesL = l > left ? 1 : 0;
      double movesB = b < bottom ? 1 : 0;
      double movesT = t > top ? 1 : 0;
      toX = toCommon * h0 * (movesR - movesL);
      toY = toCommon * w0 * (movesB - movesT);
      toW = toCommon * h0 * 0.5 * (movesR + movesL) * width + toArea * width * height;
      toH = toCommon * w0 * 0.5 * (movesB + movesT) * height + toArea * width * height;
    }
    double acrossSign = 1 / (right - left);
    double downSign = 1 / (bottom - top);
    double dx = (x - (left + right) / 2) * acrossSign;
    double dy = (y - (top + bottom) / 2) * downSign;
    double dw = raw[o + 2] - Math.log(right - left);
    double dh = raw[o + 3] - Math.log(bottom - top);
    loss += L1 * (Math.abs(dx) + Math.abs(dy) + Math.abs(dw) + Math.abs(dh));
    toRaw[o] = (float) (weight * (toX + L1 * acrossSign * Math.signum(dx)));
    toRaw[o + 1] = (float) (weight * (toY + L1 * downSign * Math.signum(dy)));
    toRaw[o + 2] = (float) (weight * (toW + L1 * Math.signum(dw)));
    toRaw[o + 3] = (float) (weight * (toH + L1 * Math.signum(dh)));
    return weight * loss;
  }
}
