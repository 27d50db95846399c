package io.stopline.config;

import io.stopline.sdk.calibration.Calibration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scores of clean tracks under one policy and its models, and where they came from.
 *
 * @param policy its name
 * @param policySha256 of the policy file
 * @param models SHA-256 of all that was learnt and that the scores depend on, by name: {@link
 *     Bundle#learnt(PolicyFile)}
 * @param dataName of the data set
 * @param dataSha256 of the pixels that were used
 * @param split which tracks of the data set were used
 * @param frames how many frames those tracks have
 * @param boxes how signs were cut out; null: as the data set did
 * @param seed of the draws
 * @param scores the running maximum of the fused score of each track, ascending, 0..1
 */
public record CalibrationFile(
    String policy,
    String policySha256,
    Map<String, String> models,
    String dataName,
    String dataSha256,
    String split,
    long frames,
    @Nullable Boxes boxes,
    long seed,
    List<Double> scores) {

  /**
   * How far the boxes lay off that signs were cut out by, as those of the policy's finder do.
   *
   * @param margin around a box, as a share of its side, on each side
   * @param shift by which share of its side at most 95 % lay off
   * @param scale by which share at most 95 % were too large or too small
   */
  public record Boxes(double margin, double shift, double scale) {}

  public CalibrationFile {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    scores = List.copyOf(scores);
  }

  /** Of images that were looked at as the data set cut them. */
  public CalibrationFile(
      String policy,
      String policySha256,
      Map<String, String> models,
      String dataName,
      String dataSha256,
      String split,
      long frames,
      long seed,
      List<Double> scores) {
    this(policy, policySha256, models, dataName, dataSha256, split, frames, null, seed, scores);
  }

  /** Ready to judge by. */
  public Calibration calibration() {
    return new Calibration(scores.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
