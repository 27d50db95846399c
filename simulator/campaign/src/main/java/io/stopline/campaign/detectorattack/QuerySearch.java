package io.stopline.campaign.detectorattack;

import io.stopline.attacks.detection.PatchConditions;
import io.stopline.attacks.detection.PatchPainting;
import io.stopline.attacks.detection.PatchQueries;
import io.stopline.attacks.detection.PatchResult;
import io.stopline.attacks.detection.PatchTarget;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Searches paint by asking the file that ships for its boxes and probabilities: where there are no
 * gradients, and to see whether gradients lead astray. It asks as often as a search by gradients
 * would look. Belongs to one thread.
 */
final class QuerySearch implements ObjectSearch {

  private final AttackGoal goal;
  private final double threshold;
  private final Ruling ruling;

  QuerySearch(AttackGoal goal, double threshold, Ruling ruling) {
    this.goal = goal;
    this.threshold = threshold;
    this.ruling = ruling;
  }

  @Override
  public Found search(
      Image frame,
      AttackedObject object,
      PatchSetting setting,
      Effort effort,
      long seed,
      DoubleConsumer share,
      BooleanSupplier cancelled) {
    List<Region> candidates =
        Sites.candidates(frame.width(), frame.height(), object.box(), setting);
    RandomStream random = new RandomStream(seed);
    Painting best = null;
    List<Region> bestSites = candidates;
    double bestMargin = 0;
    long looks = 0;
    for (int r = 0; r < effort.restarts(); r++) {
      // The first time the middle, where there is one piece.
      List<Region> sites = Sites.some(candidates, setting.stickers(), r == 0, random);
      PatchTarget target = new PatchTarget(frame, Sites.window(frame, sites), sites, List.of());
      PatchResult result =
          new PatchQueries(
                  target,
                  ruling::see,
                  GradientSearch.aim(goal, object.box(), object, false),
                  threshold,
                  PatchConditions.ROAD,
                  effort.draws())
              .run(effort.steps() * effort.draws(), random.nextLong());
      looks += result.looks();
      Painting painting = new Painting(new PatchPainting(target), result.texels());
      double margin =
          GradientSearch.aim(goal, object.box(), object, false)
              .margin(ruling.see(painting.planned()), threshold);
      if (best == null || margin < bestMargin) {
        best = painting;
        bestSites = sites;
        bestMargin = margin;
      }
      share.accept((r + 1.0) / effort.restarts());
      if (cancelled.getAsBoolean()) {
        break;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no place to paint was searched");
    }
    return new Found(best, bestSites, looks);
  }
}
