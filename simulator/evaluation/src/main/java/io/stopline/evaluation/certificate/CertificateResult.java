package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.robustness.Threat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One row of a report: what is proved, of which model, at which level, over what. */
public sealed interface CertificateResult permits PatchResult, SmoothingResult, BoundsResult {

  /** Name of the model. */
  String model();

  Level level();

  /** What is counted: {@code frame} or {@code track}. */
  default String unit() {
    return "frame";
  }

  /** As the report has it. */
  ObjectNode toJson();

  /** Names and figures, for people, in a stable order; what is no figure of this row is empty. */
  List<String> cells();

  /** Heads of {@link #cells()}. */
  List<String> heads();

  /** One line for a terminal. */
  String line();

  /** What was attacked of it, for people: {@code group level, 5×5 px}. */
  String attackedWords();

  /** Against whom it is proved. */
  Threat threat();

  /** What came of attacking the certified inputs; null if nobody did. */
  default @Nullable Attacked attacked() {
    return null;
  }
}
