package io.stopline.sdk.transform;

import java.util.List;

/**
 * A named sequence of transforms; a policy calls it a view. The empty chain is the identity: the
 * plain resize to the model's input.
 *
 * <p>However they are listed, transforms apply in a fixed order: geometric ones composed into one
 * resampling pass, then spatial ones in list order, then photometric ones composed into one lookup
 * table a channel, which also holds the model's input encoding.
 */
public record TransformChain(String name, List<InputTransform> transforms) {
  /**
   * @throws IllegalArgumentException if the name is blank
   */
  public TransformChain {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a transform chain needs a name, and this one is blank");
    }
    transforms = List.copyOf(transforms);
  }

  /** The plain view. */
  public static TransformChain identity() {
    return new TransformChain("identity", List.of());
  }
}
