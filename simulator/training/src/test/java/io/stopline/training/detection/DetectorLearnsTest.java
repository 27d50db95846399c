package io.stopline.training.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.Augmentation;
import io.stopline.training.EpochFigures;
import io.stopline.training.Optimisation;
import io.stopline.training.Parametrization;
import io.stopline.training.Progress;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingListener;
import io.stopline.training.TrainingPlan;
import io.stopline.training.TrainingSource;
import io.stopline.training.ValidationPlan;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.architecture.DetectorArchitecture.Stage;
import io.stopline.training.detection.SceneFrame.SceneSign;
import io.stopline.training.quantization.DetectorQuantizer;
import io.stopline.training.quantization.QuantizedModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny detector on a tiny road: red discs before noise. */
final class DetectorLearnsTest {

  private static final InputEncoding ENCODING =
      new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  private static final DetectorArchitecture TINY =
      new DetectorArchitecture(
          "tiny",
          new ImageShape(64, 96, 3),
          1,
          8,
          List.of(new Stage(12, 1), new Stage(16, 2)),
          List.of(16, 12),
          12);

  @TempDir private Path folder;

  private static SceneFrame frame(int number) {
    RandomStream random = new RandomStream(100 + number);
    byte[] rgb = new byte[3 * 96 * 64];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (90 + random.nextInt(60));
    }
    double radius = random.uniform(6, 10);
    double x = random.uniform(radius, 96 - radius);
    double y = random.uniform(radius, 64 - radius);
    for (int py = 0; py < 64; py++) {
      for (int px = 0; px < 96; px++) {
        if (Math.hypot(px + 0.5 - x, py + 0.5 - y) < radius) {
          int i = 3 * (96 * py + px);
          rgb[i] = (byte) 230;
          rgb[i + 1] = 20;
          rgb[i + 2] = 30;
        }
      }
    }
    return SceneFrame.of(
        "frame" + number,
        Image.of(96, 64, rgb),
        1,
        List.of(new SceneSign(x - radius, y - radius, x + radius, y + radius, 0)));
  }

  private static List<SceneFrame> frames() {
    List<SceneFrame> frames = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      frames.add(frame(i));
    }
    return frames;
  }

  private static SceneSource source() {
    return source(Patches.NONE, 1);
  }

  private static SceneSource source(Patches patches, int kinds) {
    return new SceneSource(
        "discs",
        frames(),
        List.of(),
        List.of(),
        patches,
        new SceneSettings(64, 128, 0.7, 0, 0.9, 1.1, 2, 0, 7, 20, 0.3, 0, 0.5, 0.1, 0.3, 4, false),
        Augmentation.none(),
        IntStream.range(0, kinds).toArray(),
        () ->
            new TrainingSource.Judge() {
              @Override
              public double clean(TrainableModel model) {
                return 0.5;
              }

              @Override
              public double robust(TrainableModel model) {
                return Double.NaN;
              }
            },
        Map.of());
  }

  private static TrainingPlan plan(int epochs) {
    return new TrainingPlan(
        epochs,
        16,
        0,
        new Optimisation(Optimisation.Kind.ADAMW, 1e-2, 0.05, 0.2, 0.9, 0.01, 5, 0),
        new ValidationPlan(epochs, 0, 1, 1, 0, 0),
        TrainingPlan.UNLIMITED,
        false,
        Duration.ZERO,
        1);
  }

  private static Trainer trainer(TrainableModel model, int epochs) {
    return trainer(model, epochs, source());
  }

  private static Trainer trainer(TrainableModel model, int epochs, SceneSource source) {
    return new Trainer(
        model,
        Parametrization.standardised(model),
        source.method(),
        source,
        plan(epochs),
        Map.of());
  }

  private static TrainableModel fresh() {
    return TfliteModels.openTrainable(TINY.learning(new ImageShape(64, 64, 3), 1), ENCODING);
  }

  /** Counts losses; stops after some steps if asked to. */
  private static final class Watch implements TrainingListener {
    private final int stopAfter;
    private int steps;
    final List<Double> losses = new ArrayList<>();

    Watch(int stopAfter) {
      this.stopAfter = stopAfter;
    }

    @Override
    public void step(Progress progress) {
      steps++;
    }

    @Override
    public void epoch(EpochFigures figures) {
      losses.add(figures.loss());
    }

    @Override
    public void note(String text) {}

    @Override
    public boolean cancelled() {
      return steps >= stopAfter;
    }
  }

  @Test
  void itLearnsAndItsFilesSayTheSame() {
    try (TrainableModel model = fresh()) {
      Watch watch = new Watch(Integer.MAX_VALUE);
      trainer(model, 14).train(watch);

      assertThat(watch.losses.get(13)).isLessThan(watch.losses.get(0) / 3);
      byte[] file = TINY.using(model.file());
      QuantizedModel integers =
          DetectorQuantizer.quantize(file, ENCODING, n -> frame(n % 24).rgb(), 24);
      int found = 0;
      try (TfLiteModel used = TfLiteModel.load("tiny", file, RuntimeOptions.defaults());
          TfLiteModel small =
              TfLiteModel.load("tiny-int8", integers.file(), RuntimeOptions.defaults())) {
        for (int n = 100; n < 110; n++) {
          SceneFrame frame = frame(n);
          float[] heat = heat(used, frame);
          float[] coarse = integerHeat(small, frame);
          int best = best(heat);
          SceneSign sign = frame.signs().get(0);
          double x = 4 * (best % 24 + 0.5);
          int row = best / 24;
          double y = 4 * (row + 0.5);
          found +=
              x > sign.left() && x < sign.right() && y > sign.top() && y < sign.bottom() ? 1 : 0;
          assertThat(coarse[best]).isCloseTo(heat[best], within(0.25f));
        }
      }
      assertThat(found).isGreaterThanOrEqualTo(9);
    }
  }

  /** A detector of signs learns a further kind: prints that are stuck onto them. */
  @Test
  void itLearnsToReportPatchesAndStillFindsWhatTheyAreStuckOn() {
    byte[] signs;
    try (TrainableModel model = fresh()) {
      trainer(model, 10).train(new Watch(Integer.MAX_VALUE));
      signs = TINY.using(model.file());
    }
    DetectorArchitecture two = TINY.withKinds(2);
    Patches patches = new Patches(List.of(print()), 1);
    ImageShape crop = new ImageShape(64, 64, 3);
    try (TrainableModel model = TfliteModels.openTrainable(two.learning(crop, signs), ENCODING)) {
      trainer(model, 90, source(patches, 2)).train(new Watch(Integer.MAX_VALUE));
      int found = 0;
      int told = 0;
      int invented = 0;
      try (TfLiteModel used =
          TfLiteModel.load("two", two.using(model.file()), RuntimeOptions.defaults())) {
        for (int n = 100; n < 120; n++) {
          SceneFrame clean = frame(n);
          SceneSign sign = clean.signs().get(0);
          float[][] before = heats(used, clean);
          float[][] after = heats(used, patched(clean));
          found += isOn(sign, best(after[0])) ? 1 : 0;
          told += isOn(sign, best(after[1])) && after[1][best(after[1])] > 0.4 ? 1 : 0;
          invented += before[1][best(before[1])] > 0.4 ? 1 : 0;
        }
      }
      assertThat(found).isGreaterThanOrEqualTo(17);
      assertThat(told).isGreaterThanOrEqualTo(17);
      assertThat(invented).isLessThanOrEqualTo(2);
    }
  }

  private static boolean isOn(SceneSign sign, int cell) {
    double x = 4 * (cell % 24 + 0.5);
    int row = cell / 24;
    double y = 4 * (row + 0.5);
    return x > sign.left() && x < sign.right() && y > sign.top() && y < sign.bottom();
  }

  /** Blue and yellow squares. */
  private static Image print() {
    byte[] rgb = new byte[3 * 4 * 4];
    for (int i = 0; i < 16; i++) {
      boolean blue = (i % 4 + i / 4) % 2 == 0;
      rgb[3 * i] = blue ? 0 : (byte) 255;
      rgb[3 * i + 1] = blue ? 0 : (byte) 230;
      rgb[3 * i + 2] = blue ? (byte) 255 : 0;
    }
    return Image.of(4, 4, rgb);
  }

  /** A print of 16 % of the disc's box in its middle. */
  private static SceneFrame patched(SceneFrame frame) {
    byte[] rgb = frame.rgb().clone();
    SceneSign sign = frame.signs().get(0);
    Image print = print();
    double side = 0.4 * (sign.right() - sign.left());
    double left = (sign.left() + sign.right() - side) / 2;
    double top = (sign.top() + sign.bottom() - side) / 2;
    for (int y = (int) top; y < top + side; y++) {
      for (int x = (int) left; x < left + side; x++) {
        int column = (int) Math.max(0, Math.min(3, (x + 0.5 - left) / side * 4));
        int row = (int) Math.max(0, Math.min(3, (y + 0.5 - top) / side * 4));
        System.arraycopy(print.data(), print.index(column, row), rgb, 3 * (96 * y + x), 3);
      }
    }
    return new SceneFrame(frame.name(), 96, 64, rgb, frame.signs());
  }

  /** A heat map a kind. */
  private static float[][] heats(TfLiteModel model, SceneFrame frame) {
    for (int i = 0; i < frame.rgb().length; i++) {
      model.input(0).putFloat(4 * i, (float) ENCODING.real(frame.rgb()[i] & 0xff, i % 3));
    }
    model.invoke();
    float[][] heats = new float[2][24 * 16];
    for (int i = 0; i < 2 * 24 * 16; i++) {
      heats[i % 2][i / 2] = model.output(0).getFloat(4 * i);
    }
    return heats;
  }

  /** A crop of the learning graph and a frame of the finished file: the same numbers. */
  @Test
  void theFinishedFileComputesWhatWasLearnt() {
    DetectorArchitecture square = TINY.with(new ImageShape(64, 64, 3));
    byte[] learning = square.learning(new ImageShape(64, 64, 3), 9);
    float[] image = new float[64 * 64 * 3];
    RandomStream random = new RandomStream(2);
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble();
    }
    try (TrainableModel model = TfliteModels.openTrainable(learning, ENCODING);
        TfLiteModel used =
            TfLiteModel.load("tiny", square.using(learning), RuntimeOptions.defaults())) {
      float[] raw = new float[model.classes()];
      model.logits(image, 1, raw);
      for (int i = 0; i < image.length; i++) {
        used.input(0).putFloat(4 * i, 2 * image[i] - 1);
      }
      used.invoke();
      for (int p = 0; p < 16 * 16; p++) {
        assertThat((double) used.output(0).getFloat(4 * p))
            .isCloseTo(1 / (1 + Math.exp(-raw[5 * p])), within(1e-4));
        assertThat(used.output(1).getFloat(16 * p + 8)).isCloseTo(raw[5 * p + 3], within(1e-3f));
      }
    }
  }

  @Test
  void killedAndResumedItEndsWithTheSameBits() {
    float[] straight;
    float[] resumed;
    try (TrainableModel model = fresh()) {
      trainer(model, 2).train(new Watch(Integer.MAX_VALUE));
      straight = new float[model.weights()];
      model.read(straight);
    }
    Path checkpoint = folder.resolve("checkpoint");
    try (TrainableModel model = fresh()) {
      trainer(model, 2).train(checkpoint, false, new Watch(5));
    }
    try (TrainableModel model = fresh()) {
      trainer(model, 2).train(checkpoint, true, new Watch(Integer.MAX_VALUE));
      resumed = new float[model.weights()];
      model.read(resumed);
    }
    assertThat(resumed).isEqualTo(straight);
  }

  private static float[] heat(TfLiteModel model, SceneFrame frame) {
    for (int i = 0; i < frame.rgb().length; i++) {
      model.input(0).putFloat(4 * i, (float) ENCODING.real(frame.rgb()[i] & 0xff, i % 3));
    }
    model.invoke();
    float[] heat = new float[24 * 16];
    model.output(0).asFloatBuffer().get(heat);
    return heat;
  }

  private static float[] integerHeat(TfLiteModel model, SceneFrame frame) {
    double scale = model.inputs().get(0).scale();
    int zero = model.inputs().get(0).zeroPoint();
    for (int i = 0; i < frame.rgb().length; i++) {
      long stored = Math.round(ENCODING.real(frame.rgb()[i] & 0xff, i % 3) / scale) + zero;
      model.input(0).put(i, (byte) Math.max(0, Math.min(255, stored)));
    }
    model.invoke();
    float[] heat = new float[24 * 16];
    for (int i = 0; i < heat.length; i++) {
      heat[i] =
          (float)
              (model.outputs().get(0).scale()
                  * ((model.output(0).get(i) & 0xff) - model.outputs().get(0).zeroPoint()));
    }
    return heat;
  }

  private static int best(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
