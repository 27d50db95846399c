package io.stopline.tflite;

import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.tflite.TrialInference.Candidate;
import io.stopline.tflite.TrialInference.Ending;
import io.stopline.tflite.TrialInference.Outcome;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that no model is interpreted in this process before a child process has run it. {@link
 * TfLiteModel#load} keeps it for everything that is loaded, so nothing else has to think of it. A
 * model is known by its SHA-256; what ran is remembered ({@link TriedModels}), what did not is
 * tried again when it is loaded again. Thread-safe; one trial at a time.
 *
 * <p>The system property {@code stopline.trials=off} lifts the rule for a whole process. It is for
 * the tests of this project, which load hundreds of models of their own making.
 */
public final class ModelTrust {

  private static final Logger LOG = LoggerFactory.getLogger(ModelTrust.class);

  /** For the child's start, and again for each model. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final String SWITCH = "stopline.trials";

  // One a process: a model that was tried for one caller is tried for all.
  private static final TriedModels TRIED = TriedModels.besideTheLibrary();

  private ModelTrust() {}

  /**
   * Tries models that will be loaded next in one child process, which is quicker than one for each.
   * Says nothing of those that fail: loading them tells.
   *
   * @throws IllegalStateException if no child process can be started here
   */
  public static void tryTogether(List<Candidate> candidates) {
    if (isOff()) {
      return;
    }
    RuntimeOptions options = RuntimeOptions.defaults();
    synchronized (TRIED) {
      List<Candidate> news =
          candidates.stream()
              .filter(c -> isSound(c.bytes()) && !TRIED.contains(c.bytes(), options.batch()))
              .toList();
      // One that spoils the child's memory could let the next one crash: all or none are trusted.
      if (!news.isEmpty()
          && TrialInference.run(news, options, TIMEOUT).stream()
              .allMatch(outcome -> outcome.ending() == Ending.RAN)) {
        news.forEach(c -> TRIED.add(c.bytes(), options.batch()));
      }
    }
  }

  /**
   * Tries a model unless it was tried before. The trial is on the CPU; a delegate has its own.
   *
   * @throws InvalidModelException if the child crashes, does not end in time or refuses the model
   * @throws IllegalStateException if no child process can be started here
   */
  static void require(String name, byte[] bytes, RuntimeOptions options) {
    if (isOff()) {
      return;
    }
    synchronized (TRIED) {
      if (TRIED.contains(bytes, options.batch())) {
        return;
      }
      Outcome outcome =
          TrialInference.run(
                  List.of(new Candidate(name, bytes)),
                  options.withDelegates(DelegatePreference.XNNPACK),
                  TIMEOUT)
              .get(0);
      if (outcome.ending() != Ending.RAN) {
        throw new InvalidModelException(outcome.message());
      }
      TRIED.add(bytes, options.batch());
    }
  }

  private static boolean isSound(byte[] bytes) {
    return ModelFile.problem(bytes).isEmpty() && ModelStructure.problem(bytes).isEmpty();
  }

  private static boolean isOff() {
    if (!"off".equals(System.getProperty(SWITCH))) {
      return false;
    }
    if (TRIED.warnOnce()) {
      LOG.warn("{}=off: models are loaded without a trial in a child process", SWITCH);
    }
    return true;
  }
}
