package io.stopline.evaluation.export;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A format of labelled frames that other tools read. */
public enum ExportFormat {
  /** Microsoft COCO: {@code coco.json}, and {@code coco-detections.json} where somebody looked. */
  COCO,
  /** ASAM OpenLABEL 1.0.0: {@code openlabel.json}, with truth and detections. */
  OPENLABEL;

  /** As it is asked for. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of a name, in any case of letters. */
  public static Optional<ExportFormat> of(String word) {
    return Stream.of(values()).filter(f -> f.name().equalsIgnoreCase(word.strip())).findFirst();
  }
}
