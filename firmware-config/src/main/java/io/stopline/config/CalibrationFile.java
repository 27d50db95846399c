package io.stopline.config;

import io.stopline.sdk.calibration.Calibration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    long seed,
    List<Double> scores) {

  public CalibrationFile {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    scores = List.copyOf(scores);
  }

  /** Ready to judge by. */
  public Calibration calibration() {
    return new Calibration(scores.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
