package io.stopline.campaign.track;

import io.stopline.campaign.track.Climb.Candidate;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where searches begin: places on the sign at which much can be gained for a label. */
final class Starts {

  /** Part of the budget that is spent: shares are measured by cells. */
  private static final double SPENT = 0.985;

  /** Places of posters that are tried for each label. */
  private static final int PLACES = 6;

  /** Sets of stickers that are tried for each label. */
  private static final int SETS = 6;

  /** Width over height of sheets. */
  private static final double[] SHAPES = {1, 1.8, 1 / 1.8, 3.5, 1 / 3.5};

  /** Cells between the middles of sheets that are tried. */
  private static final int STRIDE = 3;

  /** Two sheets whose middles are nearer are one place, cells. */
  private static final int APART = 6;

  private final Shape outline;
  private final FaceArea area;
  private final double areaShare;

  Starts(Shape outline, double areaShare) {
    this.outline = outline;
    this.area = new FaceArea(outline);
    this.areaShare = SPENT * areaShare;
  }

  private record Sheet(int left, int top, int right, int bottom, double gain) {
    int middleX() {
      return (left + right) / 2;
    }

    int middleY() {
      return (top + bottom) / 2;
    }

    boolean isFar(Sheet other) {
      return Math.hypot(middleX() - other.middleX(), middleY() - other.middleY()) >= APART
          || Math.abs((right - left) - (other.right - other.left)) >= APART;
    }
  }

  /**
   * Posters for a label.
   *
   * @param gains how the loss changes with what is put on the clean sign
   */
  List<Candidate> posters(int target, FacePaint gains) {
    List<Sheet> sheets = new ArrayList<>();
    for (double shape : SHAPES) {
      for (int y = STRIDE; y < FacePaint.SIDE; y += STRIDE) {
        for (int x = STRIDE; x < FacePaint.SIDE; x += STRIDE) {
          if (area.inside(y * FacePaint.SIDE + x) == 1) {
            sheets.add(sheet(x, y, shape, gains));
          }
        }
      }
    }
    sheets.sort(Comparator.comparingDouble(sheet -> -sheet.gain()));
    List<Sheet> chosen = new ArrayList<>();
    for (Sheet sheet : sheets) {
      if (chosen.size() < PLACES && chosen.stream().allMatch(sheet::isFar)) {
        chosen.add(sheet);
      }
    }
    return chosen.stream().map(s -> new Candidate(new PosterDesign(cells(s)), target)).toList();
  }

  /** The largest sheet about a place that keeps the budget. */
  private Sheet sheet(int x, int y, double shape, FacePaint gains) {
    Sheet largest = new Sheet(x, y, x + 1, y + 1, 0);
    for (int half = 2; half < FacePaint.SIDE; half++) {
      double w = half * Math.sqrt(shape);
      double h = half / Math.sqrt(shape);
      int left = (int) Math.max(0, x - Math.floor(w / 2));
      int top = (int) Math.max(0, y - Math.floor(h / 2));
      int right = (int) Math.min(FacePaint.SIDE, left + Math.max(1, Math.round(w)));
      int bottom = (int) Math.min(FacePaint.SIDE, top + Math.max(1, Math.round(h)));
      double share = 0;
      double gain = 0;
      for (int v = top; v < bottom; v++) {
        for (int u = left; u < right; u++) {
          int cell = v * FacePaint.SIDE + u;
          share += area.share(cell);
          gain += most(gains, cell);
        }
      }
      if (share > areaShare) {
        break;
      }
      largest = new Sheet(left, top, right, bottom, gain);
    }
    return largest;
  }

  /** The most that any colour on a cell gains. */
  private static double most(FacePaint gains, int cell) {
    double sum = gains.cover[cell];
    for (int c = 0; c < 3; c++) {
      sum += Math.max(0, gains.ink[3 * cell + c]);
    }
    return sum;
  }

  private int[] cells(Sheet sheet) {
    List<Integer> cells = new ArrayList<>();
    for (int v = sheet.top(); v < sheet.bottom(); v++) {
      for (int u = sheet.left(); u < sheet.right(); u++) {
        int cell = v * FacePaint.SIDE + u;
        if (area.inside(cell) > 0) {
          cells.add(cell);
        }
      }
    }
    return cells.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Sets of stickers for a label, each piece where much can be gained, black or white as gains
   * more.
   *
   * @param gains how the loss changes with what is put on the clean sign
   * @param most pieces of a set
   */
  List<Candidate> stickers(int target, FacePaint gains, int most, RandomStream random) {
    List<Candidate> sets = new ArrayList<>();
    for (int i = 0; i < SETS; i++) {
      // Few large pieces as well as many small ones.
      int pieces = Math.max(1, most - i * most / (2 * SETS));
      double[] start = new double[6 * pieces];
      double size = areaShare * signArea() / pieces;
      for (int k = 0; k < pieces; k++) {
        double white = random.nextDouble() < 0.5 ? 1 : 0;
        int cell = place(gains, white, random);
        double w = Math.sqrt(size) * StrictMath.exp(random.uniform(-0.7, 0.7));
        int at = 6 * k;
        start[at] = FacePaint.middleX(cell);
        start[at + 1] = FacePaint.middleY(cell);
        start[at + 2] = w;
        start[at + 3] = size / w;
        start[at + 4] = random.uniform(-0.4, 0.4);
        start[at + 5] = 0.25 + 0.5 * white;
      }
      sets.add(new Candidate(new StickerDesign(outline, area, areaShare, start), target));
    }
    return sets;
  }

  private double signArea() {
    double cells = 0;
    for (int i = 0; i < FacePaint.CELLS; i++) {
      cells += area.inside(i);
    }
    return cells / FacePaint.CELLS;
  }

  /** The best of a few places for film of a colour. */
  private int place(FacePaint gains, double white, RandomStream random) {
    int best = -1;
    double most = 0;
    for (int tries = 0; tries < 6; tries++) {
      int cell = random.nextInt(FacePaint.CELLS);
      while (area.inside(cell) < 1) {
        cell = random.nextInt(FacePaint.CELLS);
      }
      double gain = around(gains, cell, white);
      if (best < 0 || gain > most) {
        best = cell;
        most = gain;
      }
    }
    return best;
  }

  private static double around(FacePaint gains, int cell, double white) {
    int x = cell % FacePaint.SIDE;
    int y = cell / FacePaint.SIDE;
    double sum = 0;
    for (int v = Math.max(0, y - 3); v <= Math.min(FacePaint.SIDE - 1, y + 3); v++) {
      for (int u = Math.max(0, x - 3); u <= Math.min(FacePaint.SIDE - 1, x + 3); u++) {
        int at = v * FacePaint.SIDE + u;
        sum += gains.cover[at];
        for (int c = 0; c < 3; c++) {
          sum += white * gains.ink[3 * at + c];
        }
      }
    }
    return sum;
  }
}
