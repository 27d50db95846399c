package io.stopline.campaign.track;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.AlterationPainter;
import java.awt.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some black and white rectangles of film, their union within a share of the sign. Six numbers a
 * piece: middle, width, height, angle in radians, tone. Edges are logistic curves that become
 * sharp, so that place, size and angle have gradients; a later piece lies over earlier ones.
 */
final class StickerDesign implements Design {

  private static final int NUMBERS = 6;
  private static final double SHORTEST = 0.045;
  private static final double LONGEST = 0.8;
  private static final double MOST_TURNED = Math.toRadians(60);

  /** Longer side over the shorter one of a sticker that is alone: compact, at most this. */
  private static final double COMPACT = 2;

  /** Width of an edge, share of the face, at the end of a search and how much more before. */
  private static final double SHARP = 0.008;

  private static final double SOFT = 0.03;

  /** Below this much of a cell a piece ends. */
  private static final double NOTHING = 1e-5;

  private final FaceArea area;
  private final Shape outline;
  private final double areaShare;
  private final double[] start;

  /**
   * @param areaShare of the sign that may be covered
   * @param start six numbers a piece; brought within bounds first
   */
  StickerDesign(Shape outline, FaceArea area, double areaShare, double[] start) {
    this.outline = outline;
    this.area = area;
    this.areaShare = areaShare;
    this.start = start.clone();
    keep(this.start);
  }

  @Override
  public double[] start() {
    return start.clone();
  }

  @Override
  public double[] steps() {
    double[] steps = new double[start.length];
    for (int i = 0; i < steps.length; i += NUMBERS) {
      steps[i] = 0.03;
      steps[i + 1] = 0.03;
      steps[i + 2] = 0.025;
      steps[i + 3] = 0.025;
      steps[i + 4] = 0.12;
      steps[i + 5] = 0.1;
    }
    return steps;
  }

  @Override
  public void paint(double[] p, double softness, FacePaint into) {
    into.clear();
    double edge = SHARP + softness * SOFT;
    for (int i = 0; i < p.length; i += NUMBERS) {
      Piece piece = new Piece(p, i, edge);
      double tone = tone(p[i + 5], softness);
      for (int cell = 0; cell < FacePaint.CELLS; cell++) {
        double c = piece.cover(cell);
        if (c > NOTHING) {
          into.cover[cell] += (float) (c * (1 - into.cover[cell]));
          for (int k = 0; k < 3; k++) {
            into.ink[3 * cell + k] += (float) (c * (tone - into.ink[3 * cell + k]));
          }
        }
      }
    }
  }

  /** In the second half of a search film is black or white. */
  private static double tone(double value, double softness) {
    return softness > 0.5 ? value : value > 0.5 ? 1 : 0;
  }

  @Override
  public void backward(double[] p, double softness, FacePaint gradient, double[] into) {
    int pieces = p.length / NUMBERS;
    double edge = SHARP + softness * SOFT;
    Arrays.fill(into, 0);
    Piece[] each = new Piece[pieces];
    double[] tones = new double[pieces];
    for (int i = 0; i < pieces; i++) {
      each[i] = new Piece(p, NUMBERS * i, edge);
      tones[i] = tone(p[NUMBERS * i + 5], softness);
    }
    double[] c = new double[pieces];
    double[] coverBelow = new double[pieces];
    double[] inkBelow = new double[pieces];
    for (int cell = 0; cell < FacePaint.CELLS; cell++) {
      double cover = 0;
      double ink = 0;
      boolean any = false;
      for (int i = 0; i < pieces; i++) {
        c[i] = each[i].cover(cell);
        if (c[i] <= NOTHING) {
          c[i] = 0;
        }
        any |= c[i] > 0;
        coverBelow[i] = cover;
        inkBelow[i] = ink;
        cover += c[i] * (1 - cover);
        ink += c[i] * (tones[i] - ink);
      }
      if (!any) {
        continue;
      }
      double byCover = gradient.cover[cell];
      double byInk =
          gradient.ink[3 * cell] + gradient.ink[3 * cell + 1] + gradient.ink[3 * cell + 2];
      for (int i = pieces - 1; i >= 0; i--) {
        if (c[i] > 0) {
          double byC = byCover * (1 - coverBelow[i]) + byInk * (tones[i] - inkBelow[i]);
          each[i].backward(cell, byC, into, NUMBERS * i);
          into[NUMBERS * i + 5] += byInk * c[i];
        }
        byCover *= 1 - c[i];
        byInk *= 1 - c[i];
      }
    }
  }

  /** One rectangle with soft edges. */
  private static final class Piece {
    private final double x;
    private final double y;
    private final double width;
    private final double height;
    private final double cos;
    private final double sin;
    private final double edge;

    Piece(double[] p, int at, double edge) {
      x = p[at];
      y = p[at + 1];
      width = p[at + 2];
      height = p[at + 3];
      cos = Math.cos(p[at + 4]);
      sin = Math.sin(p[at + 4]);
      this.edge = edge;
    }

    private double across(int cell) {
      return cos * du(cell) + sin * dv(cell);
    }

    private double down(int cell) {
      return -sin * du(cell) + cos * dv(cell);
    }

    private double du(int cell) {
      return FacePaint.middleX(cell) - x;
    }

    private double dv(int cell) {
      return FacePaint.middleY(cell) - y;
    }

    private double logistic(double inside) {
      return 1 / (1 + Math.exp(-inside / edge));
    }

    double cover(int cell) {
      double a = width / 2 - Math.abs(across(cell));
      double b = height / 2 - Math.abs(down(cell));
      return a < -12 * edge || b < -12 * edge ? 0 : logistic(a) * logistic(b);
    }

    void backward(int cell, double byCover, double[] into, int at) {
      double p = across(cell);
      double q = down(cell);
      double a = logistic(width / 2 - Math.abs(p));
      double b = logistic(height / 2 - Math.abs(q));
      double byA = byCover * b * a * (1 - a) / edge;
      double byB = byCover * a * b * (1 - b) / edge;
      double byP = -Math.signum(p) * byA;
      double byQ = -Math.signum(q) * byB;
      into[at] += -cos * byP + sin * byQ;
      into[at + 1] += -sin * byP - cos * byQ;
      into[at + 2] += byA / 2;
      into[at + 3] += byB / 2;
      into[at + 4] += q * byP - p * byQ;
    }
  }

  @Override
  public void keep(double[] p) {
    for (int i = 0; i < p.length; i += NUMBERS) {
      p[i] = clamp(p[i], 0.02, 0.98);
      p[i + 1] = clamp(p[i + 1], 0.02, 0.98);
      p[i + 2] = clamp(p[i + 2], SHORTEST, LONGEST);
      p[i + 3] = clamp(p[i + 3], SHORTEST, LONGEST);
      if (p.length == NUMBERS) {
        double size = p[i + 2] * p[i + 3];
        p[i + 2] = clamp(p[i + 2], Math.sqrt(size / COMPACT), Math.sqrt(size * COMPACT));
        p[i + 3] = size / p[i + 2];
      }
      p[i + 4] = clamp(p[i + 4], -MOST_TURNED, MOST_TURNED);
      p[i + 5] = clamp(p[i + 5], 0, 1);
    }
    for (int round = 0; round < 20; round++) {
      double share = share(p);
      if (share <= areaShare) {
        return;
      }
      shrink(p, 0.998 * Math.sqrt(areaShare / share));
    }
  }

  private static void shrink(double[] p, double factor) {
    for (int i = 0; i < p.length; i += NUMBERS) {
      p[i + 2] *= factor;
      p[i + 3] *= factor;
    }
  }

  /** Share of the sign that the pieces' union covers, by cells whose edges are a cell wide. */
  private double share(double[] p) {
    float[] union = new float[FacePaint.CELLS];
    for (int i = 0; i < p.length; i += NUMBERS) {
      Piece piece = new Piece(p, i, 1);
      for (int cell = 0; cell < union.length; cell++) {
        double a = (piece.width / 2 - Math.abs(piece.across(cell))) * FacePaint.SIDE + 0.5;
        double b = (piece.height / 2 - Math.abs(piece.down(cell))) * FacePaint.SIDE + 0.5;
        if (a > 0 && b > 0) {
          union[cell] = Math.max(union[cell], (float) (Math.min(1, a) * Math.min(1, b)));
        }
      }
    }
    double sum = 0;
    for (int cell = 0; cell < union.length; cell++) {
      sum += union[cell] * area.share(cell);
    }
    return sum;
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }

  /** {@inheritDoc} Shrunk until the budget is kept as areas are measured. */
  @Override
  public Alteration made(double[] parameters, Path file) {
    double[] p = parameters.clone();
    keep(p);
    Stickers stickers = pieces(p);
    double share = AlterationPainter.coveredShare(outline, stickers);
    for (int round = 0; round < 20 && share > areaShare; round++) {
      shrink(p, 0.998 * Math.sqrt(areaShare / share));
      stickers = pieces(p);
      share = AlterationPainter.coveredShare(outline, stickers);
    }
    return stickers;
  }

  private static Stickers pieces(double[] p) {
    List<Sticker> pieces = new ArrayList<>();
    for (int i = 0; i < p.length; i += NUMBERS) {
      pieces.add(
          new Sticker(
              p[i], p[i + 1], p[i + 2], p[i + 3], Math.toDegrees(p[i + 4]), p[i + 5] > 0.5));
    }
    return new Stickers(pieces);
  }
}
