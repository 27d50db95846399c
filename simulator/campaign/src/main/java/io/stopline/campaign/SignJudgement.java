package io.stopline.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What models and guard make of one sign in one frame.
 *
 * @param truth what it really is, and where
 * @param near whether it has to be read right: {@link SignCrop#isNear}
 * @param bareLabel the class that the bare ensemble names, looking where the sign really is
 * @param bareProbability of that class, 0..1
 * @param trueProbability that the bare ensemble gives the sign's true class, 0..1
 * @param bareMargin the true class's probability less the best other one's, −1..1; below 0 where
 *     the bare ensemble is wrong
 * @param track the pipeline's number of the object that it follows there; null if it follows none
 * @param verdict the guard's on this very frame; null if it did not judge the sign in it
 * @param released the label that is released for the object by then; −1 if none is
 */
public record SignJudgement(
    SignTruth truth,
    boolean near,
    int bareLabel,
    double bareProbability,
    double trueProbability,
    double bareMargin,
    @Nullable Long track,
    @Nullable Verdict verdict,
    int released) {

  /** Whether the bare ensemble is wrong. */
  public boolean bareIsWrong() {
    return bareLabel != truth.signClass();
  }

  /** Whether the guard accepts a wrong label in this frame. */
  public boolean wrongIsAccepted() {
    return verdict != null
        && verdict.decision() == Decision.ACCEPT
        && verdict.label() != truth.signClass();
  }

  /** Whether a wrong label is released. */
  public boolean wrongIsReleased() {
    return released >= 0 && released != truth.signClass();
  }

  boolean is(Decision decision) {
    return verdict != null && verdict.decision() == decision;
  }

  ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("sign", truth.sign())
            .put("class", truth.signClass())
            .put("heightPixels", truth.heightPixels())
            // Not known in a photograph.
            .put(
                "distanceMetres",
                Double.isNaN(truth.distanceMetres()) ? null : (Double) truth.distanceMetres())
            .put("near", near)
            .put("bareLabel", bareLabel)
            .put("bareProbability", bareProbability)
            .put("trueProbability", trueProbability)
            .put("bareMargin", bareMargin)
            .put("track", track)
            .put("released", released);
    if (verdict != null) {
      node.put("label", verdict.label())
          .put("probability", verdict.probability())
          .put("decision", verdict.decision().name())
          .put("pValue", verdict.pValue())
          .put("score", verdict.score())
          .put("trackScore", verdict.trackScore());
    }
    return node;
  }
}
