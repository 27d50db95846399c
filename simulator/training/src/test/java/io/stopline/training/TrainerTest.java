package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Options;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.method.Standard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training teaches, keeps the best weights, stops when it should and says why. */
final class TrainerTest {

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();
  private final List<Progress> steps = new ArrayList<>();
  private final List<EpochFigures> epochs = new ArrayList<>();
  private final TrainingListener listener =
      new TrainingListener() {
        @Override
        public void note(String text) {
          notes.add(text);
        }

        @Override
        public void step(Progress progress) {
          steps.add(progress);
        }

        @Override
        public void epoch(EpochFigures figures) {
          epochs.add(figures);
        }
      };

  private TrainingOutcome train(
      TrainableModel model, Augmentation augmentation, TrainingPlan plan) {
    try (TrainingMethod method = new Standard(0)) {
      return new Trainer(
              model,
              Parametrization.standardised(model),
              method,
              TinyTask.data(100),
              augmentation,
              plan,
              Map.of())
          .train(listener);
    }
  }

  private static double accuracy(TrainableModel model, LabelledImages images) {
    float[] pixels = new float[images.count() * images.shape().size()];
    float[] logits = new float[images.count() * model.classes()];
    for (int i = 0; i < images.count(); i++) {
      images.read(i, pixels, i);
    }
    model.logits(pixels, images.count(), logits);
    int right = 0;
    for (int i = 0; i < images.count(); i++) {
      int best = 0;
      for (int c = 0; c < model.classes(); c++) {
        best = logits[i * model.classes() + c] > logits[i * model.classes() + best] ? c : best;
      }
      right += best == images.label(i) ? 1 : 0;
    }
    return (double) right / images.count();
  }

  @Test
  void aFreshModelLearnsAndHoldsTheBestWeights() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingOutcome outcome = train(model, Augmentation.none(), TinyTask.plan(25));

      assertThat(outcome.ended()).isEqualTo(Ended.PLAN);
      assertThat(outcome.best().clean()).isGreaterThan(0.9);
      assertThat(outcome.history()).hasSize(25).isEqualTo(epochs);
      assertThat(outcome.history().stream().mapToDouble(EpochFigures::score).max().orElseThrow())
          .isEqualTo(outcome.best().score());
      assertThat(accuracy(model, TinyTask.data(100).validation()))
          .isCloseTo(outcome.best().clean(), within(1e-9));
      assertThat(outcome.history().get(24).loss()).isLessThan(outcome.history().get(0).loss() / 2);
      assertThat(outcome.best().robust()).isBetween(0.0, outcome.best().clean() + 0.1);
      Progress last = steps.get(steps.size() - 1);
      assertThat(last.step()).isEqualTo(last.steps()).isEqualTo(outcome.steps());
      assertThat(notes).isEmpty();
    }
  }

  @Test
  void theSeedDecidesAboutTheWeights() {
    float[][] weights = new float[3][];
    for (int run = 0; run < 3; run++) {
      try (TrainableModel model = TinyTask.model(folder, 1)) {
        train(model, Augmentation.strong(), TinyTask.plan(2).seed(run == 2 ? 8 : 7));
        weights[run] = TinyTask.weights(model);
      }
    }
    assertThat(weights[1]).isEqualTo(weights[0]);
    assertThat(weights[2]).isNotEqualTo(weights[0]);
  }

  @Test
  void patienceEndsTrainingThatGetsNoBetter() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingPlan plan = TinyTask.plan(200).validation(new ValidationPlan(1, 0, 1, 1, 0, 3));
      TrainingOutcome outcome = train(model, Augmentation.none(), plan);

      assertThat(outcome.ended()).isEqualTo(Ended.PATIENCE);
      assertThat(outcome.epochs()).isEqualTo(outcome.best().epoch() + 3).isLessThan(200);
      assertThat(outcome.best().robust()).isNaN();
    }
  }

  @Test
  void theTimeLimitEndsTrainingAndSaysWhatIsMissing() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingOutcome outcome =
          train(
              model, Augmentation.none(), TinyTask.plan(1_000_000).limit(Duration.ofMillis(1500)));

      assertThat(outcome.ended()).isEqualTo(Ended.TIME);
      assertThat(outcome.epochs()).isLessThan(1_000_000);
      assertThat(outcome.best().clean()).isNotNaN();
      assertThat(notes.get(notes.size() - 1))
          .contains("of 1000000 epochs")
          .contains("resume it with a longer one");
    }
  }

  @Test
  void aPlanThatTakesLongerThanItsLimitIsShortenedAsAWhole() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingPlan plan =
          TrainingPlan.of(new Options("training", Map.of("fit", "true")), TinyTask.plan(1_000_000));
      TrainingOutcome outcome =
          train(model, Augmentation.none(), plan.limit(Duration.ofSeconds(4)));

      assertThat(outcome.plannedEpochs()).isBetween(1, 999_999);
      assertThat(outcome.askedEpochs()).isEqualTo(1_000_000);
      assertThat(notes.get(0))
          .startsWith("1000000 epochs would take")
          .contains("leaves room for " + outcome.plannedEpochs());
      // The machine may slow down afterwards; then the limit holds all the same.
      assertThat(outcome.ended()).isIn(Ended.PLAN, Ended.TIME);
      assertThat(outcome.seconds()).isLessThan(120);
    }
  }

  @Test
  void measuringThePaceLeavesModelAndResultAsTheyWere() {
    float[][] weights = new float[2][];
    for (int run = 0; run < 2; run++) {
      try (TrainableModel model = TinyTask.model(folder, 1)) {
        TrainingPlan plan =
            TrainingPlan.of(
                new Options("training", Map.of("fit", Boolean.toString(run == 0))),
                TinyTask.plan(2));
        train(model, Augmentation.strong(), plan.limit(Duration.ofHours(1)));
        weights[run] = TinyTask.weights(model);
      }
    }
    assertThat(weights[1]).isEqualTo(weights[0]);
    assertThat(notes).isEmpty();
  }

  @Test
  void aLossThatIsNoNumberIsAnErrorThatSaysTheCure() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingPlan plan = TinyTask.plan(3);
      TrainingPlan wild =
          new TrainingPlan(
              3,
              32,
              0,
              new Optimisation(
                  Optimisation.Kind.SGD, 1e30, 0, 0, 0.9, 0, Double.POSITIVE_INFINITY, 0),
              plan.validation(),
              plan.limit(),
              false,
              plan.checkpointEvery(),
              1);
      assertThatThrownBy(() -> train(model, Augmentation.none(), wild))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("method 'standard', epoch 1")
          .hasMessageContaining("lower lr");
    }
  }

  @Test
  void dataThatDoNotFitAreRefused() {
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      TrainingData data = TinyTask.data(8);
      LabelledImages other = LabelledImages.of(TinyTask.samples(8, 1), new ImageShape(16, 16, 3));
      assertThat(other.resized()).isEqualTo(other.count());
      assertThatThrownBy(() -> trainer(model, with(other, data.validation())))
          .hasMessageContaining("the model takes");
      LabelledImages none = LabelledImages.of(List.of(), TinyTask.SHAPE);
      assertThatThrownBy(() -> trainer(model, with(data.train(), none)))
          .hasMessageContaining("0 validation images");
      LabelledImages beyond =
          LabelledImages.of(
              TinyTask.samples(8, 1).stream()
                  .map(s -> new Sample(s.label() + 1, s.track(), s.frame(), s.file(), s.pixels()))
                  .toList(),
              TinyTask.SHAPE);
      assertThatThrownBy(() -> trainer(model, with(beyond, data.validation())))
          .hasMessageContaining("has class 4, but the model tells only 4 apart");
    }
  }

  private static TrainingData with(LabelledImages train, LabelledImages validation) {
    return new TrainingData("shapes", List.of(), train, validation, "", "");
  }

  private static Trainer trainer(TrainableModel model, TrainingData data) {
    return new Trainer(
        model,
        Parametrization.direct(model),
        new Standard(0),
        data,
        Augmentation.none(),
        TinyTask.plan(1),
        Map.of());
  }

  @Test
  void aPlanIsReadFromOptions() {
    Options options =
        new Options(
            "training", Map.of("epochs", "5", "lr", "0.25", "optimiser", "sgd", "clip", "inf"));
    TrainingPlan plan = TrainingPlan.of(options, TrainingPlan.finetuning());
    options.end();

    assertThat(plan.epochs()).isEqualTo(5);
    assertThat(plan.optimisation().kind()).isEqualTo(Optimisation.Kind.SGD);
    assertThat(plan.optimisation().rate()).isEqualTo(0.25);
    assertThat(plan.optimisation().clip()).isInfinite();
    assertThat(plan.validation()).isEqualTo(TrainingPlan.finetuning().validation());
    assertThat(plan.settings()).containsEntry("lr", "0.25").containsEntry("epochs", "5");
    assertThatThrownBy(() -> TrainingPlan.of(new Options("training", Map.of("balance", "2")), plan))
        .hasMessageContaining("balance is '2'");
  }

  /** A stranger's file, with the plan for one: one short epoch must not hurt it. */
  @Test
  void furtherTrainingOfAGivenFileStartsFromWhatItKnows() {
    byte[] file = SharedFiles.bytes("models/mobile-float32.tflite");
    Dataset gtsrb = Dataset.open(SharedFiles.path("data/gtsrb"));
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT);
        TrainingMethod method = new Standard(0.05)) {
      TrainingData data =
          new TrainingData(
              "gtsrb",
              gtsrb.classNames(),
              every(gtsrb, "train", 100, model.shape()),
              every(gtsrb, "validation", 40, model.shape()),
              "",
              "");
      TrainingPlan plan =
          TrainingPlan.finetuning()
              .epochs(1)
              .validation(new ValidationPlan(1, 4.0 / 255, 2, 32, 0.5, 0));
      TrainingOutcome outcome =
          new Trainer(
                  model,
                  Parametrization.direct(model),
                  method,
                  data,
                  Augmentation.mild(),
                  plan,
                  Map.of())
              .train(listener);
      assertThat(outcome.best().clean()).isGreaterThan(0.95);
    }
  }

  private static LabelledImages every(Dataset data, String split, int step, ImageShape shape) {
    var samples = data.split(split).samples();
    return LabelledImages.of(
        IntStream.range(0, samples.size() / step).mapToObj(i -> samples.get(i * step)).toList(),
        shape);
  }

  /** What is read of a data set, to the last image: its training and validation tracks. */
  @Test
  void calibrationAndTestTracksAreNeverRead() {
    Dataset gtsrb = Dataset.open(SharedFiles.path("data/gtsrb"));
    TrainingData data = TrainingData.read(gtsrb, List.of(), new ImageShape(32, 32, 3));

    assertThat(data.train().count()).isEqualTo(gtsrb.split("train").samples().size());
    assertThat(data.validation().count()).isEqualTo(gtsrb.split("validation").samples().size());
    assertThat(data.trainSha256()).isEqualTo(gtsrb.split("train").sha256());
    assertThat(data.train().resized()).isZero();
  }

  @Test
  void furtherDataAreLearntFromAndDecideNothing() throws IOException {
    Dataset first = folders("first", 2, 10);
    Dataset more = folders("more", 2, 10);
    TrainingData data = TrainingData.read(first, List.of(more), TinyTask.SHAPE);

    // Of ten tracks a class the rule gives seven to training, one to validation, two to
    // calibration.
    assertThat(data.train().count()).isEqualTo(2 * 7 + 2 * 10);
    assertThat(data.validation().count()).isEqualTo(2);
    assertThat(data.further()).isEqualTo(2 * 10);
    assertThatThrownBy(() -> data.withFurtherShare(1)).hasMessageContaining("below 1");
    TrainingData alone = TrainingData.read(first, List.of(), TinyTask.SHAPE);
    assertThatThrownBy(() -> alone.withFurtherShare(0.5))
        .hasMessageContaining("0 of 14 training images")
        .hasMessageContaining("--also DIR");
    try (TrainableModel model = TinyTask.model(folder, 1)) {
      assertThat(trainer(model, data.withFurtherShare(0.5)).settings())
          .containsEntry("also-share", "0.5");
      assertThat(trainer(model, data).settings()).doesNotContainKey("also-share");
    }
    assertThat(data.trainSha256())
        .isNotEqualTo(TrainingData.read(first, List.of(), TinyTask.SHAPE).trainSha256());
    assertThatThrownBy(
            () -> TrainingData.read(first, List.of(folders("three", 3, 1)), TinyTask.SHAPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'three' has 3 classes, 'first' has 2");
  }

  private Dataset folders(String name, int classes, int tracks) throws IOException {
    for (int c = 0; c < classes; c++) {
      Path of = Files.createDirectories(folder.resolve(name).resolve(Integer.toString(c)));
      for (int t = 0; t < tracks; t++) {
        ImageIO.write(
            new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
            "png",
            of.resolve("%05d_00000.png".formatted(t)).toFile());
      }
    }
    return Dataset.open(folder.resolve(name));
  }

  @Test
  void aFolderWithoutValidationTracksIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("data/0"));
    ImageIO.write(
        new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
        "png",
        empty.resolve("a.png").toFile());
    assertThatThrownBy(
            () ->
                TrainingData.read(Dataset.open(folder.resolve("data")), List.of(), TinyTask.SHAPE))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("no split 'validation'");
  }
}
