package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.VisionModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a detector on clean frames, read in one way or in many, and says what it finds. A frame is
 * run once for all ways that feed it alike. Belongs to one thread.
 */
final class DetectorTrials {

  /** Finds below are of no use to anybody. */
  private static final double LEAST_PROBABILITY = 0.05;

  private static final int MOST_FINDS = 100;

  /** How much more must be found with another encoding, as a share and absolutely. */
  private static final double MARGIN = 0.02;

  /** Where so much is found in a few frames, no other range is looked for. */
  private static final double FINE = 0.97;

  private final DetectorReading reading;
  private final VisionModel model;
  private final long seed;

  /**
   * @param model of the reading's file; the caller's
   * @param seed of resampling
   */
  DetectorTrials(DetectorReading reading, VisionModel model, long seed) {
    this.reading = reading;
    this.model = model;
    this.seed = seed;
  }

  /** A way, and what is found when it is taken: one list a frame. */
  record Tried(DetectorWay way, AveragePrecision precision, List<List<Detection>> finds) {
    double mean() {
      return precision.mean().value();
    }
  }

  /** How good a way is by what it finds in a few frames. */
  @FunctionalInterface
  interface Goodness {
    double of(DetectorWay way, LabelledFrames few);
  }

  /** Runs it as it is read, and hands on the model with its outputs after every frame. */
  void run(LabelledFrames frames, Consumer<VisionModel> look) {
    Detector detector = reading.open(new LastRun(model), LEAST_PROBABILITY, 1);
    for (int f = 0; f < frames.objects().size(); f++) {
      detect(detector, image(frames, f));
      look.accept(model);
    }
  }

  /** What is found in each of the ways, in their order. */
  List<Tried> all(List<DetectorWay> ways, LabelledFrames frames) {
    LastRun shared = new LastRun(model);
    List<Detector> detectors = new ArrayList<>();
    List<List<List<Detection>>> finds = new ArrayList<>();
    for (DetectorWay way : ways) {
      detectors.add(open(way, shared));
      finds.add(new ArrayList<>());
    }
    for (int f = 0; f < frames.objects().size(); f++) {
      Image image = image(frames, f);
      for (int w = 0; w < ways.size(); w++) {
        finds.get(w).add(detect(detectors.get(w), image));
      }
    }
    List<Tried> tried = new ArrayList<>();
    for (int w = 0; w < ways.size(); w++) {
      tried.add(
          new Tried(
              ways.get(w),
              new AveragePrecision(frames.objects(), finds.get(w), reading.labels().size(), seed),
              finds.get(w)));
    }
    return tried;
  }

  /** The range and order of channels under which most is found in a few frames. */
  InputEncoding screened(
      DetectorWay asRead, List<InputEncoding> others, LabelledFrames few, Goodness goodness) {
    double most = goodness.of(asRead, few);
    InputEncoding best = asRead.encoding();
    if (most >= FINE) {
      return best;
    }
    for (InputEncoding other : others) {
      double good = goodness.of(new DetectorWay(other, asRead.format()), few);
      if (good > most * (1 + MARGIN) && good > most + MARGIN) {
        most = good;
        best = other;
      }
    }
    return best;
  }

  /**
   * How well objects are found, whatever they are called: half of it the mean of the highest
   * probability at each of them, half of it average precision, since a wrong range may find objects
   * and everything else as well.
   */
  double findsObjects(DetectorWay way, LabelledFrames few) {
    Detector detector = open(way, new LastRun(model));
    List<List<SignBox>> objects = new ArrayList<>();
    List<List<Detection>> finds = new ArrayList<>();
    double sum = 0;
    for (int f = 0; f < few.objects().size(); f++) {
      List<Detection> here = new ArrayList<>();
      for (Detection d : detect(detector, image(few, f))) {
        here.add(new Detection(d.region(), 0, d.probability()));
      }
      finds.add(here);
      List<SignBox> alike = new ArrayList<>();
      for (SignBox object : few.objects().get(f)) {
        alike.add(object.known() ? new SignBox(object.region(), 0) : object);
        if (object.known()) {
          sum +=
              here.stream()
                  .filter(d -> isAt(d, object.region()))
                  .mapToDouble(Detection::probability)
                  .max()
                  .orElse(0);
        }
      }
      objects.add(alike);
    }
    return few.known() == 0
        ? 0
        : (sum / few.known() + new AveragePrecision(objects, finds, 1, seed).mean().value()) / 2;
  }

  /** Probability of what is found again in the mirror, a frame. */
  double agreeingMass(DetectorWay way, LabelledFrames few, double threshold) {
    Detector detector = open(way, new LastRun(model));
    double sum = 0;
    for (int f = 0; f < few.objects().size(); f++) {
      Image image = image(few, f);
      List<Detection> finds = sure(detect(detector, image), threshold);
      List<Detection> mirrored = sure(detect(detector, Mirror.of(image)), threshold);
      for (Detection d : finds) {
        sum += isAgain(d, mirrored, image.width()) ? d.probability() : 0;
      }
    }
    return sum / few.objects().size();
  }

  /** How it agrees with itself. */
  SelfConsistency agreement(DetectorWay way, LabelledFrames frames, double threshold) {
    Detector detector = open(way, new LastRun(model));
    int finds = 0;
    int again = 0;
    int senseless = 0;
    int certain = 0;
    int discarded = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      Image image = image(frames, f);
      List<Detection> here = sure(detect(detector, image), threshold);
      discarded += detector.discarded();
      List<Detection> mirrored = sure(detect(detector, Mirror.of(image)), threshold);
      for (Detection d : here) {
        finds++;
        certain += d.probability() >= SelfConsistency.NO_DOUBT ? 1 : 0;
        again += isAgain(d, mirrored, image.width()) ? 1 : 0;
        boolean everything = d.region().area() >= 0.98 * image.width() * (double) image.height();
        boolean nothing = d.region().width() <= 2 || d.region().height() <= 2;
        senseless += everything || nothing ? 1 : 0;
      }
    }
    return new SelfConsistency(
        frames.objects().size(), finds, Rate.of(again, finds), senseless, certain, discarded);
  }

  private Detector open(DetectorWay way, LastRun shared) {
    return reading.with(way.encoding(), way.format()).open(shared, LEAST_PROBABILITY, MOST_FINDS);
  }

  private static Image image(LabelledFrames frames, int frame) {
    return frames.data().frames().get(frame).image();
  }

  /** A frame that the model fails on has no finds: another reading may not fail. */
  private static List<Detection> detect(Detector detector, Image frame) {
    try {
      return detector.detect(frame);
    } catch (InferenceException e) {
      return List.of();
    }
  }

  private static List<Detection> sure(List<Detection> finds, double threshold) {
    return finds.stream().filter(d -> d.probability() >= threshold).toList();
  }

  /** Whether a find overlaps a place as much as a right one does. */
  static boolean isAt(Detection find, Region place) {
    return find.region().intersectionOverUnion(place) >= AveragePrecision.USUAL;
  }

  private static boolean isAgain(Detection find, List<Detection> mirrored, int width) {
    Region r = find.region();
    Region there = new Region(width - r.x() - r.width(), r.y(), r.width(), r.height());
    return mirrored.stream().anyMatch(d -> d.label() == find.label() && isAt(d, there));
  }
}
