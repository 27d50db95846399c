package io.stopline.evaluation.export;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a guard says of a find, under the names that reports have. Stateless. */
public final class VerdictAttributes {

  private VerdictAttributes() {}

  /**
   * Decision and figures: {@code decision}, {@code suspect}, {@code probability} of the label,
   * {@code pValue}, {@code score} and {@code trackScore} (nonconformity), and where the verifier
   * was asked {@code verifierProbability} and {@code signScore}.
   */
  public static List<Attribute> of(Verdict verdict) {
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(new Attribute.Text("decision", verdict.decision().name()));
    attributes.add(new Attribute.Flag("suspect", verdict.decision() == Decision.SUSPECT));
    number(attributes, "probability", verdict.probability());
    number(attributes, "pValue", verdict.pValue());
    number(attributes, "score", verdict.score());
    number(attributes, "trackScore", verdict.trackScore());
    if (!Float.isNaN(verdict.verifierProbability())) {
      number(attributes, "verifierProbability", verdict.verifierProbability());
      number(attributes, "signScore", verdict.signScore());
    }
    return attributes;
  }

  /** What the models read; null where they read nothing, or what is seen is no sign. */
  public static @Nullable String label(Verdict verdict) {
    return verdict.decision() == Decision.NO_SIGN || verdict.label() < 0
        ? null
        : verdict.labelName();
  }

  private static void number(List<Attribute> attributes, String name, double value) {
    if (Double.isFinite(value)) {
      attributes.add(new Attribute.Num(name, value));
    }
  }
}
