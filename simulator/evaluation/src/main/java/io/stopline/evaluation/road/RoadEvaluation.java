package io.stopline.evaluation.road;

import java.util.List;

/**
 * What was measured on road frames.
 *
 * @param minimumSide signs whose smaller side is below this, px, need not be found
 * @param signs how many are to be found
 * @param finders {@code detector}, {@code detector+verifier} and {@code colour-shape}, as far as
 *     the policy has them
 * @param finder which of them proposes to the guard
 * @param boxes how well its boxes fit
 * @param guard what the guard made of its proposals
 * @param frames every frame with every find
 */
public record RoadEvaluation(
    int minimumSide,
    int signs,
    List<FinderFigures> finders,
    String finder,
    BoxFit boxes,
    RoadGuardFigures guard,
    List<JudgedFrame> frames) {

  public RoadEvaluation {
    finders = List.copyOf(finders);
    frames = List.copyOf(frames);
  }
}
