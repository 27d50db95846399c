package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.InferenceException;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets clean frames say whether a map of votes sees anything. Its boxes are those of the cells that
 * voted, so much less overlap counts than for a finder, and other ways of reading are not tried.
 */
final class VoteLook {

  /** From this intersection over union on, a part of the map is about an object. */
  private static final double ROUGH = 0.2;

  /** Smaller objects, px of the frame, are not asked about. */
  private static final int LEAST_SIDE = 24;

  private static final int MOST_FINDS = 100;
  private static final int UNLABELLED = 20;

  private VoteLook() {}

  /**
   * Looks.
   *
   * @param frames with the objects that it should see; those without any are looked at too where no
   *     frame has one
   * @throws InvalidModelException if the model cannot be run, or its tensors cannot be read
   */
  static DetectorFigures of(DetectorReading reading, LabelledFrames frames, long seed) {
    double threshold = reading.options().thresholdOrUsual();
    boolean labelled = frames.known() > 0;
    LabelledFrames used = labelled ? frames : frames.spread(UNLABELLED);
    List<List<SignBox>> objects = new ArrayList<>();
    List<List<Detection>> finds = new ArrayList<>();
    int again = 0;
    int all = 0;
    int senseless = 0;
    int sure = 0;
    int discarded = 0;
    try (Detector detector = reading.open(threshold, MOST_FINDS, RuntimeOptions.defaults())) {
      for (int f = 0; f < used.objects().size(); f++) {
        Image image = used.data().frames().get(f).image();
        List<Detection> here = detector.detect(image);
        discarded += detector.discarded();
        finds.add(here);
        objects.add(used.objects().get(f).stream().map(VoteLook::judged).toList());
        if (!labelled) {
          List<Detection> mirrored = detector.detect(Mirror.of(image));
          for (Detection find : here) {
            all++;
            sure += find.probability() >= SelfConsistency.NO_DOUBT ? 1 : 0;
            senseless += find.region().area() > 0.9 * image.width() * image.height() ? 1 : 0;
            Region r = find.region();
            Region there =
                new Region(image.width() - r.x() - r.width(), r.y(), r.width(), r.height());
            again +=
                mirrored.stream().anyMatch(d -> d.region().intersectionOverUnion(there) >= ROUGH)
                    ? 1
                    : 0;
          }
        }
      }
    } catch (InferenceException e) {
      throw new InvalidModelException(String.valueOf(e.getMessage()), e);
    }
    if (!labelled) {
      return new DetectorFigures(
          finds.size(),
          new Estimate(Double.NaN, 0, 1, 0),
          Rate.of(0, 0),
          threshold,
          List.of(),
          null,
          LabelFigures.NONE,
          new SelfConsistency(finds.size(), all, Rate.of(again, all), senseless, sure, discarded));
    }
    AveragePrecision precision =
        new AveragePrecision(objects, finds, reading.labels().size(), seed);
    return new DetectorFigures(
        finds.size(),
        precision.mean(ROUGH),
        precision.found(ROUGH, threshold),
        threshold,
        List.of("a map of votes has rough boxes: an overlap of %s counts".formatted(ROUGH)),
        null,
        LabelFigures.NONE,
        null);
  }

  private static SignBox judged(SignBox object) {
    return object.known() && object.side() < LEAST_SIDE
        ? new SignBox(object.region(), SignBox.OTHER)
        : object;
  }
}
