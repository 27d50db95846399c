package io.stopline.studio.demo;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Places as small black and white stickers as it takes to make one model without a guard err: at
 * each size random placements first, then small changes to the best one, judged by that model's
 * scores over a few views of the approach, until it errs in all of them.
 *
 * <p>This attacker knows the first model's scores and neither the other members nor the guard. It
 * is a demonstration, no evaluation: who searches against all members at once can make them agree
 * on the wrong label, which a guard that asks for agreement then accepts.
 */
final class StickerSearch {

  /** Stickers cover at most this share of the sign. */
  static final double MAXIMUM_AREA = 0.15;

  private static final int[] VIEWS = {30, 42, 51, 58};
  private static final double[] AREAS = {0.06, 0.08, 0.1, 0.12, MAXIMUM_AREA};
  private static final int RANDOM_PLACEMENTS = 50;
  private static final int CHANGES = 70;

  /** The search ends when the model errs by so much in every view. */
  private static final double ENOUGH = -0.2;

  private static final int LEAST_STICKERS = 2;
  private static final int MOST_STICKERS = 4;

  private final BareModel model;
  private final DriveUp drive;
  private final DriveSign sign;

  StickerSearch(BareModel model, DriveUp drive, DriveSign sign) {
    this.model = model;
    this.drive = drive;
    this.sign = sign;
  }

  /**
   * What was found.
   *
   * @param stickers the best placement
   * @param area at most this share of the sign is covered
   * @param margin mean over the views of the true label's probability less the best other one's;
   *     below 0 where the models err
   * @param candidates placements tried
   */
  record Found(List<Sticker> stickers, double area, double margin, int candidates) {
    Found {
      stickers = List.copyOf(stickers);
    }
  }

  /** Searches; the same seed finds the same placement. */
  Found search(long seed) {
    RandomStream random = new RandomStream(seed);
    List<Sticker> best = List.of();
    double least = Double.POSITIVE_INFINITY;
    double covered = 0;
    int tried = 0;
    for (double area : AREAS) {
      // Each size has draws of its own, whatever was tried before.
      random.reseed(RandomStream.derive(seed, Math.round(1000 * area)));
      List<Sticker> bestHere = List.of();
      double leastHere = Double.POSITIVE_INFINITY;
      for (int i = 0; i < RANDOM_PLACEMENTS + CHANGES && leastHere > ENOUGH; i++) {
        List<Sticker> candidate =
            i < RANDOM_PLACEMENTS ? place(area, random) : change(bestHere, random);
        double margin = margin(candidate);
        tried++;
        if (margin < leastHere) {
          leastHere = margin;
          bestHere = candidate;
        }
      }
      if (leastHere < least) {
        least = leastHere;
        best = bestHere;
        covered = area;
      }
      if (least <= ENOUGH) {
        break;
      }
    }
    return new Found(best, covered, least, tried);
  }

  private List<Sticker> place(double share, RandomStream random) {
    int n = LEAST_STICKERS + random.nextInt(MOST_STICKERS - LEAST_STICKERS + 1);
    List<Sticker> stickers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double area = share * sign.area() / n;
      double width = Math.sqrt(area) * Math.exp(random.uniform(-0.8, 0.8));
      stickers.add(
          new Sticker(
              random.uniform(0.15, 0.85),
              random.uniform(0.15, 0.85),
              width,
              area / width,
              random.uniform(-15, 15),
              random.nextInt(2) == 0));
    }
    return stickers;
  }

  /** Moves, stretches or recolours one sticker; areas stay. */
  private static List<Sticker> change(List<Sticker> from, RandomStream random) {
    List<Sticker> changed = new ArrayList<>(from);
    int i = random.nextInt(from.size());
    Sticker s = from.get(i);
    double stretch = Math.exp(0.2 * random.nextGaussian());
    double width = Math.max(0.05, Math.min(0.7, s.width() * stretch));
    changed.set(
        i,
        new Sticker(
            within(s.x() + 0.06 * random.nextGaussian()),
            within(s.y() + 0.06 * random.nextGaussian()),
            width,
            s.area() / width,
            s.degrees() + 4 * random.nextGaussian(),
            random.nextInt(6) == 0 ? !s.white() : s.white()));
    return changed;
  }

  private static double within(double v) {
    return Math.max(0.1, Math.min(0.9, v));
  }

  private double margin(List<Sticker> stickers) {
    double worst = Double.NEGATIVE_INFINITY;
    SignPicture picture = sign.picture(VIEWS[0], stickers);
    for (int view : VIEWS) {
      Region window = window(drive.pose(view));
      SignPicture now = sign.isStill() ? picture : sign.picture(view, stickers);
      BufferedImage seen = drive.film(view, now, window);
      float[] p = model.probabilities(Pictures.image(seen));
      double other = 0;
      for (int i = 0; i < p.length; i++) {
        if (i != sign.label()) {
          other = Math.max(other, p[i]);
        }
      }
      worst = Math.max(worst, p[sign.label()] - other);
    }
    return worst;
  }

  /** The sign with a tenth around it. */
  static Region window(DriveUp.Pose pose) {
    double side = pose.size() + 2 * Math.max(5, 0.1 * pose.size());
    return new Region(
        (int) Math.round(pose.x() - side / 2),
        (int) Math.round(pose.y() - side / 2),
        (int) Math.round(side),
        (int) Math.round(side));
  }
}
