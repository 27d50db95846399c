package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one drive. All but {@code frames} and the incidents counts near frames only, in
 * which the main sign must be read by the ground truth ({@link
 * io.stopline.campaign.SignCrop#isNear}).
 *
 * @param part which drive
 * @param frames filmed
 * @param nearFrames of them, near
 * @param undefendedErrors near frames in which the bare ensemble is wrong
 * @param undefendedFrames near frames in which it was asked
 * @param nearFramesJudged near frames that the agent took from the camera
 * @param inspectedFrames near frames in which the guard judged the main sign
 * @param notInspectedFrames near frames that have gone by without the guard judging the main sign
 * @param acceptedErrors near frames in which it accepted a wrong label
 * @param suspectFrames near frames in which it suspected an alteration
 * @param abstainedFrames near frames in which it said nothing of the sign
 * @param foundAtMetres along the road to the main sign when the agent first followed it; NaN if it
 *     never did
 * @param incidentsSent by the agent during the drive
 * @param incidentsOnMainSign of them, on the main sign
 * @param incidentsStored by the monitor
 */
public record DriveFigures(
    Part part,
    int frames,
    int nearFrames,
    int undefendedErrors,
    int undefendedFrames,
    int nearFramesJudged,
    int inspectedFrames,
    int notInspectedFrames,
    int acceptedErrors,
    int suspectFrames,
    int abstainedFrames,
    double foundAtMetres,
    int incidentsSent,
    int incidentsOnMainSign,
    int incidentsStored) {

  /**
   * Counts. The lists need not be complete; what is missing was not seen.
   *
   * @param over whether the drive has ended; else its frames have gone by up to the last one seen
   */
  static DriveFigures count(
      Part part,
      int label,
      List<FilmedFrame> film,
      Map<Integer, BareVerdict> bare,
      Map<Integer, Seen> seen,
      boolean over,
      Incidents incidents) {
    int goneBy = over ? film.size() : seen.keySet().stream().mapToInt(n -> n + 1).max().orElse(0);
    int near = 0;
    int undefendedErrors = 0;
    int undefended = 0;
    int judged = 0;
    int inspected = 0;
    int notInspected = 0;
    int accepted = 0;
    int suspect = 0;
    int abstained = 0;
    double found = Double.NaN;
    for (FilmedFrame f : film) {
      @Nullable Seen s = seen.get(f.frame());
      if (Double.isNaN(found) && s != null && s.main().isPresent()) {
        found = f.metres();
      }
      if (!f.isNear()) {
        continue;
      }
      near++;
      @Nullable BareVerdict b = bare.get(f.frame());
      if (b != null) {
        undefended++;
        undefendedErrors += b.label() == label ? 0 : 1;
      }
      judged += s == null ? 0 : 1;
      Seen.@Nullable Track main = s == null ? null : s.main().orElse(null);
      if (main != null && main.inspected()) {
        inspected++;
        accepted += main.isAccepted() && main.label() != label ? 1 : 0;
        suspect += main.isSuspect() ? 1 : 0;
        abstained += main.isAbstained() ? 1 : 0;
      } else if (f.frame() < goneBy) {
        notInspected++;
      }
    }
    return new DriveFigures(
        part,
        film.size(),
        near,
        undefendedErrors,
        undefended,
        judged,
        inspected,
        notInspected,
        accepted,
        suspect,
        abstained,
        found,
        incidents.sent(),
        incidents.onMainSign(),
        incidents.stored());
  }

  /** Incidents of one drive. */
  record Incidents(int sent, int onMainSign, int stored) {
    static final Incidents NONE = new Incidents(0, 0, 0);
  }

  /** Share of near frames in which the bare ensemble is wrong, 0..1. */
  double undefendedErrorShare() {
    return undefendedFrames == 0 ? 0 : (double) undefendedErrors / undefendedFrames;
  }

  /** Share of the near frames that the guard judged in which it accepted a wrong label, 0..1. */
  double acceptedErrorShare() {
    return inspectedFrames == 0 ? 0 : (double) acceptedErrors / inspectedFrames;
  }

  /** As reports and the page have it. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", part.key())
        .put("attacked", part.isAttacked())
        .put("frames", frames)
        .put("nearFrames", nearFrames)
        .put("undefendedErrors", undefendedErrors)
        .put("undefendedFrames", undefendedFrames)
        .put("nearFramesJudged", nearFramesJudged)
        .put("inspectedFrames", inspectedFrames)
        .put("notInspectedFrames", notInspectedFrames)
        .put("acceptedErrors", acceptedErrors)
        .put("suspectFrames", suspectFrames)
        .put("abstainedFrames", abstainedFrames)
        .put("foundAtMetres", Double.isNaN(foundAtMetres) ? null : (Double) foundAtMetres)
        .put("incidentsSent", incidentsSent)
        .put("incidentsOnMainSign", incidentsOnMainSign)
        .put("incidentsStored", incidentsStored);
  }
}
