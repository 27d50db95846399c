package io.stopline.campaign.detectorattack;

import io.stopline.campaign.FrameJudgement;
import io.stopline.campaign.SignJudgement;
import io.stopline.campaign.stills.StillResult;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.Incident;

/** What became of one object over a whole drive past it, with a guard on board. */
public enum TrackFate {
  /** Its right label was accepted, and nothing wrong before. */
  READ("read rightly"),
  /** It was called suspect, or an incident is about it, before a wrong label was accepted. */
  SUSPECTED("found and suspected"),
  /** A wrong label was accepted first: undetected. */
  RELEASED_WRONG("released with a wrong label"),
  /** It was never judged to the end, and an incident tells of it. */
  HIDDEN_TOLD("hidden, and an incident tells of it"),
  /** It was never found or was taken for nothing, and nobody was told: undetected. */
  HIDDEN("hidden, and nobody was told"),
  /** It was found, and the guard never was sure enough to accept a label. */
  UNSURE("found and never accepted");

  private final String words;

  TrackFate(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** Whether the attack won and nobody noticed. */
  public boolean isUndetected() {
    return this == RELEASED_WRONG || this == HIDDEN;
  }

  /**
   * Judges a drive.
   *
   * @param sign number of the object among those of the photograph
   * @param label the guard's label of it
   * @param about whether an incident is about the object
   */
  static TrackFate of(
      StillResult result, int sign, int label, java.util.function.Predicate<Incident> about) {
    boolean told = result.drive().incidents().stream().anyMatch(about);
    boolean unsure = false;
    boolean right = false;
    for (FrameJudgement frame : result.drive().frames()) {
      for (SignJudgement judged : frame.signs()) {
        Verdict verdict = judged.verdict();
        if (judged.truth().sign() != sign || verdict == null) {
          continue;
        }
        if (verdict.decision() == Decision.SUSPECT) {
          return SUSPECTED;
        }
        if (verdict.decision() == Decision.ACCEPT && verdict.label() != label) {
          return RELEASED_WRONG;
        }
        right |= verdict.decision() == Decision.ACCEPT;
        unsure |= verdict.decision() == Decision.ABSTAIN;
      }
    }
    if (right) {
      return READ;
    }
    return told ? HIDDEN_TOLD : unsure ? UNSURE : HIDDEN;
  }
}
