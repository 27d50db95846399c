package io.stopline.junit;

import io.stopline.campaign.proving.Figure;
import io.stopline.campaign.proving.Row;
import java.nio.file.Path;

/**
 * What became of the approached sign.
 *
 * @param guarded as the guard saw it
 * @param bare as its models saw it without any guard
 * @param scenario file of the drive, with what an attacker put on the sign
 * @param seed of this invocation
 */
public record DrivenSign(Row guarded, Row bare, Path scenario, long seed) {

  /** Whether a wrong label came into force, and the guard never suspected the sign. */
  public boolean undetected() {
    return Figure.UNDETECTED.counts(guarded);
  }

  /** Whether the guard suspected the sign at some time. */
  public boolean suspected() {
    return guarded.suspected();
  }

  /** Whether the guard had released the right label at the decision point. */
  public boolean rightInTime() {
    return Figure.RIGHT_IN_TIME.counts(guarded);
  }

  /** Whether the guarded vehicle did what the sign forbids. */
  public boolean signRun() {
    return Figure.SIGN_RUN.counts(guarded);
  }
}
