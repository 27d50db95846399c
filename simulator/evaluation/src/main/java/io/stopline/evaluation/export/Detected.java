package io.stopline.evaluation.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a frame.
 *
 * @param object what it is called; the same in all frames in which it is followed
 * @param label that was read; null where nothing was read or it was taken for no object of any
 *     class
 * @param box around it, inside the frame, as tight as the finder knows it
 * @param score by which finds are ranked, 0..1
 * @param attributes what else was said
 */
public record Detected(
    String object, @Nullable String label, Box box, double score, List<Attribute> attributes) {

  /**
   * @throws IllegalArgumentException if the score is not within 0..1
   */
  public Detected {
    attributes = List.copyOf(attributes);
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException(
          "score %s of '%s' must lie in 0..1".formatted(score, object));
    }
  }
}
