package io.stopline.studio.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether a demonstration shows what it is meant to show. */
final class Outcome {

  /** The stickers must fool the bare ensemble in this share of the near frames. */
  static final double LEAST_UNDEFENDED_ERRORS = 0.8;

  /** The guard may accept a wrong label in this share of the near frames that it judged. */
  static final double MOST_ACCEPTED_ERRORS = 0.05;

  private Outcome() {}

  /** What is not as it should be, one sentence each. */
  static List<String> missed(List<DriveFigures> drives) {
    List<String> missed = new ArrayList<>();
    for (DriveFigures d : drives) {
      if (d.nearFrames() == 0) {
        missed.add("The " + d.part().key() + " drive has no frame in which the sign is near.");
      } else if (d.nearFramesJudged() == 0) {
        missed.add("The agent took no near frame of the " + d.part().key() + " drive.");
      } else if (d.inspectedFrames() == 0) {
        missed.add("The guard judged no near frame of the " + d.part().key() + " drive.");
      }
      if (d.incidentsSent() != d.incidentsStored()) {
        missed.add(
            "The agent sent %d incidents of the %s drive, but the monitor stored %d."
                .formatted(d.incidentsSent(), d.part().key(), d.incidentsStored()));
      }
      switch (d.part()) {
        case CLEAN -> {
          if (d.incidentsSent() != 0) {
            missed.add("The clean drive raised %d incidents, not 0.".formatted(d.incidentsSent()));
          }
        }
        case ATTACKED -> attacked(d, missed);
        case CONTROL -> {
          // Reported, not judged: a shuffled sticker may do harm by chance.
        }
      }
    }
    return missed;
  }

  private static void attacked(DriveFigures d, List<String> missed) {
    if (d.incidentsSent() != 1) {
      missed.add(
          "The attacked drive raised %d incidents, not exactly 1.".formatted(d.incidentsSent()));
    } else if (d.incidentsOnMainSign() != 1) {
      missed.add("The attacked drive's incident is about another sign than the altered one.");
    }
    if (d.undefendedErrorShare() < LEAST_UNDEFENDED_ERRORS) {
      missed.add(
          "The stickers fool the bare ensemble in %s of the near frames, not in 80 %%."
              .formatted(percent(d.undefendedErrorShare())));
    }
    if (d.acceptedErrorShare() > MOST_ACCEPTED_ERRORS) {
      missed.add(
          "The guard accepts a wrong label in %s of the near frames that it judged, not in 5 %% at most."
              .formatted(percent(d.acceptedErrorShare())));
    }
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
