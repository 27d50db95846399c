package io.stopline.autodiff;

import io.stopline.autodiff.BoundSteps.Layer;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.InputEncoding;
import java.util.Arrays;
import java.util.List;

/**
 * Bounds of all that a float32 file can compute of any image within an L∞ budget, rounded outward:
 * they hold for the runtime's own numbers, not only for exact ones.
 *
 * <ul>
 *   <li><b>Interval</b> bounds (Gowal et al. 2018) go forward, layer by layer.
 *   <li><b>Linear</b> bounds (Zhang et al. 2018, CROWN) go backward from what is asked, through
 *       lines above and below each activation, and tighten every activation's range first.
 * </ul>
 *
 * <p><i>Rounding.</i> A sum of n products that is computed in float32, in any order, with or
 * without fused multiply-add, is off by at most γ = (n+2)u/(1−(n+2)u) times the sum of magnitudes,
 * u = 2⁻²⁴ (Higham 2002, section 3.1). Each layer's range is widened by that, and by what the
 * double arithmetic here may lose. Activations are exact. A lead must exceed {@link #LEAD}, so that
 * the softmax behind it keeps the order.
 *
 * <p>Thread-safe.
 */
public final class OutwardBounds {

  /** Lead in logits from which on the softmax of float32 tells two scores apart. */
  public static final double LEAD = 1e-3;

  private static final double UNIT = 0x1p-24;
  private static final double TINY = 1e-30;

  /** Of sums of up to some million terms in double arithmetic. */
  private static final double DOUBLE_LOSS = 1e-9;

  /** Rows that are walked back at a time. */
  private static final int CHUNK = 32;

  private final ImageShape shape;
  private final InputEncoding encoding;
  private final List<Layer> layers;
  private final List<Integer> sizes;
  private final int logits;
  private final int classes;

  /**
   * Reads a file.
   *
   * @param encoding how pixels 0..1 become the model's real numbers
   * @throws UnusableModelException if it is quantised, not a classifier of RGB images, or too
   *     large, or computes with something of which no bounds are known
   */
  public OutwardBounds(byte[] file, InputEncoding encoding) {
    TfliteFile read = new TfliteFile(file);
    Classification classifier = Classification.of(read);
    if (classifier.layout() == null
        || classifier.layout().channels() != 3
        || classifier.layout().channelsFirst()
        || encoding.channels() != ChannelOrder.RGB) {
      throw new UnusableModelException(
          "bounds are of models that take 1×H×W×3 with red first; convert the model to that");
    }
    BoundSteps.Read steps = BoundSteps.of(read, classifier);
    this.shape = classifier.shape();
    this.encoding = encoding;
    this.layers = steps.layers();
    this.sizes = steps.sizes();
    this.logits = steps.logits();
    this.classes = classifier.classes();
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * How far the right label stays above each other, at least.
   *
   * @param image HWC, 0..1
   * @param epsilon budget over pixels 0..1; pixels stay in 0..1
   * @param linear whether to go backward too; else intervals alone
   * @return one a class, in logits before any factor; infinite at the label itself
   */
  public double[] margins(float[] image, double epsilon, int label, boolean linear) {
    Pass pass = new Pass(image, epsilon);
    pass.forward(linear);
    double[] margins = new double[classes];
    double[][] rows = new double[classes][];
    for (int k = 0; k < classes; k++) {
      rows[k] = new double[classes];
      rows[k][label] += 1;
      rows[k][k] -= 1;
    }
    for (int from = 0; from < classes; from += CHUNK) {
      double[][] some = Arrays.copyOfRange(rows, from, Math.min(classes, from + CHUNK));
      double[] lower = pass.lower(some, logits, linear);
      System.arraycopy(lower, 0, margins, from, lower.length);
    }
    margins[label] = Double.POSITIVE_INFINITY;
    return margins;
  }

  /** Ranges of all values for one image and budget. */
  private final class Pass {
    private final double[][] low = new double[sizes.size()][];
    private final double[][] high = new double[sizes.size()][];

    /** Of each affine layer's rows and of each sum: what rounding can do to it. */
    private final double[][] loss = new double[sizes.size()][];

    Pass(float[] image, double epsilon) {
      int size = shape.size();
      low[0] = new double[size];
      high[0] = new double[size];
      for (int i = 0; i < size; i++) {
        double a = Math.max(0, Math.nextDown(image[i] - epsilon));
        double b = Math.min(1, Math.nextUp(image[i] + epsilon));
        if (encoding.isUnit()) {
          low[0][i] = a;
          high[0][i] = b;
        } else {
          double zero = encoding.real(0, i % 3);
          double span = encoding.real(255, i % 3) - zero;
          double one = zero + span * a;
          double other = zero + span * b;
          low[0][i] = Math.nextDown((float) Math.min(one, other));
          high[0][i] = Math.nextUp((float) Math.max(one, other));
        }
      }
    }

    void forward(boolean linear) {
      for (Layer layer : layers) {
        int in = layer.inputs().get(0);
        int size = sizes.get(layer.output());
        double[] l = new double[size];
        double[] h = new double[size];
        Affine affine = layer.affine();
        if (affine != null) {
          loss[layer.output()] = affine(affine, low[in], high[in], l, h);
        } else if (Double.isNaN(layer.cap())) {
          loss[layer.output()] = sum(layer, l, h);
        } else {
          if (linear) {
            tighten(in);
          }
          for (int i = 0; i < size; i++) {
            l[i] = Math.min(layer.cap(), Math.max(0, low[in][i]));
            h[i] = Math.min(layer.cap(), Math.max(0, high[in][i]));
          }
        }
        low[layer.output()] = l;
        high[layer.output()] = h;
      }
    }

    private double[] affine(Affine affine, double[] il, double[] ih, double[] l, double[] h) {
      double[] losses = new double[affine.rows()];
      for (int r = 0; r < losses.length; r++) {
        double lower = affine.bias()[r];
        double upper = lower;
        double all = Math.abs(lower);
        for (int k = affine.start()[r]; k < affine.start()[r + 1]; k++) {
          double w = affine.weight()[k];
          double a = w * il[affine.index()[k]];
          double b = w * ih[affine.index()[k]];
          lower += Math.min(a, b);
          upper += Math.max(a, b);
          all += Math.max(Math.abs(a), Math.abs(b));
        }
        int terms = affine.start()[r + 1] - affine.start()[r] + 3;
        losses[r] = lost(terms, all);
        l[r] = lower - losses[r];
        h[r] = upper + losses[r];
      }
      return losses;
    }

    private double[] sum(Layer layer, double[] l, double[] h) {
      double[] losses = new double[l.length];
      int a = layer.inputs().get(0);
      int b = layer.inputs().get(1);
      for (int i = 0; i < losses.length; i++) {
        losses[i] =
            lost(
                2,
                Math.max(Math.abs(low[a][i]), Math.abs(high[a][i]))
                    + Math.max(Math.abs(low[b][i]), Math.abs(high[b][i])));
        l[i] = low[a][i] + low[b][i] - losses[i];
        h[i] = high[a][i] + high[b][i] + losses[i];
      }
      return losses;
    }

    private static double lost(int terms, double magnitudes) {
      double gamma = terms * UNIT / (1 - terms * UNIT);
      return (gamma + DOUBLE_LOSS) * magnitudes * (1 + 1e-6) + TINY * terms;
    }

    /** Ranges of what an activation takes, by going backward from those that may be cut. */
    private void tighten(int value) {
      int[] open =
          java.util.stream.IntStream.range(0, sizes.get(value))
              .filter(i -> low[value][i] < 0 && high[value][i] > 0)
              .toArray();
      for (int from = 0; from < open.length; from += CHUNK / 2) {
        int count = Math.min(CHUNK / 2, open.length - from);
        double[][] rows = new double[2 * count][sizes.get(value)];
        for (int i = 0; i < count; i++) {
          rows[2 * i][open[from + i]] = 1;
          rows[2 * i + 1][open[from + i]] = -1;
        }
        double[] lower = lower(rows, value, true);
        for (int i = 0; i < count; i++) {
          int at = open[from + i];
          low[value][at] = Math.max(low[value][at], lower[2 * i]);
          high[value][at] = Math.min(high[value][at], -lower[2 * i + 1]);
        }
      }
    }

    /**
     * Lower bounds of linear forms of one value.
     *
     * @param rows coefficients
     * @param through to the image; else through the layer that makes the value alone
     */
    double[] lower(double[][] rows, int value, boolean through) {
      double[] constant = new double[rows.length];
      double[] slack = new double[rows.length];
      double[][][] open = new double[sizes.size()][][];
      open[value] = rows;
      boolean first = true;
      for (int s = layers.size() - 1; s >= 0; s--) {
        Layer layer = layers.get(s);
        double[][] of = open[layer.output()];
        if (of == null) {
          continue;
        }
        if (!through && !first) {
          break;
        }
        first = false;
        open[layer.output()] = null;
        for (int in : layer.inputs()) {
          if (open[in] == null) {
            open[in] = new double[rows.length][sizes.get(in)];
          }
        }
        for (int r = 0; r < rows.length; r++) {
          back(layer, of[r], r, open, constant, slack);
        }
      }
      double[] result = new double[rows.length];
      for (int r = 0; r < rows.length; r++) {
        double sum = constant[r];
        double all = slack[r];
        for (int v = 0; v < open.length; v++) {
          if (open[v] != null) {
            for (int i = 0; i < open[v][r].length; i++) {
              double c = open[v][r][i];
              double term = c >= 0 ? c * low[v][i] : c * high[v][i];
              sum += term;
              all += Math.abs(term);
            }
          }
        }
        result[r] = sum - slack[r] - DOUBLE_LOSS * all - TINY;
      }
      return result;
    }

    private void back(
        Layer layer, double[] of, int r, double[][][] open, double[] constant, double[] slack) {
      int in = layer.inputs().get(0);
      double[] into = open[in][r];
      Affine affine = layer.affine();
      if (affine != null) {
        double[] losses = loss[layer.output()];
        for (int o = 0; o < of.length; o++) {
          double a = of[o];
          if (a == 0) {
            continue;
          }
          constant[r] += a * affine.bias()[o];
          slack[r] += DOUBLE_LOSS * Math.abs(a * affine.bias()[o]);
          // The row's own rounding, and that of these coefficients here.
          slack[r] += Math.abs(a) * (1 + DOUBLE_LOSS) * losses[o];
          for (int k = affine.start()[o]; k < affine.start()[o + 1]; k++) {
            into[affine.index()[k]] += a * affine.weight()[k];
          }
        }
      } else if (Double.isNaN(layer.cap())) {
        double[] other = open[layer.inputs().get(1)][r];
        for (int i = 0; i < of.length; i++) {
          slack[r] += Math.abs(of[i]) * loss[layer.output()][i];
          into[i] += of[i];
          other[i] += of[i];
        }
      } else {
        for (int i = 0; i < of.length; i++) {
          if (of[i] != 0) {
            into[i] += relaxed(of[i], low[in][i], high[in][i], layer.cap(), r, constant, slack);
          }
        }
      }
    }

    /** Coefficient of what an activation takes, by a line below it or above it. */
    private static double relaxed(
        double a, double l, double h, double cap, int r, double[] constant, double[] slack) {
      if (h <= 0) {
        return 0;
      }
      if (l >= 0 && h <= cap) {
        return a;
      }
      if (h > cap) {
        double at = a >= 0 ? Math.min(cap, Math.max(0, l)) : cap;
        constant[r] += a * at;
        slack[r] += DOUBLE_LOSS * Math.abs(a * at);
        return 0;
      }
      if (a >= 0) {
        return h > -l ? a : 0;
      }
      double slope = h / (h - l);
      double shift = Math.max(-slope * l, h - slope * h) + 1e-12 * (h - l);
      constant[r] += a * shift;
      slack[r] += DOUBLE_LOSS * Math.abs(a) * (h - l + shift);
      return a * slope;
    }
  }
}
