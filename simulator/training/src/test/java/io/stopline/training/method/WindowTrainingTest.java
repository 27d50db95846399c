package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.autodiff.UnusableModelException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import io.stopline.training.architecture.Architecture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Method {@code windows} on real nets. */
final class WindowTrainingTest {

  private static final Path RECIPES = Path.of("../../firmware-config/recipes/traffic-signs");

  private static final Map<String, String> SETTINGS =
      Map.of("patches", "1", "worst", "3", "groups", "0,1");

  /** The shipped architecture, small. */
  private static TrainableModel small() {
    Architecture architecture =
        Architecture.read(RECIPES.resolve("windows-architecture.yaml"))
            .scaled(0.25, 1)
            .with(new ImageShape(16, 16, 3), 4);
    return TfliteModels.openTrainable(architecture.file(5), InputEncoding.UNIT);
  }

  private static Batch batch(int count, ImageShape shape) {
    RandomStream random = new RandomStream(8);
    float[] images = new float[count * shape.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 4;
      ids[i] = i;
      for (int p = 0; p < shape.size(); p++) {
        // A class is a colour, with noise.
        double own = p % 3 == labels[i] ? 0.3 : 0;
        images[i * shape.size() + p] = (float) (0.2 + own + 0.5 * random.nextDouble());
      }
    }
    return new Batch(images, labels, ids, count);
  }

  @Test
  void theGradientForetellsHowTheLossChanges() {
    try (TrainableModel model = small();
        TrainingMethod method = Methods.make("windows", SETTINGS)) {
      Batch batch = batch(24, model.shape());
      float[] gradient = new float[model.weights()];
      method.gradient(model, batch, new RandomStream(1), gradient);
      double square = 0;
      for (float g : gradient) {
        square += (double) g * g;
      }
      float[] weights = new float[gradient.length];
      model.read(weights);
      double length = Math.sqrt(square);
      double up = at(model, method, batch, weights, gradient, 1e-3 / length);
      double down = at(model, method, batch, weights, gradient, -1e-3 / length);

      assertThat((up - down) / 2e-3 / length).isCloseTo(1, within(0.02));
    }
  }

  private static double at(
      TrainableModel model,
      TrainingMethod method,
      Batch batch,
      float[] weights,
      float[] direction,
      double by) {
    float[] moved = weights.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (by * direction[i]);
    }
    model.write(moved);
    return method.gradient(model, batch, new RandomStream(1), new float[moved.length]).loss();
  }

  @Test
  void imagesLearnToStandWithoutAnyWindow() {
    try (TrainableModel model = small();
        TrainingMethod method = Methods.make("windows", SETTINGS)) {
      ShortRun run = new ShortRun(model, List.of(batch(32, model.shape())), 0.05);
      List<StepResult> steps = run.train(method, 60);

      assertThat(steps.get(0).rightAttacked()).isLessThan(16);
      assertThat(steps.get(59).rightAttacked()).isGreaterThan(24);
      assertThat(steps.get(59).loss()).isLessThan(steps.get(0).loss() / 2);
    }
  }

  @Test
  void modelsWithoutPlacesAndWrongSettingsAreRefused() {
    byte[] file = Architecture.named("residual").scaled(0.25, 1).file(1);
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT);
        TrainingMethod method = Methods.make("windows", Map.of())) {
      Batch batch = batch(2, model.shape());
      assertThatThrownBy(
              () -> method.gradient(model, batch, new RandomStream(1), new float[model.weights()]))
          .isInstanceOf(UnusableModelException.class)
          .hasMessageContaining("not in the mean of a map");
    }
    for (String wrong : List.of("5;8", "0", "")) {
      assertThatThrownBy(() -> Methods.make("windows", Map.of("patches", wrong)))
          .hasMessageContaining("option patches is '" + wrong + "'");
    }
  }

  /** Every place of the patch, in the recipe's architecture: what lies in no window stays. */
  @Test
  void aPatchChangesNoMorePlacesThanTheRecipeLeavesOut() {
    byte[] file = Architecture.read(RECIPES.resolve("windows-architecture.yaml")).file(3);
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      assertThat(mostChanged(model, 5)).isEqualTo(7);
      assertThat(mostChanged(model, 6)).isEqualTo(7);
      assertThat(mostChanged(model, 8)).isEqualTo(8);
      assertThat(mostChanged(model, 9)).isGreaterThan(8);
    }
  }

  /** Most rows or columns of places that some patch of a side changes. */
  private static int mostChanged(TrainableModel model, int side) {
    ImageShape shape = model.shape();
    RandomStream random = new RandomStream(2);
    float[] image = new float[shape.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble();
    }
    float[] clean = map(model, image, 1);
    int range = shape.height() - side + 1;
    int most = 0;
    for (int y = 0; y < range; y++) {
      float[] patched = new float[range * image.length];
      for (int x = 0; x < range; x++) {
        System.arraycopy(image, 0, patched, x * image.length, image.length);
        for (int dy = 0; dy < side; dy++) {
          for (int i = 0; i < 3 * side; i++) {
            int at = ((y + dy) * shape.width() + x) * 3 + i;
            patched[x * image.length + at] = (float) random.nextDouble();
          }
        }
      }
      float[] maps = map(model, patched, range);
      for (int x = 0; x < range; x++) {
        most = Math.max(most, changed(clean, maps, x * clean.length, model.classes()));
      }
    }
    return most;
  }

  private static float[] map(TrainableModel model, float[] images, int count) {
    try (TrainableModel.Training pass = model.trainLocal(images, count)) {
      return pass.logits().clone();
    }
  }

  private static int changed(float[] clean, float[] other, int offset, int classes) {
    int side = 16;
    int top = side;
    int bottom = -1;
    int left = side;
    int right = -1;
    for (int i = 0; i < clean.length; i++) {
      if (Math.abs(clean[i] - other[offset + i]) > 1e-4) {
        int row = i / classes / side;
        int column = i / classes % side;
        top = Math.min(top, row);
        bottom = Math.max(bottom, row);
        left = Math.min(left, column);
        right = Math.max(right, column);
      }
    }
    return Math.max(bottom - top, right - left) + 1;
  }
}
