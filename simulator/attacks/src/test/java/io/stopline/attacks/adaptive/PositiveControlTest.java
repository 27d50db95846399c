package io.stopline.attacks.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Objective.Answers;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.config.Bundle;
import io.stopline.config.LoadedClassifier;
import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.Fill;
import io.stopline.sdk.transform.InputTransform;
import io.stopline.sdk.transform.TransformChain;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Defences that are known to be broken must break. */
class PositiveControlTest {

  private static final TransformChain RESIZE_AND_PAD =
      chain("resize-and-pad", new CropResizePad(0.75, 1, Fill.BLACK));
  private static final TransformChain DCT = chain("dct", new DctQuantisation(50, 50));

  @SuppressWarnings("NullAway.Init")
  private static DifferentiableModel model;

  @SuppressWarnings("NullAway.Init")
  private static LoadedClassifier exact;

  @SuppressWarnings("NullAway.Init")
  private static Inputs inputs;

  private static final LogitLoss LOSS =
      Boolean.getBoolean("stopline.study.ce") ? SignAscent.CROSS_ENTROPY : SignAscent.MARGIN;

  private static TransformChain chain(String name, InputTransform transform) {
    return new TransformChain(name, List.of(transform));
  }

  @BeforeAll
  static void open() {
    inputs =
        SharedSigns.inputs(
            SharedSigns.gtsrb(), "test", Integer.getInteger("stopline.study.images", 16));
    Bundle bundle = SharedSigns.bundle();
    model = SharedSigns.twin(bundle, "mobile-float32");
    exact = SharedSigns.classifier(bundle, "mobile-float32");
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
      exact.close();
    }
  }

  /** Wrong labels over fresh draws when attacked with eyes for the defence, or without. */
  private static FreshDraws attacked(
      TransformChain defence, boolean adaptive, int draws, double epsilon, int steps) {
    TransformChain seen = adaptive ? defence : TransformChain.identity();
    DefendedModel victim =
        new DefendedModel(model, seen, adaptive ? draws : 1, adaptive ? 12 : 0, 5);
    Objective objective = victim.objective(inputs, LOSS, null);
    float[] images = SignAscent.run(objective, inputs, epsilon, steps, 0.75, 3);
    DefenceJudge judge = new DefenceJudge(exact.classifier(), defence);
    return judge.wrong(inputs.shape(), images, inputs.labels(), 20, 77);
  }

  @Test
  void resizeAndPadAloneFalls() {
    FreshDraws adaptive = attacked(RESIZE_AND_PAD, true, 4, 8 / 255.0, 40);
    FreshDraws plain = attacked(RESIZE_AND_PAD, false, 1, 8 / 255.0, 40);
    // One run and a few images; the report's control runs more targets and steps.
    assertThat(adaptive.mean()).isGreaterThan(0.7).isGreaterThan(plain.mean() + 0.25);
  }

  @Test
  void dctQuantisationAloneFalls() {
    FreshDraws adaptive = attacked(DCT, true, 1, 8 / 255.0, 40);
    FreshDraws plain = attacked(DCT, false, 1, 8 / 255.0, 40);
    // One run and a few images; the report's control runs more targets and steps.
    assertThat(adaptive.mean()).isGreaterThan(0.7).isGreaterThan(plain.mean() + 0.25);
  }

  @Test
  void drawsBelongToTheInputNotToTheBatch() {
    DefendedModel victim = new DefendedModel(model, RESIZE_AND_PAD, 2, 0, 5);
    Answers together = Answers.room(4, inputs.shape(), true);
    victim
        .objective(inputs, SignAscent.CROSS_ENTROPY, null)
        .evaluate(new int[] {0, 1, 2, 3}, inputs.images(), together);
    Inputs third = inputs.rows(new int[] {2});
    Answers alone = Answers.room(1, inputs.shape(), true);
    victim
        .objective(third, SignAscent.CROSS_ENTROPY, null)
        .evaluate(new int[] {0}, third.images(), alone);
    // PyTorch adds in another order for another batch size, so only nearly equal.
    assertThat((double) alone.loss()[0]).isCloseTo(together.loss()[2], within(1e-5));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "stopline.study",
      matches = "controls",
      disabledReason = "a study for the documentation; -Dstopline.study=controls runs it")
  void curves() {
    for (TransformChain defence : List.of(TransformChain.identity(), RESIZE_AND_PAD, DCT)) {
      boolean random = defence.equals(RESIZE_AND_PAD);
      FreshDraws clean =
          new DefenceJudge(exact.classifier(), defence)
              .wrong(inputs.shape(), inputs.images(), inputs.labels(), 20, 77);
      System.out.printf("%s clean accuracy %.3f%n", defence.name(), 1 - clean.mean());
      for (int e : new int[] {1, 2, 3, 4, 6, 8}) {
        FreshDraws plain = attacked(defence, false, 1, e / 255.0, 40);
        FreshDraws adaptive = attacked(defence, true, random ? 8 : 1, e / 255.0, 60);
        System.out.printf(
            "%s eps %d/255: robust accuracy %.3f plain, %.3f adaptive (worst draw %.3f, every draw %.3f)%n",
            defence.name(),
            e,
            1 - plain.mean(),
            1 - adaptive.mean(),
            1 - adaptive.inAny() / (double) inputs.count(),
            1 - adaptive.inAll() / (double) inputs.count());
      }
    }
  }
}
