package io.stopline.fleet.internal.ingest;

import com.fasterxml.jackson.databind.JsonNode;

/** Which of an incident's evidence frames a reviewer should see first. */
public final class DecidingFrame {

  private DecidingFrame() {}

  /**
   * The frame that the guard's decision rests on: the track's score is its running maximum, so it
   * is the frame with the largest score, the first of these. Where the decision is to suspect, only
   * frames from which on the track was suspect count, if there are any.
   *
   * @param evidence an incident message's evidence
   * @param decision on the incident
   * @return its index; 0 if there is no evidence
   */
  public static int of(JsonNode evidence, String decision) {
    int best = -1;
    for (int pass = 0; pass < 2 && best < 0; pass++) {
      for (int i = 0; i < evidence.size(); i++) {
        JsonNode frame = evidence.get(i);
        boolean counts = pass > 0 || frame.path("decision").asText().equals(decision);
        if (counts && (best < 0 || score(frame) > score(evidence.get(best)))) {
          best = i;
        }
      }
    }
    return Math.max(0, best);
  }

  private static double score(JsonNode frame) {
    return frame.path("score").asDouble();
  }
}
