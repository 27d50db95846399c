package io.stopline.attacks.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.Check;
import io.stopline.sdk.check.Observation;
import io.stopline.sdk.check.PassPlan;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.model.LocalOutput;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The check certified-windows with gradients, beside the check itself on the shipped files. */
class WindowLooksTest {

  private static final int PATCH = 5;
  private static final String WINDOWS = "certified-windows";

  private static Groups groups(Bundle bundle) {
    AppearanceTable table =
        Objects.requireNonNull(bundle.appearances().get("traffic-signs")).table();
    return new Groups(
        table.groups(), IntStream.range(0, table.classes()).mapToObj(table::groupOf).toList());
  }

  private static LocalTwin local(Bundle bundle, String model) {
    return LocalTwin.open(model, bundle.modelBytes(model), bundle.model(model).input());
  }

  /** The largest difference of the scores of all labels. */
  private static double difference(Bundle bundle, String model, Inputs inputs) {
    double most = 0;
    try (LocalTwin twin = local(bundle, model);
        Classifier exact =
            GuardFactory.openLocal(bundle, model, RuntimeOptions.defaults()).classifier()) {
      LocalOutput map = Objects.requireNonNull(exact.local());
      WindowScores scores =
          new WindowScores(
              Windows.covering(model, map.scores(), PATCH), map.spec(), groups(bundle));
      WindowLooks looks = new WindowLooks(twin, PATCH, groups(bundle), 0);
      TransformRenderer plain =
          new TransformRenderer(TransformChain.identity(), exact.inputSpec(), exact.encoding());
      float[] maps = new float[inputs.count() * twin.map().classes()];
      twin.map().logits(inputs.images(), inputs.count(), maps);
      float[] probabilities = new float[exact.classes()];
      for (int i = 0; i < inputs.count(); i++) {
        plain.render(Pixels.image(inputs.shape(), inputs.images(), i), 0, exact.input());
        exact.classify(probabilities);
        scores.read(map.memory());
        looks.lookAtMap(maps, i * twin.map().classes());
        for (int label = 0; label < exact.classes(); label++) {
          most = Math.max(most, Math.abs(scores.score(label) - looks.score(label)));
        }
      }
    }
    return most;
  }

  @Test
  void itScoresAsTheCheckDoesOnTheFloatFileAndNearlySoOnTheInt8File() {
    Inputs inputs = SharedSigns.inputs(SharedSigns.gtsrb(), "validation", 12);
    Bundle bundle = SharedSigns.bundle();
    assertThat(difference(bundle, "local-float32", inputs)).isLessThan(2e-3);
    assertThat(difference(bundle, "local-int8", inputs)).isLessThan(0.15);
  }

  @Test
  void itsGradientIsThatOfTheSoftScoreByFiniteDifferences() {
    Inputs inputs = SharedSigns.inputs(SharedSigns.gtsrb(), "validation", 3);
    Bundle bundle = SharedSigns.bundle();
    Random random = new Random(5);
    try (LocalTwin twin = local(bundle, "local-float32")) {
      int cells = twin.map().classes();
      WindowLooks looks = new WindowLooks(twin, PATCH, groups(bundle), 0);
      for (int i = 0; i < inputs.count(); i++) {
        float[] image = inputs.rows(new int[] {i}).images().clone();
        int label = (inputs.labels()[i] + 1 + random.nextInt(42)) % 43;
        float[] map = new float[cells];
        float[] gradient = new float[inputs.shape().size()];
        try (DifferentiableModel.Recording recording = twin.map().record(image, 1)) {
          looks.lookAtMap(recording.logits(), 0);
          assertThat(looks.softScore(label))
              .isBetween(looks.score(label), looks.score(label) + 0.2 * Math.log(1000));
          float[] cotangent = new float[cells];
          looks.mapBackward(label, 1, 0, cotangent, 0);
          recording.backward(cotangent, gradient);
        }
        // Along a random direction in which no best class changes, and along the gradient itself
        for (boolean along : new boolean[] {true, false}) {
          float step = 2e-4f;
          double slope = 0;
          float[] up = image.clone();
          float[] down = image.clone();
          for (int k = 0; k < up.length; k++) {
            float d = along ? Math.signum(gradient[k]) : (float) random.nextGaussian();
            up[k] += step * d;
            down[k] -= step * d;
            slope += (up[k] - down[k]) * (double) gradient[k];
          }
          twin.map().logits(up, 1, map);
          looks.lookAtMap(map, 0);
          double above = looks.softScore(label);
          twin.map().logits(down, 1, map);
          looks.lookAtMap(map, 0);
          assertThat(above - looks.softScore(label))
              .isCloseTo(slope, within(0.03 * Math.abs(slope) + 2e-4));
        }
      }
    }
  }

  /** One model names the label, another one serves the check, which decides alone. */
  private static GuardPolicy policy(Bundle bundle, CheckSetting... more) {
    CheckSetting windows =
        new CheckSetting.CertifiedWindows(1, PATCH, "traffic-signs", groups(bundle), 0, 1);
    List<CheckSetting> checks = new java.util.ArrayList<>(List.of(windows));
    checks.addAll(Arrays.asList(more));
    return new GuardPolicy(
            "small",
            "0",
            List.of("mobile-int8"),
            List.of(),
            checks,
            0.02,
            Duration.ofHours(1),
            1,
            0.5,
            0.02)
        .with()
        .checkMembers(List.of("local-int8"))
        .build();
  }

  private static final Calibration ANY = new Calibration(new double[99]);

  private static Calibration loose() {
    double[] scores = new double[99];
    Arrays.fill(scores, 1);
    return new Calibration(scores);
  }

  @Test
  void whoKnowsTheCheckGetsPastItMoreOftenThanWhoDoesNot() {
    Bundle bundle = SharedSigns.bundle();
    GuardPolicy policy = policy(bundle);
    Inputs inputs = SharedSigns.inputs(SharedSigns.gtsrb(), "validation", 12);
    List<CropModel> models =
        List.of(
            SharedSigns.classifier(bundle, "mobile-int8").classifier(),
            GuardFactory.openLocal(bundle, "local-int8", RuntimeOptions.defaults()).classifier());
    try (Guard guard =
            new Guard(
                policy,
                models,
                bundle.labels(bundle.model("mobile-int8")),
                loose(),
                "0",
                InspectionSeeds.reproducible(1),
                System::nanoTime);
        DifferentiableModel twin = SharedSigns.twin(bundle, "mobile-int8");
        LocalTwin local = local(bundle, "local-int8")) {
      double[] past = new double[2];
      double[] wrong = new double[2];
      for (int known = 0; known < 2; known++) {
        GuardVictim victim =
            GuardVictim.of(
                policy,
                loose(),
                List.of(twin),
                known == 1 ? List.of(local) : List.of(),
                GuardKnowledge.CALIBRATION,
                1,
                7,
                known == 1 ? Set.of(WINDOWS) : Set.of());
        float[] images =
            SignAscent.run(
                victim.objective(inputs, SignAscent.MARGIN, null), inputs, 8 / 255.0, 30, 0.75, 1);
        GuardJudge.Judgement judged =
            new GuardJudge(guard)
                .judge(inputs.shape(), images, inputs.labels(), inputs.ids(), 1, 1234);
        past[known] = judged.acceptedWrong().mean();
        wrong[known] = judged.labelWrong().mean();
      }
      assertThat(wrong[0]).as("the label itself falls").isGreaterThan(0.8);
      assertThat(past[1]).isGreaterThan(past[0] + 0.2);
    }
  }

  /** Somebody's own check. */
  private static final class UsersCheck implements Check {

    @Override
    public String name() {
      return "users-check";
    }

    @Override
    public void plan(PassPlan plan) {
      // Nothing more is needed.
    }

    @Override
    public double nonconformity(Observation observation) {
      return 1 - observation.ensemble()[observation.label()];
    }

    @Override
    public String reason(Observation observation, double nonconformity) {
      return "strange";
    }
  }

  @Test
  void aCheckOfWhichThereIsNoFormIsRefusedByName() {
    Bundle bundle = SharedSigns.bundle();
    GuardPolicy policy = policy(bundle, new CheckSetting.Custom(UsersCheck::new, 1));
    try (DifferentiableModel twin = SharedSigns.twin(bundle, "mobile-int8");
        LocalTwin local = local(bundle, "local-int8")) {
      assertThatThrownBy(
              () ->
                  GuardVictim.of(
                      policy, ANY, List.of(twin), List.of(local), GuardKnowledge.CALIBRATION, 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has check 'users-check', which is somebody's own");
      assertThatThrownBy(
              () ->
                  GuardVictim.of(
                      policy, ANY, List.of(twin), List.of(), GuardKnowledge.POLICY, 1, 1))
          .hasMessageContaining(
              "'certified-windows' looks at the local scores of model 'local-int8'")
          .hasMessageContaining("were not given");
      // Who leaves them out on purpose may
      GuardVictim.of(policy, ANY, List.of(twin), List.of(), GuardKnowledge.POLICY, 1, 1, Set.of());
    }
  }
}
