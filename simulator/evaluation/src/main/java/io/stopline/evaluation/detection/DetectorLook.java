package io.stopline.evaluation.detection;

import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets clean frames decide how a detector is read. In which unit boxes are and what scores are, the
 * numbers that come out tell; range, channels, fit and first label, the average precision on
 * labelled frames tells; whether labels stand in its own order, what the found objects are called.
 * Some hundred inferences. Stateless.
 */
public final class DetectorLook {

  /** Labelled frames that the figures are taken from. */
  private static final int LOOKED_AT = 40;

  /** Frames of each label that tell whether its name is right. */
  private static final int EACH_LABEL = 20;

  private static final int MOST_FRAMES = 120;

  /** Objects whose smaller side is less in the input, px, are too small for any detector. */
  private static final double LEAST_SIDE = 8;

  private DetectorLook() {}

  /**
   * What came of it.
   *
   * @param reading as it was, but for what nobody had said and frames decided
   */
  public record Outcome(DetectorReading reading, DetectorFigures figures) {}

  /**
   * Looks.
   *
   * @param frames clean ones; where nothing in them has a label of the detector, only whether it
   *     agrees with itself can be seen
   * @param seed of the resampling
   * @throws InvalidModelException if the model cannot be run, or its tensors cannot be read
   */
  public static Outcome of(DetectorReading reading, LabelledFrames frames, long seed) {
    if (reading.format() instanceof DetectorFormat.VoteMap) {
      return new Outcome(reading, VoteLook.of(reading, frames.withObjects(LOOKED_AT), seed));
    }
    LabelledFrames labelled = frames.withObjects(LOOKED_AT);
    try (TfLiteModel model =
        TfLiteModel.load(reading.name(), reading.file(), RuntimeOptions.defaults())) {
      DetectorTrials trials = new DetectorTrials(reading, model, seed);
      return labelled.known() > 0
          ? new LabelledLook(
                  reading,
                  trials,
                  largeEnough(reading, labelled),
                  largeEnough(reading, frames.ofEachLabel(EACH_LABEL, MOST_FRAMES)))
              .outcome()
          : new UnlabelledLook(reading, trials, frames.spread(LOOKED_AT / 2)).outcome();
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Objects too small to be seen count neither way, unless all are. */
  private static LabelledFrames largeEnough(DetectorReading reading, LabelledFrames frames) {
    ImageLayout layout = ImageLayout.of(reading.input().shape());
    List<List<SignBox>> objects = new ArrayList<>();
    int known = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      double factor =
          Math.max(
              (double) frames.data().frames().get(f).width() / layout.width(),
              (double) frames.data().frames().get(f).height() / layout.height());
      List<SignBox> here = new ArrayList<>();
      for (SignBox object : frames.objects().get(f)) {
        boolean seen = object.known() && object.side() / factor >= LEAST_SIDE;
        known += seen ? 1 : 0;
        here.add(seen ? object : new SignBox(object.region(), SignBox.OTHER));
      }
      objects.add(here);
    }
    return known == 0
        ? frames
        : new LabelledFrames(frames.data(), objects, known, frames.paired(), frames.unknown());
  }
}
