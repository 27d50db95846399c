package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Norm;
import io.stopline.autodiff.TrainableModel;
import io.stopline.autodiff.TrainableModel.Role;
import io.stopline.autodiff.TrainableModel.WeightTensor;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.TrainingMethod;
import io.stopline.training.method.Methods.Setting;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adversarial training step by step, on a small network of the real engine. */
final class AdversarialMethodsTest {
  private static final int COUNT = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "standard smoothing=0.1",
        "pgd steps=2 clean=0.3",
        "pgd steps=2 norm=l2 awp=0.01",
        "free replays=2",
        "free replays=2 awp=0.01",
        "fgsm-rs guard-every=2 eps-warmup=5",
        "n-fgsm guard=false",
        "trades steps=2 smoothing=0.1",
        "mart steps=3 awp=0.005",
      })
  void trainingThatWasInterruptedGoesOnAsIfItHadNotBeen(String line) {
    List<Batch> batches = TinyTask.batches(2, COUNT);
    float[] whole;
    try (TrainableModel model = TinyTask.model(folder);
        TrainingMethod method = make(line)) {
      ShortRun run = new ShortRun(model, batches, 0.05);
      run.train(method, 6);
      whole = run.weights();
    }
    try (TrainableModel model = TinyTask.model(folder)) {
      ShortRun run = new ShortRun(model, batches, 0.05);
      float[] memory;
      try (TrainingMethod method = make(line)) {
        run.train(method, 3);
        memory = method.memory();
      }
      try (TrainingMethod method = make(line)) {
        method.restore(memory);
        run.train(method, 3);
        assertThat(method.memory()).hasSameSizeAs(memory);
      }
      assertThat(run.weights()).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pgd steps=2 clean=0.3",
        "free",
        "trades steps=2 smoothing=0.1",
        "mart steps=2",
      })
  void theGradientForetellsTheLossOfTheAttackedImages(String line) {
    Batch batch = TinyTask.batch(COUNT, 0);
    try (TrainableModel model = TinyTask.model(folder);
        TwoPhaseMethod method = (TwoPhaseMethod) make(line)) {
      float[] gradient = new float[model.weights()];
      method.prepare(model, batch, new RandomStream(1));
      method.descend(model, batch, gradient);
      double square = 0;
      for (float g : gradient) {
        square += (double) g * g;
      }
      double distance = 1e-2;
      double up = lossAt(model, method, batch, gradient, distance / Math.sqrt(square));
      double down = lossAt(model, method, batch, gradient, -distance / Math.sqrt(square));

      assertThat((up - down) / (2 * distance) / Math.sqrt(square)).isCloseTo(1, within(0.02));
    }
  }

  private static double lossAt(
      TrainableModel model, TwoPhaseMethod method, Batch batch, float[] direction, double factor) {
    float[] weights = new float[model.weights()];
    model.read(weights);
    float[] moved = weights.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (weights[i] + factor * direction[i]);
    }
    model.write(moved);
    double loss = method.descend(model, batch, new float[weights.length]).loss();
    model.write(weights);
    return loss;
  }

  /** Length and direction by hand; biases stay; the weights come back to the bit. */
  @Test
  void weightPerturbationIsTheGradientAtWeightsMovedUphillByTheirOwnLength() {
    double gamma = 0.02;
    Batch batch = TinyTask.batch(COUNT, 0);
    try (TrainableModel model = TinyTask.model(folder)) {
      int size = model.weights();
      float[] weights = new float[size];
      model.read(weights);
      float[] expected = new float[size];
      try (TwoPhaseMethod method = (TwoPhaseMethod) make("trades steps=2")) {
        float[] uphill = new float[size];
        method.prepare(model, batch, new RandomStream(1));
        method.descend(model, batch, uphill);
        float[] moved = weights.clone();
        for (WeightTensor tensor : model.tensors()) {
          double length = length(weights, tensor);
          double slope = length(uphill, tensor);
          for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
            moved[i] +=
                tensor.role() == Role.BIAS ? 0 : (float) (gamma * length / slope * uphill[i]);
          }
        }
        model.write(moved);
        method.descend(model, batch, expected);
        model.write(weights);
      }
      float[] gradient = new float[size];
      float[] plain = new float[size];
      float[] after = new float[size];
      try (TrainingMethod method = make("trades steps=2 awp=" + gamma);
          TrainingMethod without = make("trades steps=2")) {
        method.gradient(model, batch, new RandomStream(1), gradient);
        model.read(after);
        without.gradient(model, batch, new RandomStream(1), plain);
      }
      assertThat(gradient).containsExactly(expected, within(1e-6f));
      assertThat(gradient).isNotEqualTo(plain);
      assertThat(after).isEqualTo(weights);
    }
  }

  private static double length(float[] values, WeightTensor tensor) {
    double square = 0;
    for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
      square += (double) values[i] * values[i];
    }
    return Math.sqrt(square);
  }

  @ParameterizedTest
  @CsvSource({"LINF, UNIFORM", "LINF, GAUSSIAN", "LINF, CLEAN", "L2, UNIFORM", "L2, CLEAN"})
  void walksStayInTheBallAndClimb(Norm norm, Ascent.Start start) {
    double epsilon = norm == Norm.LINF ? 0.03 : 0.4;
    double startSize = start == Ascent.Start.GAUSSIAN ? 0.001 : epsilon;
    Batch batch = TinyTask.batch(COUNT, 0);
    try (TrainableModel model = TinyTask.model(folder)) {
      Ascent ascent =
          new Ascent(new Ascent.Settings(norm, epsilon, epsilon / 2, 4, start, startSize, true));
      float[] attacked = new float[COUNT * model.shape().size()];
      Ascent.Climb climb = Ascent.crossEntropy(batch.labels());
      for (double scale : new double[] {1, 0.25}) {
        ascent.walk(model, batch, COUNT, scale, 5, climb, attacked);
        for (int image = 0; image < COUNT; image++) {
          assertThat(distance(norm, batch.images(), attacked, image, model.shape().size()))
              .isLessThanOrEqualTo(scale * epsilon * 1.00001)
              .isGreaterThan(scale * epsilon * 0.5);
        }
        for (float value : attacked) {
          assertThat(value).isBetween(0f, 1f);
        }
        assertThat(loss(model, attacked, batch)).isGreaterThan(loss(model, batch.images(), batch));
      }
    }
  }

  private static double distance(Norm norm, float[] a, float[] b, int image, int size) {
    double most = 0;
    double square = 0;
    for (int i = image * size; i < (image + 1) * size; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
      square += ((double) a[i] - b[i]) * (a[i] - b[i]);
    }
    return norm == Norm.LINF ? most : Math.sqrt(square);
  }

  private static double loss(TrainableModel model, float[] images, Batch batch) {
    float[] logits = new float[batch.count() * model.classes()];
    model.logits(images, batch.count(), logits);
    return Losses.crossEntropy(
        Losses.Rows.of(logits, batch.count(), model.classes()),
        batch.labels(),
        0,
        1,
        new float[logits.length]);
  }

  /** Noise of twice the budget and a step of one: up to three times the budget. */
  @Test
  void nFgsmIsNotCutOff() {
    Batch batch = TinyTask.batch(COUNT, 0);
    try (TrainableModel model = TinyTask.model(folder)) {
      Ascent ascent =
          new Ascent(
              new Ascent.Settings(Norm.LINF, 0.02, 0.02, 1, Ascent.Start.UNIFORM, 0.04, false));
      float[] attacked = new float[COUNT * model.shape().size()];
      ascent.walk(model, batch, COUNT, 1, 5, Ascent.crossEntropy(batch.labels()), attacked);
      for (int image = 0; image < COUNT; image++) {
        assertThat(distance(Norm.LINF, batch.images(), attacked, image, model.shape().size()))
            .isBetween(0.055, 0.0600001);
      }
    }
  }

  /** Evenly over the ball, and by the image's id: neighbours and places do not count. */
  @Test
  void drawsBelongToTheImage() {
    Batch batch = TinyTask.batch(COUNT, 0);
    try (TrainableModel model = TinyTask.model(folder)) {
      int size = model.shape().size();
      Ascent ascent =
          new Ascent(new Ascent.Settings(Norm.LINF, 0.05, 0, 1, Ascent.Start.UNIFORM, 0.05, true));
      float[] all = new float[COUNT * size];
      ascent.walk(model, batch, COUNT, 1, 5, Ascent.crossEntropy(batch.labels()), all);
      Batch last =
          new Batch(
              Arrays.copyOfRange(batch.images(), (COUNT - 1) * size, COUNT * size),
              new int[] {batch.labels()[COUNT - 1]},
              new long[] {batch.ids()[COUNT - 1]},
              1);
      float[] alone = new float[size];
      ascent.walk(model, last, 1, 1, 5, Ascent.crossEntropy(last.labels()), alone);

      assertThat(alone).isEqualTo(Arrays.copyOfRange(all, (COUNT - 1) * size, COUNT * size));
      double mean = 0;
      double square = 0;
      for (int i = 0; i < all.length; i++) {
        double d = all[i] - batch.images()[i];
        mean += d / all.length;
        square += d * d / all.length;
      }
      assertThat(mean).isCloseTo(0, within(0.001));
      assertThat(square).isCloseTo(0.05 * 0.05 / 3, within(3e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"standard", "pgd", "free", "fgsm-rs", "n-fgsm", "trades", "mart"})
  void everySettingIsDescribedAndNothingElseIsKnown(String name) {
    assertThat(Methods.names()).contains(name);
    String known =
        String.join(
            ", ", Methods.describe(name).settings().stream().map(Setting::name).sorted().toList());
    assertThatThrownBy(() -> Methods.make(name, Map.of("epsilon", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("method '%s' has no option 'epsilon'; it has: %s".formatted(name, known));
    try (TrainingMethod method = Methods.make(name, Map.of())) {
      assertThat(method.name()).isEqualTo(name);
    }
  }

  @Test
  void whatCannotWorkIsRefused() {
    assertThatThrownBy(() -> Methods.make("trade", Map.of()))
        .hasMessageContaining("there is no training method 'trade'; there are: standard, pgd,");
    assertThatThrownBy(() -> make("trades start=clean")).hasMessageContaining("start=uniform");
    assertThatThrownBy(() -> make("pgd eps=-1")).hasMessageContaining("option eps is '-1'");
    assertThatThrownBy(() -> Methods.make("pgd", Map.of(), List.of(TinyTask.model(folder))))
        .hasMessageContaining("uses no teacher");
  }

  private static TrainingMethod make(String line) {
    String[] words = line.split(" ", -1);
    Map<String, String> settings = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    return Methods.make(words[0], settings);
  }
}
