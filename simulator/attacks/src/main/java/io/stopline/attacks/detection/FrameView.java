package io.stopline.attacks.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;

/**
 * A whole frame fitted into an input, as {@link FrameScaler} does it, to the rounded pixel: a
 * linear function of the window's pixels, with a rounding before and behind. Only what the window
 * touches is computed again.
 */
public final class FrameView implements WindowView {

  private static final int CHANNELS = 3;

  /** Rounds ties up, as the scaler does, also where the order of a sum took a little. */
  private static final double HALF = 0.5 + 1e-9;

  private final ImageShape input;
  private final Region window;
  private final FramePlacement placement;

  /** The unaltered input, 0..1. */
  private final float[] base;

  /** Columns and rows of the input that the window touches. */
  private final Taps columns;

  private final Taps rows;

  /** What the frame around the window adds to them, 0..255. */
  private final double[] around;

  /**
   * @param window of the frame that may change
   * @param input of the model; three channels
   * @throws IllegalArgumentException if the window is not inside the frame, or there are not three
   *     channels
   */
  public FrameView(Image frame, Region window, FrameFit fit, ImageShape input) {
    if (input.channels() != CHANNELS || !window.isInside(frame.width(), frame.height())) {
      throw new IllegalArgumentException(
          "window %s of a frame of %d×%d px for an input of %s; the window must lie inside, the input have three channels"
              .formatted(window, frame.width(), frame.height(), input));
    }
    this.input = input;
    this.window = window;
    FrameScaler scaler = new FrameScaler(input.width(), input.height(), fit);
    this.placement = scaler.begin(frame);
    this.base = new float[input.size()];
    byte[] row = new byte[CHANNELS * input.width()];
    for (int y = 0; y < input.height(); y++) {
      scaler.row(frame, y, row);
      for (int i = 0; i < row.length; i++) {
        base[y * row.length + i] = (row[i] & 0xff) / 255f;
      }
    }
    this.columns =
        new Taps(
            frame.width(),
            placement.scaleX(),
            placement.contentWidth(),
            window.x(),
            window.x() + window.width());
    this.rows =
        new Taps(
            frame.height(),
            placement.scaleY(),
            placement.contentHeight(),
            window.y(),
            window.y() + window.height());
    this.around = around(frame);
  }

  private double[] around(Image frame) {
    double[] sums = new double[CHANNELS * columns.count * rows.count];
    for (int v = 0; v < rows.count; v++) {
      for (int u = 0; u < columns.count; u++) {
        int at = CHANNELS * (v * columns.count + u);
        for (int y = rows.first[v]; y <= rows.last[v]; y++) {
          boolean inRows = y >= window.y() && y < window.y() + window.height();
          for (int x = columns.first[u]; x <= columns.last[u]; x++) {
            if (inRows && x >= window.x() && x < window.x() + window.width()) {
              continue;
            }
            double weight = rows.weight(v, y) * columns.weight(u, x);
            int pixel = frame.index(x, y);
            for (int c = 0; c < CHANNELS; c++) {
              sums[at + c] += weight * (frame.data()[pixel + c] & 0xff);
            }
          }
        }
      }
    }
    return sums;
  }

  @Override
  public ImageShape input() {
    return input;
  }

  @Override
  public Box inInput(Region rectangle) {
    return new Box(
        placement.inputX(rectangle.x()),
        placement.inputY(rectangle.y()),
        placement.inputX((double) rectangle.x() + rectangle.width()),
        placement.inputY((double) rectangle.y() + rectangle.height()));
  }

  @Override
  public Look look() {
    return new Fitted();
  }

  /** Which pixels of the frame make a pixel of the input, along one axis, with which weights. */
  private static final class Taps {
    /** The first touched place of the content. */
    final int from;

    final int count;
    final int[] first;
    final int[] last;
    final double[] firstWeight;
    final double[] lastWeight;
    final double[] total;

    /** As {@link FrameScaler} has them. */
    Taps(int frameSide, double scale, int content, int windowFrom, int windowTo) {
      first = new int[content];
      last = new int[content];
      firstWeight = new double[content];
      lastWeight = new double[content];
      total = new double[content];
      int begin = content;
      int end = 0;
      int n = 0;
      for (int i = 0; i < content; i++) {
        int a;
        int b;
        double atFirst;
        double atLast;
        double sum;
        if (scale >= 1) {
          double left = Math.min(frameSide, i * scale);
          double right = Math.min(frameSide, (i + 1) * scale);
          a = Math.min(frameSide - 1, (int) left);
          b = Math.max(a, (int) Math.ceil(right) - 1);
          atFirst = Math.min(a + 1, right) - left;
          atLast = right - b;
          sum = right - left;
        } else {
          double at = Math.max(0, Math.min(frameSide - 1, (i + 0.5) * scale - 0.5));
          a = (int) at;
          b = Math.min(frameSide - 1, a + 1);
          double part = at - a;
          atFirst = b == a ? 1 : 1 - part;
          atLast = part;
          sum = 1;
        }
        if (b >= windowFrom && a < windowTo) {
          begin = Math.min(begin, i);
          end = i + 1;
          first[n] = a;
          last[n] = b;
          firstWeight[n] = atFirst;
          lastWeight[n] = atLast;
          total[n] = sum;
          n++;
        }
      }
      from = begin;
      count = Math.max(0, end - begin);
    }

    double weight(int i, int pixel) {
      double weight = pixel == first[i] ? firstWeight[i] : pixel == last[i] ? lastWeight[i] : 1;
      return weight / total[i];
    }
  }

  private final class Fitted implements Look {
    /** Window rows by touched columns. */
    private final double[] across = new double[CHANNELS * window.height() * columns.count];

    @Override
    public void forward(float[] windows, int from, long seed, float[] inputs, int to) {
      System.arraycopy(base, 0, inputs, to, base.length);
      for (int y = 0; y < window.height(); y++) {
        for (int u = 0; u < columns.count; u++) {
          int o = CHANNELS * (y * columns.count + u);
          double r = 0;
          double g = 0;
          double b = 0;
          for (int x = begin(columns, u, window.x());
              x < end(columns, u, window.x() + window.width());
              x++) {
            double weight = columns.weight(u, x);
            int i = from + CHANNELS * (y * window.width() + x - window.x());
            r += weight * level(windows[i]);
            g += weight * level(windows[i + 1]);
            b += weight * level(windows[i + 2]);
          }
          across[o] = r;
          across[o + 1] = g;
          across[o + 2] = b;
        }
      }
      int line = CHANNELS * columns.count;
      double[] sums = new double[line];
      for (int v = 0; v < rows.count; v++) {
        System.arraycopy(around, v * line, sums, 0, line);
        for (int y = begin(rows, v, window.y());
            y < end(rows, v, window.y() + window.height());
            y++) {
          double weight = rows.weight(v, y);
          int row = (y - window.y()) * line;
          for (int i = 0; i < line; i++) {
            sums[i] += weight * across[row + i];
          }
        }
        int o = to + place(v);
        for (int i = 0; i < line; i++) {
          inputs[o + i] = (int) (sums[i] + HALF) / 255f;
        }
      }
    }

    @Override
    public void backward(float[] cotangents, int from, double weight, float[] gradients, int to) {
      int line = CHANNELS * columns.count;
      java.util.Arrays.fill(across, 0);
      for (int v = 0; v < rows.count; v++) {
        int o = from + place(v);
        for (int y = begin(rows, v, window.y());
            y < end(rows, v, window.y() + window.height());
            y++) {
          double share = weight * rows.weight(v, y);
          int row = (y - window.y()) * line;
          for (int i = 0; i < line; i++) {
            across[row + i] += share * cotangents[o + i];
          }
        }
      }
      for (int y = 0; y < window.height(); y++) {
        for (int u = 0; u < columns.count; u++) {
          int o = CHANNELS * (y * columns.count + u);
          for (int x = begin(columns, u, window.x());
              x < end(columns, u, window.x() + window.width());
              x++) {
            double share = columns.weight(u, x);
            int i = to + CHANNELS * (y * window.width() + x - window.x());
            for (int c = 0; c < CHANNELS; c++) {
              gradients[i + c] += (float) (share * across[o + c]);
            }
          }
        }
      }
    }

    /** Cameras give whole numbers. */
    private static int level(float value) {
      return Math.max(0, Math.min(255, Math.round(255 * value)));
    }

    /** Where the touched part of an input row begins. */
    private int place(int v) {
      int row = placement.offsetY() + rows.from + v;
      return CHANNELS * (row * input.width() + placement.offsetX() + columns.from);
    }

    private static int begin(Taps taps, int i, int windowFrom) {
      return Math.max(windowFrom, taps.first[i]);
    }

    private static int end(Taps taps, int i, int windowTo) {
      return Math.min(windowTo, taps.last[i] + 1);
    }
  }
}
