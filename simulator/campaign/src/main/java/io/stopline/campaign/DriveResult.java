package io.stopline.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.pipeline.Incident;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of one drive. A near frame is one sign in one frame in which it is near ({@link
 * SignCrop#isNear}); a drive past two signs has up to two of them a frame.
 *
 * @param name of the drive
 * @param attacked whether anything is on one of its signs
 * @param frames all of them, in order
 * @param incidents raised, those at its end included
 */
public record DriveResult(
    String name, boolean attacked, List<FrameJudgement> frames, List<Incident> incidents) {

  public DriveResult {
    frames = List.copyOf(frames);
    incidents = List.copyOf(incidents);
  }

  /** Near frames, all of which the bare ensemble was asked about. */
  public int nearFrames() {
    return count(sign -> true);
  }

  /** Near frames in which the bare ensemble is wrong. */
  public int undefendedErrors() {
    return count(SignJudgement::bareIsWrong);
  }

  /** Near frames in which the guard judged the sign. */
  public int inspectedFrames() {
    return count(sign -> sign.verdict() != null);
  }

  /** Near frames in which the guard accepted a wrong label. */
  public int acceptedErrors() {
    return count(SignJudgement::wrongIsAccepted);
  }

  /** Near frames in which the guard suspected an alteration. */
  public int suspectFrames() {
    return count(sign -> sign.is(Decision.SUSPECT));
  }

  /** Near frames in which the guard looked and said nothing. */
  public int abstainedFrames() {
    return count(sign -> sign.is(Decision.ABSTAIN));
  }

  /** Near frames in which the guard took the sign for none. */
  public int noSignFrames() {
    return count(sign -> sign.is(Decision.NO_SIGN));
  }

  /** Signs whose right label was released. */
  public int released() {
    return signs(sign -> sign.released() == sign.truth().signClass()).size();
  }

  /** Signs of which a wrong label was released at some time. */
  public int releasedWrong() {
    return signs(SignJudgement::wrongIsReleased).size();
  }

  /** Of these, the signs that were never suspected either. */
  public int releasedWrongUnsuspected() {
    Set<Integer> wrong = signs(SignJudgement::wrongIsReleased);
    wrong.removeAll(signs(sign -> sign.is(Decision.SUSPECT)));
    return wrong.size();
  }

  /** How often a released label of a sign was taken back, or another took its place. */
  public int withdrawn() {
    int withdrawn = 0;
    Map<Long, Integer> last = new HashMap<>();
    for (FrameJudgement frame : frames) {
      for (SignJudgement sign : frame.signs()) {
        if (sign.track() != null) {
          Integer before = last.put(sign.track(), sign.released());
          withdrawn += before != null && before >= 0 && before != sign.released() ? 1 : 0;
        }
      }
    }
    return withdrawn;
  }

  private Set<Integer> signs(Predicate<SignJudgement> which) {
    return frames.stream()
        .flatMap(f -> f.signs().stream())
        .filter(sign -> sign.truth().signClass() >= 0 && which.test(sign))
        .map(sign -> sign.truth().sign())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Share of near frames in which a wrong label was accepted, 0..1; 0 where there are none. */
  public double acceptedErrorShare() {
    return nearFrames() == 0 ? 0 : (double) acceptedErrors() / nearFrames();
  }

  /** Share of near frames in which the bare ensemble is wrong, 0..1; 0 where there are none. */
  public double undefendedErrorShare() {
    return nearFrames() == 0 ? 0 : (double) undefendedErrors() / nearFrames();
  }

  /**
   * How far away a sign was when one was first followed, m; NaN if none ever was, or the distance
   * is not known.
   */
  public double foundAtMetres() {
    return frames.stream()
        .flatMap(f -> f.signs().stream())
        .filter(sign -> sign.track() != null)
        .mapToDouble(sign -> sign.truth().distanceMetres())
        .findFirst()
        .orElse(Double.NaN);
  }

  private int count(Predicate<SignJudgement> which) {
    return (int) near().filter(which).count();
  }

  private Stream<SignJudgement> near() {
    return frames.stream().flatMap(f -> f.signs().stream()).filter(SignJudgement::near);
  }

  /** As {@code drives} of a report has it, without the single frames. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("attacked", attacked)
        .put("frames", frames.size())
        .put("nearFrames", nearFrames())
        .put("undefendedFrames", nearFrames())
        .put("undefendedErrors", undefendedErrors())
        .put("inspectedFrames", inspectedFrames())
        .put("acceptedErrors", acceptedErrors())
        .put("suspectFrames", suspectFrames())
        .put("abstainedFrames", abstainedFrames())
        .put("noSignFrames", noSignFrames())
        .put("released", released())
        .put("releasedWrong", releasedWrong())
        .put("releasedWrongUnsuspected", releasedWrongUnsuspected())
        .put("withdrawn", withdrawn())
        .put("foundAtMetres", Double.isNaN(foundAtMetres()) ? null : (Double) foundAtMetres())
        .put("incidentsSent", incidents.size());
  }
}
