package io.stopline.attacks.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Objective.Answers;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The shipped guard of float32 models, attacked as a whole. */
class GuardVictimTest {

  private static final String POLICY = System.getProperty("stopline.study.policy", "float32");

  private static final List<DifferentiableModel> TWINS = new ArrayList<>();

  /** What the checks of windows look at. */
  private static final List<LocalTwin> MAPS = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static GuardPolicy policy;

  @SuppressWarnings("NullAway.Init")
  private static Calibration calibration;

  @SuppressWarnings("NullAway.Init")
  private static ReadyGuard exact;

  @SuppressWarnings("NullAway.Init")
  private static Inputs inputs;

  @BeforeAll
  static void open() {
    inputs =
        SharedSigns.inputs(
            SharedSigns.gtsrb(), "test", Integer.getInteger("stopline.study.images", 6));
    Bundle bundle = SharedSigns.bundle();
    policy = bundle.policy(POLICY).policy();
    calibration = bundle.calibration(bundle.policy(POLICY)).calibration();
    for (String member : policy.members()) {
      TWINS.add(SharedSigns.twin(bundle, member));
      if (!policy.windowsOf(member).isEmpty()) {
        MAPS.add(LocalTwin.open(member, bundle.modelBytes(member), bundle.model(member).input()));
      }
    }
    exact =
        GuardFactory.create(
            bundle, POLICY, RuntimeOptions.defaults(), InspectionSeeds.reproducible(1));
  }

  @AfterAll
  static void close() {
    TWINS.forEach(DifferentiableModel::close);
    MAPS.forEach(LocalTwin::close);
    if (exact != null) {
      exact.close();
    }
  }

  private static GuardVictim victim(GuardKnowledge knowledge, int draws) {
    return GuardVictim.of(policy, calibration, TWINS, MAPS, knowledge, draws, 99);
  }

  @Test
  void theTwinJudgesAsTheGuardDoesInTheSameDraws() {
    GuardVictim victim = victim(GuardKnowledge.CALIBRATION, 1);
    for (int i = 0; i < 6; i++) {
      float[] image = inputs.rows(new int[] {i}).images();
      for (long seed = 0; seed < 3; seed++) {
        Verdict verdict =
            exact
                .guard()
                .replay(
                    Pixels.image(inputs.shape(), image, 0),
                    seed,
                    exact.guard().passesPerInspection(),
                    new TrackState());
        double[] twin = victim.labelAndScore(image, seed);
        assertThat((int) twin[0]).isEqualTo(verdict.label());
        assertThat(twin[1]).isCloseTo(verdict.score(), within(1e-3));
      }
    }
  }

  @Test
  void theThresholdIsTheLargestScoreThatIsAccepted() {
    double threshold = GuardVictim.threshold(policy, calibration);
    assertThat(calibration.pValue(threshold)).isGreaterThan(policy.abstentionRate());
    assertThat(calibration.pValue(Math.nextUp(threshold)))
        .isLessThanOrEqualTo(policy.abstentionRate());
  }

  @Test
  void theGradientIsThatOfTheLossWhereOnlyModelsCount() {
    GuardVictim victim = victim(GuardKnowledge.ALL_MODELS, 1);
    Objective objective = victim.objective(inputs, SignAscent.MARGIN, null);
    int[] rows = {0, 1};
    float[] x = inputs.rows(rows).images().clone();
    Answers answers = Answers.room(2, inputs.shape(), true);
    objective.evaluate(rows, x, answers);
    float[] gradient = Objects.requireNonNull(answers.gradient());
    // A step along the gradient, large enough for 8-bit pixels to follow.
    float[] moved = x.clone();
    double expected = 0;
    for (int k = 0; k < inputs.shape().size(); k++) {
      moved[k] = Math.max(0, Math.min(1, x[k] + Math.signum(gradient[k]) / 255));
      expected += gradient[k] * (moved[k] - x[k]);
    }
    Answers after = Answers.room(2, inputs.shape(), false);
    objective.evaluate(rows, moved, after);
    assertThat(after.loss()[0] - answers.loss()[0])
        .isBetween((float) (0.3 * expected), (float) (3 * expected));
    assertThat(after.loss()[1]).isCloseTo(answers.loss()[1], within(1e-4f));
  }

  @Test
  void withoutALimitEverythingIsAcceptedWrongly() {
    GuardVictim victim = victim(GuardKnowledge.CALIBRATION, 1);
    float[] images =
        SignAscent.run(victim.objective(inputs, SignAscent.MARGIN, null), inputs, 1.0, 60, 0.75, 1);
    GuardJudge.Judgement judged =
        new GuardJudge(exact.guard())
            .judge(inputs.shape(), images, inputs.labels(), inputs.ids(), 5, 1234);
    assertThat(judged.acceptedWrong().mean()).isGreaterThan(0.8);
  }

  /**
   * What both pulls have in common: who lags gets the step; the orthogonal one spares the other.
   */
  @Test
  void aPullGoesForWhatLagsAndMaySpareTheOther() {
    float[] label = {9, 3, 4};
    float[] passing = {9, 1, 0};
    float[] into = {9, 0, 0};

    Pull.SELECTIVE.combine(true, label, passing, 1, 2, into);
    assertThat(into).containsExactly(9, 3, 4);
    Pull.SELECTIVE.combine(false, label, passing, 1, 2, into);
    assertThat(into).containsExactly(9, 1, 0);
    Pull.ORTHOGONAL.combine(true, label, passing, 1, 2, into);
    assertThat(into).containsExactly(9, 0, 4);
    Pull.ORTHOGONAL.combine(false, label, passing, 1, 2, into);
    assertThat(into[1] * label[1] + into[2] * label[2]).isCloseTo(0, within(1e-5f));
    assertThat(into[1]).isPositive();
  }

  @Test
  void whereOneWishIsMetTheOtherAloneIsFollowed() {
    float[] flat = {0, 0};
    float[] steep = {2, 1};
    float[] into = new float[2];
    for (Pull pull : List.of(Pull.SELECTIVE, Pull.ORTHOGONAL)) {
      pull.combine(true, flat, steep, 0, 2, into);
      assertThat(into).containsExactly(2, 1);
      pull.combine(false, steep, flat, 0, 2, into);
      assertThat(into).containsExactly(2, 1);
    }
  }

  /** Of the two that go back twice the one that has the farther way. */
  @Test
  void theOrthogonalPullNearsBothWishes() {
    Inputs some = inputs.rows(new int[] {0, 1, 2});
    GuardVictim victim = victim(GuardKnowledge.CALIBRATION, 1).pulling(Pull.ORTHOGONAL);
    float[] images =
        SignAscent.run(victim.objective(some, SignAscent.MARGIN, null), some, 1.0, 60, 0.75, 1);
    Objective judge =
        victim(GuardKnowledge.CALIBRATION, 1).objective(some, SignAscent.MARGIN, null);
    int[] rows = {0, 1, 2};
    Answers before = Answers.room(3, some.shape(), false);
    judge.evaluate(rows, some.images(), before);
    Answers after = Answers.room(3, some.shape(), false);
    judge.evaluate(rows, images, after);
    for (int row : rows) {
      assertThat(after.loss()[row]).isGreaterThan(before.loss()[row] + 3);
    }
    GuardJudge.Judgement judged =
        new GuardJudge(exact.guard())
            .judge(some.shape(), images, some.labels(), some.ids(), 3, 1234);
    assertThat(judged.labelWrong().mean()).isGreaterThan(0.6);
  }

  /** A track of one frame is seen by all members and checks: the twin needs no second stage. */
  @Test
  void aCascadeIsAttackedAsItsGuardJudgesANewTrack() {
    GuardPolicy near = policy.with().cascade(cascade(32)).build();
    GuardVictim victim =
        GuardVictim.of(near, calibration, TWINS, MAPS, GuardKnowledge.CALIBRATION, 1, 99);
    float[] image = inputs.rows(new int[] {0}).images();
    double[] whole = victim(GuardKnowledge.CALIBRATION, 1).labelAndScore(image, 5);
    assertThat(victim.labelAndScore(image, 5)).isEqualTo(whole);
    assertThatThrownBy(
            () ->
                GuardVictim.of(
                    policy.with().cascade(cascade(33)).build(),
                    calibration,
                    TWINS,
                    MAPS,
                    GuardKnowledge.CALIBRATION,
                    1,
                    99))
        .hasMessageContaining("accepts nothing below 33 px")
        .hasMessageContaining("nearSide: 32");
  }

  private static Cascade cascade(int nearSide) {
    return new Cascade(0, 0.5, List.of(), 0.01, 1, 0, 0.2, nearSide, 1, 1, 1);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(
            () ->
                GuardVictim.of(
                    policy,
                    calibration,
                    TWINS.subList(0, 2),
                    MAPS,
                    GuardKnowledge.CALIBRATION,
                    1,
                    1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 twins");
    assertThatThrownBy(
            () ->
                GuardVictim.of(
                    policy,
                    calibration,
                    TWINS,
                    MAPS,
                    GuardKnowledge.POLICY,
                    1,
                    1,
                    Set.of("nonsense")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sign-plausibility");
    assertThatThrownBy(() -> victim(GuardKnowledge.QUERIES, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one model");
  }

  @Test
  @EnabledIfSystemProperty(
      named = "stopline.study",
      matches = "guard",
      disabledReason = "a study for the documentation; -Dstopline.study=guard runs it")
  void figures() {
    int judgeDraws = Integer.getInteger("stopline.study.judge", 10);
    int steps = Integer.getInteger("stopline.study.steps", 50);
    int draws = Integer.getInteger("stopline.study.draws", 1);
    GuardJudge judge = new GuardJudge(exact.guard());
    GuardJudge.Judgement clean =
        judge.judge(
            inputs.shape(), inputs.images(), inputs.labels(), inputs.ids(), judgeDraws, 4321);
    print("clean", clean, 1, 0);
    for (String eps : System.getProperty("stopline.study.eps", "4,8").split(",", -1)) {
      for (String level :
          System.getProperty("stopline.study.levels", "CALIBRATION").split(",", -1)) {
        GuardVictim victim = victim(GuardKnowledge.valueOf(level), draws);
        long start = System.nanoTime();
        float[] images =
            SignAscent.run(
                victim.objective(inputs, SignAscent.MARGIN, null),
                inputs,
                Integer.parseInt(eps) / 255.0,
                steps,
                0.75,
                1);
        double seconds = (System.nanoTime() - start) / 1e9;
        GuardJudge.Judgement judged =
            judge.judge(inputs.shape(), images, inputs.labels(), inputs.ids(), judgeDraws, 4321);
        print("eps " + eps + "/255 " + level, judged, clean.labelRight().inAll(), seconds);
      }
    }
  }

  private static void print(String what, GuardJudge.Judgement judged, int right, double seconds) {
    System.out.printf(
        "%s: label wrong %.3f, UASR %.3f (any draw %d, every draw %d of %d), accepted right %.3f, suspect %.3f, abstain %.3f, right when clean %d, scores %s, %.0f s%n",
        what,
        judged.labelWrong().mean(),
        judged.acceptedWrong().mean(),
        judged.acceptedWrong().inAny(),
        judged.acceptedWrong().inAll(),
        inputs.count(),
        judged.acceptedRight().mean(),
        judged.suspected().mean(),
        judged.abstained().mean(),
        right,
        judged.meanScores(),
        seconds);
  }
}
