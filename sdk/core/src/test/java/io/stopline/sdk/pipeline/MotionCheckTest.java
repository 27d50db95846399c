package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Motion.Oddity;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What moves as a thing beside the road does, and what does not. */
class MotionCheckTest {

  private static final int SIGHTINGS = 12;

  private final MotionCheck check = new MotionCheck(Witnesses.Motion.standard());

  /** Fits all and compares each with all others, as it is among them. */
  private void look(Road road, List<Motion> motions) {
    for (Motion motion : motions) {
      check.fit(motion, road.width(), road.height());
    }
    for (Motion motion : motions) {
      List<Motion> others = new ArrayList<>(motions);
      others.remove(motion);
      check.compare(motion, others, SIGHTINGS);
    }
  }

  private static double between(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private static Road randomRoad(Random random) {
    int width = 640 + random.nextInt(1400);
    int height = width * 9 / 16;
    Witnesses.Motion m = Witnesses.Motion.standard();
    return new Road(
        width,
        height,
        width * between(random, 0.6, 1.8),
        width * between(random, m.left(), m.right()),
        height * between(random, m.top(), m.bottom()));
  }

  private static List<Road.Thing> randomThings(Random random, double nearest) {
    List<Road.Thing> things = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      double side = random.nextBoolean() ? 1 : -1;
      things.add(
          new Road.Thing(
              side * between(random, 1.5, 12),
              between(random, -4, 0.5),
              nearest + between(random, 10, 90),
              between(random, 0.4, 1.5)));
    }
    return things;
  }

  @Property(tries = 400)
  void aStandingThingIsNeverOddHoweverTheVehicleDrivesStraightOn(@ForAll long seed) {
    Random random = new Random(seed);
    Road road = randomRoad(random);
    double speed = between(random, 0, 40);
    // From full braking to full speed up.
    double acceleration = between(random, -8, 3);
    List<Road.Thing> things = randomThings(random, 0);
    List<Motion> motions = new ArrayList<>();
    things.forEach(t -> motions.add(new Motion()));
    double driven = 0;
    for (int frame = 0; frame < 150; frame++) {
      for (int i = 0; i < things.size(); i++) {
        Region seen = road.see(things.get(i), driven, 0);
        if (seen != null) {
          motions.get(i).path.add(Road.nanos(frame), seen, road.width(), road.height());
        }
      }
      driven += speed / 30;
      speed = Math.max(0, speed + acceleration / 30);
      if (frame % 3 == 0) {
        look(road, motions);
        assertThat(motions)
            .allSatisfy(m -> assertThat(m.oddity).as(m::reason).isEqualTo(Oddity.NONE));
      }
    }
  }

  @Property(tries = 400)
  void turningMakesNoStandingThingOdd(@ForAll long seed) {
    Random random = new Random(seed);
    Road road = randomRoad(random);
    double speed = between(random, 1, 15);
    double turn = between(random, -0.5, 0.5);
    List<Road.Thing> things = randomThings(random, 0);
    List<Motion> motions = new ArrayList<>();
    things.forEach(t -> motions.add(new Motion()));
    for (int frame = 0; frame < 60; frame++) {
      for (int i = 0; i < things.size(); i++) {
        Region seen = road.see(things.get(i), speed * frame / 30, turn * frame / 30);
        if (seen != null) {
          motions.get(i).path.add(Road.nanos(frame), seen, road.width(), road.height());
        }
      }
      if (frame % 3 == 0) {
        look(road, motions);
        assertThat(motions)
            .allSatisfy(m -> assertThat(m.oddity).as(m::reason).isEqualTo(Oddity.NONE));
      }
    }
  }

  @Test
  void standingThingsAreKnownAsSuchInSpiteOfNoiseAndNodding() {
    int standing = 0;
    int odd = 0;
    int all = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Road road = new Road(1280, 720, between(random, 900, 1500), 640, 360);
      double speed = between(random, 5, 30);
      double hertz = between(random, 0.5, 2);
      List<Road.Thing> things = new ArrayList<>();
      List<Motion> motions = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        double side = random.nextBoolean() ? 1 : -1;
        things.add(
            new Road.Thing(
                side * between(random, 2, 8),
                between(random, -3.5, -0.5),
                between(random, 20, 70),
                between(random, 0.5, 1.2)));
        motions.add(new Motion());
      }
      boolean anyOdd = false;
      for (int frame = 0; frame < 60; frame++) {
        // Half a degree up and down.
        double nod = 0.0087 * road.focal() * Math.sin(2 * Math.PI * hertz * frame / 30);
        for (int i = 0; i < things.size(); i++) {
          Region seen = road.see(things.get(i), speed * frame / 30, 0);
          if (seen != null) {
            motions
                .get(i)
                .path
                .add(Road.nanos(frame), noisy(seen, nod, random), road.width(), road.height());
          }
        }
        if (frame % 3 == 0) {
          look(road, motions);
          anyOdd |= motions.stream().anyMatch(m -> m.oddity != Oddity.NONE);
        }
      }
      odd += anyOdd ? 1 : 0;
      all += motions.size();
      standing += (int) motions.stream().filter(m -> m.standing).count();
    }
    assertThat(odd).as("of 200 roads").isLessThanOrEqualTo(4);
    assertThat(standing).as("of %d", all).isGreaterThan(all * 85 / 100);
  }

  /** A box as a detector has it: 5 % of its side off. */
  private static Region noisy(Region seen, double down, Random random) {
    double w = seen.width() * Math.exp(0.05 * random.nextGaussian());
    double h = seen.height() * Math.exp(0.05 * random.nextGaussian());
    return new Region(
        (int) Math.round(seen.x() + 0.05 * seen.width() * random.nextGaussian()),
        (int) Math.round(seen.y() + down + 0.05 * seen.height() * random.nextGaussian()),
        Math.max(1, (int) Math.round(w)),
        Math.max(1, (int) Math.round(h)));
  }

  private static final Road ROAD = Road.STANDARD;
  private static final Road.Thing LEFT = new Road.Thing(-4, -1.5, 40, 0.8);
  private static final Road.Thing RIGHT = new Road.Thing(3.5, -1.2, 45, 0.7);

  /** Two standing things and a third, over some frames, 14 m/s. */
  private Motion among(int frames, boolean moving, IntFunction<Region> third) {
    List<Motion> motions = List.of(new Motion(), new Motion(), new Motion());
    for (int frame = 0; frame < frames; frame++) {
      double driven = moving ? frame * 14 / 30.0 : 0;
      add(motions.get(0), frame, ROAD.see(LEFT, driven, 0));
      add(motions.get(1), frame, ROAD.see(RIGHT, driven, 0));
      add(motions.get(2), frame, third.apply(frame));
    }
    look(ROAD, motions);
    assertThat(motions.get(0).standing).isEqualTo(moving);
    assertThat(motions.get(1).standing).isEqualTo(moving);
    assertThat(motions.get(0).oddity).isEqualTo(Oddity.NONE);
    assertThat(motions.get(1).oddity).isEqualTo(Oddity.NONE);
    return motions.get(2);
  }

  private static void add(Motion motion, int frame, @Nullable Region seen) {
    if (seen != null) {
      motion.path.add(Road.nanos(frame), seen, ROAD.width(), ROAD.height());
    }
  }

  @Test
  void aTailLightAheadKeepsItsSizeWhileOthersComeNearer() {
    Motion light =
        among(40, true, f -> new Region(600 + f / 4, 380 + f % 3, 24 + f % 2, 24 + f % 2));
    assertThat(light.oddity).isEqualTo(Oddity.KEEPS_SIZE);
    assertThat(light.reason()).contains("over 40 sightings while 2 other things grew by at least");
  }

  @Test
  void aProjectionThatKeepsItsPlaceIsOddWhileOthersComeNearer() {
    Motion still = among(40, true, f -> new Region(900, 200, 60, 60));
    assertThat(still.oddity).isEqualTo(Oddity.KEEPS_SIZE);
    assertThat(still.standing).isFalse();
  }

  @Test
  void whatKeepsItsPlaceBeforeAVehicleThatStandsIsNotOdd() {
    assertThat(among(40, false, f -> new Region(900, 200, 60, 60)).oddity).isEqualTo(Oddity.NONE);
  }

  @Test
  void oneOtherThingThatComesNearerMayBeAnOncomingCar() {
    List<Motion> motions = List.of(new Motion(), new Motion());
    for (int frame = 0; frame < 40; frame++) {
      add(motions.get(0), frame, ROAD.see(LEFT, frame * 14 / 30.0, 0));
      add(motions.get(1), frame, new Region(900, 200, 60, 60));
    }
    look(ROAD, motions);
    assertThat(motions.get(1).oddity).isEqualTo(Oddity.NONE);
  }

  @Test
  void whatGrowsInItsPlaceIsOutOfStep() {
    Motion growing = new Motion();
    for (int frame = 0; frame < 40; frame++) {
      int size = 30 + frame;
      add(growing, frame, new Region(900 - size / 2, 150 - size / 2, size, size));
    }
    look(ROAD, List.of(growing));
    assertThat(growing.oddity).isEqualTo(Oddity.OUT_OF_STEP);
    assertThat(growing.standing).isFalse();
    assertThat(growing.reason()).contains("its vertical distance from the vanishing point by 1.0");
  }

  @Test
  void whatMovesUpwardsWithoutGrowingIsOutOfStep() {
    Motion rising = new Motion();
    for (int frame = 0; frame < 40; frame++) {
      add(rising, frame, new Region(900, 250 - 4 * frame, 40, 40));
    }
    look(ROAD, List.of(rising));
    assertThat(rising.oddity).isEqualTo(Oddity.OUT_OF_STEP);
  }

  @Test
  void nothingIsSaidOfFewSightings() {
    Motion growing = new Motion();
    for (int frame = 0; frame < SIGHTINGS; frame++) {
      look(ROAD, List.of(growing));
      assertThat(growing.oddity).isEqualTo(Oddity.NONE);
      int size = 30 + 6 * frame;
      add(growing, frame, new Region(900 - size / 2, 150 - size / 2, size, size));
    }
    look(ROAD, List.of(growing));
    assertThat(growing.oddity).isEqualTo(Oddity.OUT_OF_STEP);
  }

  @Test
  void whatIsSeenWhereTheVanishingPointMayBeTellsNothing() {
    Motion ahead = new Motion();
    for (int frame = 0; frame < 40; frame++) {
      int size = 20 + frame;
      add(ahead, frame, new Region(640 - size / 2, 360 - size / 2, size, size));
    }
    look(ROAD, List.of(ahead));
    assertThat(ahead.standing).isFalse();
    assertThat(ahead.oddity).isEqualTo(Oddity.NONE);
  }
}
