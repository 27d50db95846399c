package io.stopline.evidence.result;

import java.util.List;

/**
 * What was found among the given files.
 *
 * @param reports that belong to the item under test, each once, in the order of kinds
 * @param incidents from vehicles with the item under test
 * @param leftOut everything else, by name
 */
public record Collected(
    List<AcceptedReport> reports, List<IncidentRecord> incidents, List<LeftOut> leftOut) {

  public Collected {
    reports = List.copyOf(reports);
    incidents = List.copyOf(incidents);
    leftOut = List.copyOf(leftOut);
  }
}
