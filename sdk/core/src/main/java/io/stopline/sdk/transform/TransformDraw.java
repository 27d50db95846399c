package io.stopline.sdk.transform;

import java.util.List;

/**
 * One draw of a transform's parameters, as records and reports show it. The hot path keeps draws as
 * plain rows of numbers.
 *
 * @param transform {@link InputTransform#name()}
 * @param parameters in the order that the transform documents
 */
public record TransformDraw(String transform, List<Double> parameters) {
  public TransformDraw {
    parameters = List.copyOf(parameters);
  }
}
