package io.stopline.evaluation.detection;

import io.stopline.evaluation.model.ModelInput;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a detector. It goes before what a manifest beside the model says.
 *
 * @param labels file of label names; null if none is given
 * @param input what pixels become
 * @param family what kind of detector it is; null if nobody said so, as all below
 * @param fit how frames are fitted into the input
 * @param boxes what a YOLO's boxes are measured in
 * @param scores what a YOLO's scores are
 * @param byLabel whether only boxes of one label suppress each other
 * @param overlap above which of two boxes the less probable one falls, 0..1
 * @param firstLabel the line of the labels, from 0, that an SSD's class 0 means
 * @param threshold from which probability on a find counts
 * @param renames the detector's name by the data's name, for objects that are called differently;
 *     the name {@code *} stands for each class that has no other
 * @param acceptAccuracy whether to go on though clean frames speak against the reading
 */
public record DetectorSettings(
    @Nullable Path labels,
    ModelInput input,
    @Nullable DetectorFamily family,
    @Nullable FrameFit fit,
    @Nullable BoxUnit boxes,
    @Nullable Scores scores,
    @Nullable Boolean byLabel,
    @Nullable Double overlap,
    @Nullable Integer firstLabel,
    @Nullable Double threshold,
    Map<String, String> renames,
    boolean acceptAccuracy) {

  /** The name that stands for every class of the data. */
  public static final String EVERY = "*";

  /** From here on a find counts where nobody says otherwise. */
  public static final double USUAL_THRESHOLD = 0.4;

  /** Nothing is told. */
  public static final DetectorSettings NONE =
      new DetectorSettings(
          null,
          ModelInput.INFERRED,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          Map.of(),
          false);

  public DetectorSettings {
    renames = Map.copyOf(renames);
  }

  /**
   * The same, and a name of the data that is a label of the detector, unless one is told already.
   */
  public DetectorSettings renaming(String from, String to) {
    Map<String, String> more = new HashMap<>(renames);
    more.putIfAbsent(from, to);
    return new DetectorSettings(
        labels,
        input,
        family,
        fit,
        boxes,
        scores,
        byLabel,
        overlap,
        firstLabel,
        threshold,
        more,
        acceptAccuracy);
  }

  /** From which probability on a find counts. */
  public double thresholdOrUsual() {
    return threshold == null ? USUAL_THRESHOLD : threshold;
  }
}
