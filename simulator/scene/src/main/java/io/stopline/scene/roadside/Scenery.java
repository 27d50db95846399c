package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Shutter;
import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Places trees, bushes, posts and walls along a road, where they leave the sight of the signs free.
 */
final class Scenery {

  /** How far beyond the drive's end things stand, m. */
  static final double BEYOND = 260;

  private static final double MIDDLE = -1.75;

  private final Scenario scenario;
  private final Shutter shutter;
  private final RandomStream random;
  private final List<Standing> things = new ArrayList<>();
  private final ShadowMap shadows;
  private final Daylight day;
  private final Post.Shading round;
  private final Post.Shading flat;

  Scenery(Scenario scenario, Shutter shutter, Daylight day, ShadowMap shadows) {
    this.scenario = scenario;
    this.shutter = shutter;
    this.day = day;
    this.shadows = shadows;
    this.round = new Post.Shading(day, true);
    this.flat = new Post.Shading(day, false);
    this.random = new RandomStream(RandomStream.derive(scenario.seed(), 51));
  }

  /** Everything that stands there. */
  List<Standing> place() {
    double from = scenario.vehicle().fromMetres();
    double to = scenario.vehicle().toMetres() + BEYOND;
    Sprite[] trees = new Sprite[3];
    for (int i = 0; i < trees.length; i++) {
      trees[i] = Plant.tree(random.nextInt(Plant.trees())).lit(day, green());
    }
    Sprite[] bushes = new Sprite[2];
    for (int i = 0; i < bushes.length; i++) {
      bushes[i] = Plant.bush(random.nextInt(Plant.bushes())).lit(day, green());
    }
    for (int side = -1; side <= 1; side += 2) {
      double density = random.uniform(7, 22);
      double nearest = random.uniform(8, 12);
      for (double s = from + random.uniform(0, 10);
          s < to;
          s += density * random.uniform(0.35, 1.7)) {
        double away =
            nearest
                + 4 * random.nextDouble()
                + (random.nextDouble() < 0.35 ? 18 * random.nextDouble() : 0);
        double size = random.uniform(6, 12.5);
        plant(trees[random.nextInt(trees.length)], s, MIDDLE + side * away, size, true);
      }
      double bushy = random.uniform(6, 25);
      for (double s = from + random.uniform(0, 10); s < to; s += bushy * random.uniform(0.2, 1.8)) {
        double away = random.uniform(7.2, 11);
        plant(
            bushes[random.nextInt(bushes.length)],
            s,
            MIDDLE + side * away,
            random.uniform(1.4, 3.4),
            false);
      }
    }
    posts(from, to);
    walls();
    things.addAll(poles(scenario, day));
    return List.copyOf(things);
  }

  /** The signs' poles: tubes of 60 mm. A phantom has none. */
  static List<Standing> poles(Scenario scenario, Daylight day) {
    Post.Shading round = new Post.Shading(day, true);
    List<Standing> poles = new ArrayList<>();
    for (Sign sign : scenario.signs()) {
      if (sign.isPhantom()) {
        continue;
      }
      double top = sign.heightMetres() + 0.3 * sign.sizeMetres();
      List<Post.Part> parts = List.of(new Post.Part(top, 0.34));
      poles.add(new Post(sign.alongMetres() + 0.05, sign.lateralMetres(), 0.030, parts, round));
    }
    return List.copyOf(poles);
  }

  private double[] green() {
    double warm = random.uniform(-0.12, 0.30);
    double bright = random.uniform(0.75, 1.25);
    return new double[] {0.060 * (1 + warm) * bright, 0.082 * bright, 0.030 * bright};
  }

  private void plant(Sprite sprite, double along, double lateral, double size, boolean tree) {
    Billboard plant = new Billboard(sprite, along, lateral, size, random.nextDouble() < 0.5);
    if (hidesASign(plant)) {
      return;
    }
    things.add(plant);
    double height = tree ? 0.6 * size : 0.3 * size;
    double[] sun = day.toSun();
    double reach = Math.min(5, 1 / Math.max(0.1, -sun[1]));
    // The foot of the crown's shadow, and its stretch away from the sun.
    double half = 0.33 * size;
    double stretched = half * (0.6 + 0.5 * reach);
    double across = Math.abs(sun[0]);
    double ahead = Math.abs(sun[2]);
    shadows.cast(
        along - sun[2] * reach * height,
        lateral - sun[0] * reach * height,
        half + (stretched - half) * ahead,
        half + (stretched - half) * across,
        0.75);
    // Where it stands it takes the sky's light away, whatever the sun does.
    shadows.shade(along, lateral, 0.3 * size);
  }

  /** Delineator posts every 50 m on both sides (StVO sign 620), 1 m high with a black band. */
  private void posts(double from, double to) {
    double first = from - random.uniform(0, 50);
    List<Post.Part> parts =
        List.of(new Post.Part(0.62, 0.62), new Post.Part(0.86, 0.03), new Post.Part(1.0, 0.62));
    for (double s = first; s < to; s += 50) {
      for (double away : new double[] {-4.45, 4.45}) {
        things.add(new Post(s, MIDDLE + away, 0.055, parts, flat));
      }
    }
    if (random.nextDouble() < 0.5) {
      double away = random.nextDouble() < 0.5 ? random.uniform(-16, -11) : random.uniform(11, 16);
      double start = from - random.uniform(0, 45);
      for (double s = start; s < to; s += 45) {
        Post pole = new Post(s, MIDDLE + away, 0.13, List.of(new Post.Part(8.5, 0.085)), round);
        things.add(pole);
      }
    }
  }

  /** A sprayed wall for each sign, as near to right behind it as hides no other sign. */
  private void walls() {
    if (!(scenario.background() instanceof Background.Procedural p) || p.graffiti() == 0) {
      return;
    }
    RandomStream draws = new RandomStream(RandomStream.derive(scenario.seed(), 52));
    for (Sign sign : scenario.signs()) {
      Sprite sprayed = new SprayedWall(draws.nextLong(), p.graffiti()).lit(day);
      double outwards = sign.lateralMetres() < MIDDLE ? -1 : 1;
      double beside = draws.uniform(-0.8, 0.8);
      for (int step = 0; step < 10; step++) {
        double lateral = sign.lateralMetres() + outwards * (beside + 0.6 * step);
        double along = sign.alongMetres() + SprayedWall.BEHIND;
        Billboard wall = new Billboard(sprayed, along, lateral, SprayedWall.SIDE_METRES, false);
        if (!hidesASign(wall)) {
          things.add(wall);
          break;
        }
      }
    }
  }

  /** Whether something stands before a sign on any frame (every fifth is looked at). */
  private boolean hidesASign(Billboard plant) {
    double[] foot = new double[3];
    double[] head = new double[3];
    double[] at = new double[3];
    Lens lens = shutter.lens();
    for (int frame = 0; frame < scenario.frames(); frame += 5) {
      View view = shutter.view(frame, 0);
      if (!view.project(plant.along(), plant.lateral(), 0, foot)
          || !view.project(plant.along(), plant.lateral(), plant.size(), head)) {
        continue;
      }
      double half = 0.5 * (foot[1] - head[1]);
      for (Sign sign : scenario.signs()) {
        if (sign.alongMetres() > plant.along() - 1
            && view.project(sign.alongMetres(), sign.lateralMetres(), sign.heightMetres(), at)) {
          double margin = 0.8 * sign.sizeMetres() * lens.focal() / at[2] + 4;
          if (Math.abs(at[0] - foot[0]) < half + margin
              && at[1] > head[1] - margin
              && at[1] < foot[1] + margin) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
