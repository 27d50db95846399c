package io.stopline.campaign.stills;

import io.stopline.campaign.DriveResult;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.Incident;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one drive through a photograph.
 *
 * @param name of the photograph
 * @param drive frames and incidents as of any drive
 * @param incidents the same incidents, and where they are
 * @param signs labelled signs that are large enough at the end of the drive
 */
public record StillResult(
    String name, DriveResult drive, List<PlacedIncident> incidents, List<SignEnd> signs) {

  public StillResult {
    incidents = List.copyOf(incidents);
    signs = List.copyOf(signs);
  }

  /**
   * An incident.
   *
   * @param onSign whether half of its evidence or more is about a labelled or ignored sign
   */
  public record PlacedIncident(Incident incident, boolean onSign) {}

  /**
   * A sign at the end of the drive.
   *
   * @param sign as the photograph has it
   * @param verdict the last one on the sign; null if it was never judged
   * @param suspected whether any verdict on it was SUSPECT
   */
  public record SignEnd(SignBox sign, @Nullable Verdict verdict, boolean suspected) {}

  /** How many incidents are alerts, wherever they are. */
  public int alerts() {
    return count(Incident.Level.ALERT, true) + count(Incident.Level.ALERT, false);
  }

  /** How many incidents are of a level and a place. */
  public int count(Incident.Level level, boolean onSign) {
    return (int)
        incidents.stream()
            .filter(i -> i.incident().level() == level && i.onSign() == onSign)
            .count();
  }
}
