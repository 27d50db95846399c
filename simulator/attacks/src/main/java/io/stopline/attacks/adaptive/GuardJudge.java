package io.stopline.attacks.adaptive;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The final judge: the exact guard that ships, on 8-bit images, over fresh draws, with all its
 * passes and no deadline; each image is a track of one frame of what surely is a sign. A verifier
 * that doubts it protects nobody here: the twins do not know it, and who does would please it too.
 * Belongs to one thread.
 */
public final class GuardJudge {

  private final Guard guard;

  /**
   * @param guard stays the caller's
   */
  public GuardJudge(Guard guard) {
    this.guard = guard;
  }

  /**
   * What the guard made of a batch. Counts are over all draws unless they say more.
   *
   * @param draws a image
   * @param labelWrong draws with a wrong label, accepted or not: what the bare ensemble would do
   * @param acceptedWrong draws in which a wrong label was accepted: undetected successes
   * @param acceptedRight draws in which the right label was accepted
   * @param labelRight draws with the right label, accepted or not
   * @param suspected draws with a suspicion
   * @param abstained draws without advice
   * @param noSign draws that were taken for no sign: not accepted
   * @param meanScores of each check, over all draws that were judged, by name in the policy's order
   */
  public record Judgement(
      int draws,
      FreshDraws labelWrong,
      FreshDraws acceptedWrong,
      FreshDraws acceptedRight,
      FreshDraws labelRight,
      FreshDraws suspected,
      FreshDraws abstained,
      FreshDraws noSign,
      Map<String, Double> meanScores) {}

  /**
   * Judges.
   *
   * @param images NHWC, 0..1; rounded to 8 bits here
   * @param labels right class of each
   * @param ids what each image is called; its draws come from it and the seed
   * @param draws inspections an image, at least 1
   * @param seed a fresh one: not one that an attack knew
   */
  public Judgement judge(
      ImageShape shape, float[] images, int[] labels, long[] ids, int draws, long seed) {
    int n = labels.length;
    int[] labelWrong = new int[n];
    int[] acceptedWrong = new int[n];
    int[] acceptedRight = new int[n];
    int[] labelRight = new int[n];
    int[] suspected = new int[n];
    int[] abstained = new int[n];
    int[] noSign = new int[n];
    int judged = 0;
    Map<String, Double> sums = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      Image image = Pixels.image(shape, images, i);
      for (int d = 0; d < draws; d++) {
        long own = RandomStream.derive(RandomStream.derive(seed, ids[i]), d);
        Verdict verdict =
            guard.replay(image, own, guard.passesPerInspection(), guard.confirmedTrack());
        boolean right = verdict.label() == labels[i];
        labelRight[i] += right ? 1 : 0;
        labelWrong[i] += right || verdict.label() < 0 ? 0 : 1;
        switch (verdict.decision()) {
          case ACCEPT -> {
            acceptedRight[i] += right ? 1 : 0;
            acceptedWrong[i] += right ? 0 : 1;
          }
          case SUSPECT -> suspected[i]++;
          case ABSTAIN -> abstained[i]++;
          case NO_SIGN -> noSign[i]++;
        }
        if (verdict.decision() == Decision.NO_SIGN) {
          continue;
        }
        judged++;
        for (CheckScore score : verdict.checks()) {
          sums.merge(score.check(), score.nonconformity(), Double::sum);
        }
      }
    }
    double inspections = judged;
    sums.replaceAll((check, sum) -> sum / inspections);
    return new Judgement(
        draws,
        new FreshDraws(draws, labelWrong),
        new FreshDraws(draws, acceptedWrong),
        new FreshDraws(draws, acceptedRight),
        new FreshDraws(draws, labelRight),
        new FreshDraws(draws, suspected),
        new FreshDraws(draws, abstained),
        new FreshDraws(draws, noSign),
        sums);
  }
}
