package io.stopline.campaign.detectorattack;

import io.stopline.attacks.detection.PatchSites;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Where paint may be, and where of that it changes the attacker's loss most. All pieces together
 * cover no more pixels than the setting allows. Stateless.
 */
final class Sites {

  /** Places along each axis of an object that are looked at. */
  private static final int GRID = 9;

  /** Multiples of it, whole parts left out, are spread evenly. */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private Sites() {}

  /**
   * Every place that one piece may have; none where the share has no pixel a piece, or there is no
   * room beside the object.
   *
   * @param frameWidth px
   * @param frameHeight px
   */
  static List<Region> candidates(
      int frameWidth, int frameHeight, Region object, PatchSetting setting) {
    long budget = (long) Math.floor(setting.area() * object.area() / setting.stickers());
    if (budget < 1) {
      return List.of();
    }
    double side = Math.sqrt(budget / (double) object.area());
    int width = (int) Math.max(1, Math.min(budget, Math.round(object.width() * side)));
    int height = (int) Math.max(1, budget / width);
    return setting.place() == PatchSetting.Place.ON
        ? on(object, width, height)
        : beside(frameWidth, frameHeight, object, width, height);
  }

  private static List<Region> on(Region object, int width, int height) {
    List<Region> places = new ArrayList<>();
    int acrossRoom = Math.max(0, object.width() - width);
    int downRoom = Math.max(0, object.height() - height);
    for (int row = 0; row < GRID; row++) {
      for (int column = 0; column < GRID; column++) {
        Region place =
            new Region(
                object.x() + (int) Math.round(acrossRoom * column / (GRID - 1.0)),
                object.y() + (int) Math.round(downRoom * row / (GRID - 1.0)),
                Math.min(width, object.width()),
                Math.min(height, object.height()));
        if (!places.contains(place)) {
          places.add(place);
        }
      }
    }
    return places;
  }

  /** All around, as near as can be without covering any of the object. */
  private static List<Region> beside(
      int frameWidth, int frameHeight, Region object, int width, int height) {
    List<Region> places = new ArrayList<>();
    for (int step = 0; step < GRID; step++) {
      double along = step / (GRID - 1.0);
      int x = object.x() - width + (int) Math.round((object.width() + width) * along);
      int y = object.y() - height + (int) Math.round((object.height() + height) * along);
      places.add(new Region(Math.max(0, x), Math.max(0, object.y() - height), width, height));
      places.add(new Region(Math.max(0, x), object.y() + object.height(), width, height));
      places.add(new Region(Math.max(0, object.x() - width), Math.max(0, y), width, height));
      places.add(new Region(object.x() + object.width(), Math.max(0, y), width, height));
    }
    return places.stream()
        .distinct()
        .filter(p -> p.isInside(frameWidth, frameHeight))
        .filter(p -> p.intersectionOverUnion(object) == 0)
        .toList();
  }

  /**
   * Sets of places that are worth a try: where the loss changes most, and evenly spread or random
   * ones.
   *
   * @param window of the frame that all candidates lie in
   * @param gradient of the window, HWC
   * @param sets at most so many, at least 1
   */
  static List<List<Region>> worthTrying(
      List<Region> candidates,
      int pieces,
      Region window,
      float[] gradient,
      int sets,
      RandomStream random) {
    double[] strength = new double[candidates.size()];
    for (int i = 0; i < strength.length; i++) {
      strength[i] = sum(candidates.get(i), window, gradient);
    }
    List<Region> order =
        IntStream.range(0, strength.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -strength[i]))
            .map(candidates::get)
            .toList();
    Set<List<Region>> chosen = new LinkedHashSet<>();
    chosen.add(apart(order, pieces));
    if (pieces == 1) {
      // The middle, then all over.
      chosen.add(List.of(candidates.get(candidates.size() / 2)));
      for (int i = 0; chosen.size() < sets && i < sets; i++) {
        chosen.add(List.of(candidates.get((int) (i * GOLDEN % 1 * candidates.size()))));
      }
    } else {
      for (int i = 0; chosen.size() < sets && i < 2 * sets; i++) {
        chosen.add(apart(shuffled(candidates, random), pieces));
      }
    }
    return List.copyOf(chosen);
  }

  /**
   * One set of places.
   *
   * @param middle whether a single piece is to be in the middle; else random ones are taken
   */
  static List<Region> some(
      List<Region> candidates, int pieces, boolean middle, RandomStream random) {
    return pieces == 1 && middle
        ? List.of(candidates.get(candidates.size() / 2))
        : apart(shuffled(candidates, random), pieces);
  }

  private static List<Region> shuffled(List<Region> candidates, RandomStream random) {
    List<Region> shuffled = new ArrayList<>(candidates);
    for (int k = shuffled.size() - 1; k > 0; k--) {
      Collections.swap(shuffled, k, random.nextInt(k + 1));
    }
    return shuffled;
  }

  /** The first of them, none upon another. */
  private static List<Region> apart(List<Region> order, int pieces) {
    List<Region> chosen = new ArrayList<>();
    for (Region place : order) {
      if (chosen.size() < pieces
          && chosen.stream().noneMatch(c -> c.intersectionOverUnion(place) > 0)) {
        chosen.add(place);
      }
    }
    return List.copyOf(chosen);
  }

  private static double sum(Region place, Region window, float[] gradient) {
    double sum = 0;
    for (int y = 0; y < place.height(); y++) {
      int from = 3 * ((place.y() - window.y() + y) * window.width() + place.x() - window.x());
      for (int i = 0; i < 3 * place.width(); i++) {
        sum += Math.abs(gradient[from + i]);
      }
    }
    return sum;
  }

  /** Pieces and as much around them as they may shift and grow, inside the frame. */
  static Region window(Image frame, List<Region> sites) {
    Region around = PatchSites.around(sites);
    int room = 2;
    for (Region site : sites) {
      room = Math.max(room, 2 + (int) Math.ceil(0.1 * Math.max(site.width(), site.height())));
    }
    int left = Math.max(0, around.x() - room);
    int top = Math.max(0, around.y() - room);
    int right = Math.min(frame.width(), around.x() + around.width() + room);
    int bottom = Math.min(frame.height(), around.y() + around.height() + room);
    return new Region(left, top, right - left, bottom - top);
  }
}
