package io.stopline.training.method;

import java.util.List;

/**
 * Standard and adversarial training: names, settings and what the papers take where none is given.
 */
final class AdversarialMethods {
  private AdversarialMethods() {}

  private static final Methods.Setting SMOOTHING =
      new Methods.Setting(
          "smoothing", "0", "share of the label that is spread over all classes, 0..1");

  static final List<Methods.Entry> ENTRIES = List.of(standard());

  private static Methods.Entry standard() {
    return new Methods.Entry(
        new Methods.Description(
            "standard",
            "cross-entropy of the images as they come; no defence",
            "",
            List.of(SMOOTHING)),
        (options, teachers) -> new Standard(options.number("smoothing", 0, 0, 1)));
  }
}
