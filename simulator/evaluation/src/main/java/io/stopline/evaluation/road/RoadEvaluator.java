package io.stopline.evaluation.road;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.ParallelWork;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures a policy's finder and guard on whole road frames. Every frame is looked at once; every
 * find is judged as a track of one frame with all passes and a seed of its own, so that the figures
 * depend on frames and seed alone, not on threads or time.
 */
public final class RoadEvaluator {

  /** Down to this probability a detector is asked, so that its curve has a lower end. */
  private static final double LOWEST_THRESHOLD = 0.02;

  private final Bundle bundle;
  private final PolicyFile policy;
  private final RuntimeOptions options;
  private final int threads;
  private final long seed;
  private final int minimumSide;
  private final SignMatcher matcher;

  /**
   * @param policy a policy of the bundle, calibrated
   * @param minimumSide signs whose smaller side is below this, px, need not be found; at least 1
   * @param threads how many frames are looked at side by side, at least 1
   * @param seed decides every draw
   */
  public RoadEvaluator(Bundle bundle, PolicyFile policy, int minimumSide, int threads, long seed) {
    this.bundle = bundle;
    this.policy = policy;
    this.options = RuntimeOptions.defaults();
    this.minimumSide = minimumSide;
    this.matcher = new SignMatcher(minimumSide);
    this.threads = threads;
    this.seed = seed;
  }

  /**
   * Measures.
   *
   * @param data with the labels of the policy's models
   * @param frameDone is called after each frame, from any thread
   * @throws io.stopline.evaluation.UnusableDatasetException if a picture is damaged
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public RoadEvaluation run(RoadData data, Runnable frameDone) {
    RoadLook[] looks = new RoadLook[data.frames().size()];
    ParallelWork.run(
        threads,
        looks.length,
        () ->
            new Worker() {
              @Override
              public void run(int i) {
                looks[i] = look(data.frames().get(i).image(), i);
              }
            },
        frameDone);
    return count(data, List.of(looks));
  }

  private RoadEvaluation count(RoadData data, List<RoadLook> looks) {
    GuardPolicy.Finder finder = policy.policy().finder();
    GuardPolicy.SignCheck sign = policy.policy().sign();
    String name = finder == null ? RoadFinder.COLOUR_SHAPE : RoadFinder.DETECTOR;
    List<FinderFigures> finders = new ArrayList<>();
    ToDoubleFunction<JudgedFind> alone = f -> f.find().probability();
    if (finder != null) {
      finders.add(
          FinderFigures.of(
              name,
              curve(data, looks, JudgedFind::proposed, alone),
              curve(data, looks, f -> true, alone),
              finder.threshold(),
              data.classNames(),
              meanMillis(looks, RoadLook::finderNanos)));
    }
    if (sign != null) {
      double least = sign.confirmProbability();
      finders.add(
          FinderFigures.of(
              name + "+verifier",
              curve(
                  data, looks, f -> f.proposed() && f.signScore() >= least, JudgedFind::signScore),
              curve(data, looks, f -> true, JudgedFind::signScore),
              least,
              data.classNames(),
              meanMillis(looks, look -> look.finderNanos() + look.verifierNanos())));
    }
    List<List<MatchedFind>> colour = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      List<Find> finds = looks.get(i).byColourAndShape();
      // These finds have an order, but no scores.
      colour.add(matcher.match(data.frames().get(i).signs(), finds, new double[finds.size()]));
    }
    FinderCurve byColour = new FinderCurve(data.frames(), colour, matcher, seed);
    finders.add(
        FinderFigures.of(
            RoadFinder.COLOUR_SHAPE,
            byColour,
            null,
            Double.NaN,
            data.classNames(),
            meanMillis(looks, RoadLook::colourNanos)));
    List<JudgedFrame> frames = judged(data, looks, sign == null ? alone : JudgedFind::signScore);
    return new RoadEvaluation(
        minimumSide,
        byColour.signs(),
        finders,
        name,
        BoxFit.of(frames),
        new RoadGuardFigures.Counter(frames, matcher, seed).count(),
        frames);
  }

  /** Matches the finds that pass, ranked by a score. */
  private FinderCurve curve(
      RoadData data,
      List<RoadLook> looks,
      Predicate<JudgedFind> passes,
      ToDoubleFunction<JudgedFind> score) {
    List<List<MatchedFind>> matched = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      List<JudgedFind> finds = looks.get(i).finds().stream().filter(passes).toList();
      matched.add(match(data.frames().get(i), finds, score));
    }
    return new FinderCurve(data.frames(), matched, matcher, seed);
  }

  private List<MatchedFind> match(
      RoadFrame frame, List<JudgedFind> finds, ToDoubleFunction<JudgedFind> score) {
    return matcher.match(
        frame.signs(),
        finds.stream().map(JudgedFind::find).toList(),
        finds.stream().mapToDouble(score).toArray());
  }

  /**
   * What the guard was given is matched by itself: finds that the policy does not propose must not
   * take a sign from one that it does.
   */
  private List<JudgedFrame> judged(
      RoadData data, List<RoadLook> looks, ToDoubleFunction<JudgedFind> score) {
    List<JudgedFrame> frames = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      RoadFrame frame = data.frames().get(i);
      List<JudgedFrame.Entry> entries = new ArrayList<>();
      for (boolean proposed : new boolean[] {true, false}) {
        List<JudgedFind> finds =
            looks.get(i).finds().stream().filter(f -> f.proposed() == proposed).toList();
        List<MatchedFind> matched = match(frame, finds, score);
        for (int k = 0; k < finds.size(); k++) {
          entries.add(new JudgedFrame.Entry(matched.get(k), finds.get(k)));
        }
      }
      frames.add(new JudgedFrame(frame, entries));
    }
    return frames;
  }

  /** The same detector, asked for less probable finds too. */
  private static GuardPolicy.Finder lower(GuardPolicy.Finder set) {
    return new GuardPolicy.Finder(
        set.detector(), Math.min(set.threshold(), LOWEST_THRESHOLD), set.maximum(), set.margin());
  }

  private static double meanMillis(List<RoadLook> looks, ToLongFunction<RoadLook> nanos) {
    return looks.stream().mapToLong(nanos).average().orElse(Double.NaN) / 1e6;
  }

  /** Finders and a guard of its own for one thread. */
  private abstract class Worker implements ParallelWork.Worker {
    private final ReadyGuard ready =
        GuardFactory.create(
            bundle, policy.policy().name(), options, InspectionSeeds.reproducible(seed));
    private final RoadFinder colourShape = RoadFinder.colourShape();
    private final @Nullable RoadFinder detector;
    private final @Nullable VerifierTime verifier;

    Worker() {
      GuardPolicy.Finder set = policy.policy().finder();
      GuardPolicy.SignCheck sign = policy.policy().sign();
      RoadFinder openedDetector = null;
      boolean done = false;
      try {
        openedDetector = set == null ? null : RoadFinder.detector(bundle, lower(set), options);
        detector = openedDetector;
        verifier = sign == null ? null : new VerifierTime(bundle, sign.verifier(), options);
        done = true;
      } finally {
        if (!done) {
          if (openedDetector != null) {
            openedDetector.close();
          }
          ready.close();
        }
      }
    }

    RoadLook look(Image image, int frame) {
      long begin = System.nanoTime();
      List<Find> colour = colourShape.find(image);
      long between = System.nanoTime();
      List<Find> finds = detector == null ? colour : detector.find(image);
      long end = System.nanoTime();
      GuardPolicy.Finder set = policy.policy().finder();
      long frameSeed = RandomStream.derive(seed, frame);
      long verifierNanos = 0;
      List<JudgedFind> judged = new ArrayList<>();
      for (int i = 0; i < finds.size(); i++) {
        Find find = finds.get(i);
        boolean proposed = set == null || find.probability() >= set.threshold();
        if (proposed && verifier != null) {
          verifierNanos += verifier.nanos(image.view(find.crop()));
        }
        judged.add(
            new JudgedFind(
                find,
                proposed,
                ready
                    .guard()
                    .replay(
                        image.view(find.crop()),
                        RandomStream.derive(frameSeed, i),
                        // Of what the policy does not propose, the sign score is all that counts.
                        proposed ? ready.guard().passesPerInspection() : 1,
                        set == null ? Sighting.NONE : Sighting.of((float) find.probability()),
                        new TrackState())));
      }
      return new RoadLook(
          judged,
          colour,
          detector == null ? between - begin : end - between,
          between - begin,
          verifierNanos);
    }

    @Override
    public void close() {
      if (verifier != null) {
        verifier.close();
      }
      if (detector != null) {
        detector.close();
      }
      ready.close();
    }
  }
}
