package io.stopline.sdk.check;

import io.stopline.sdk.certificate.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an input and at what the models said of it, and scores how unlike clean data that is.
 *
 * <p>A check is planned once, by the guard that owns it, and then asked for every inspection on the
 * guard's thread. It allocates nothing in {@link #nonconformity}. A check may fail: the guard turns
 * what it throws into a reason on the verdict.
 */
public interface Check {

  /** The name that policies, verdicts and reports use. */
  String name();

  /** Asks for the model runs that this check needs; plain views of all members come unasked. */
  void plan(PassPlan plan);

  /**
   * Scores what was observed.
   *
   * @return 0 (as clean data are) to 1
   */
  double nonconformity(Observation observation);

  /**
   * What this check proves of the picture that it has just scored; null if it proves nothing. Where
   * the certificate says that the label alarms, the guard does not accept it in this frame.
   */
  default @Nullable Certificate certificate(Observation observation) {
    return null;
  }

  /**
   * Whether what this check saw by itself is of another group than the label, if it can tell; asked
   * after {@link #nonconformity}.
   */
  default boolean disagrees(Observation observation) {
    return false;
  }

  /** In words why this score is high; asked only when an analyst or a log will read it. */
  String reason(Observation observation, double nonconformity);
}
