package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.Numbers.Doubles;
import io.stopline.autodiff.Numbers.Floats;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A {@code .tflite} detector rebuilt on PyTorch up to its candidates. */
final class TfliteDetector implements DifferentiableDetector {

  /** How far the logistic of a traced score may be from the probability that the file gives. */
  private static final double TOLERANCE = 1e-3;

  /** Probabilities nearer to 0 or 1 have no logits in single precision. */
  private static final double LEAST = 1e-7;

  private static final long PROBE_SEED = 1;

  private final DetectorReading reading;
  private final Network network;
  private final int boxValues;
  private final int scoreValues;

  TfliteDetector(
      TfliteFile file, InputEncoding encoding, DetectorFormat format, DataType precision) {
    Network.Input input = input(file);
    boolean logits =
        (format instanceof DetectorFormat.Yolo y && y.scores() == Scores.LOGITS)
            || (format instanceof DetectorFormat.AnchoredBoxes a && a.scores() == Scores.LOGITS);
    ScoreTrace trace = null;
    if (!logits) {
      NDManager manager = PyTorch.get().newManager();
      DetectorReading probed = reading(file, format, input, manager, precision);
      trace = ScoreTrace.of(file, probed.scoreTensor());
      if (!tells(trace, probed, input, encoding, manager)) {
        trace = null;
      }
    }
    NDManager manager = PyTorch.get().newManager();
    this.reading = reading(file, format, input, manager, precision);
    this.boxValues = 4 * reading.candidates();
    this.scoreValues = reading.labels() * reading.candidates();
    ScoreTrace found = trace;
    double least = Math.max(LEAST, 0.5 * step(file.tensors().get(reading.scoreTensor())));
    this.network =
        new Network(
            found == null ? file : found.file(),
            manager,
            input,
            encoding,
            precision,
            List.of(reading.boxTensor(), found == null ? reading.scoreTensor() : found.tensor()),
            boxValues + scoreValues,
            (tensors, images) -> {
              List<NDArray> factors = reading.scores(tensors.get(1), images);
              NDArray scores =
                  logits || found != null
                      ? DetectorReading.logits(factors)
                      : DetectorReading.odds(factors, least);
              return reading
                  .boxes(tensors.get(0), images)
                  .reshape(images, boxValues)
                  .concat(scores.reshape(images, scoreValues), 1);
            });
  }

  private static Network.Input input(TfliteFile file) {
    if (file.inputs().size() != 1) {
      throw new UnusableModelException(
          "the model has %d inputs; a detector takes one image".formatted(file.inputs().size()));
    }
    Tensor images = file.tensors().get(file.inputs().get(0));
    if (!ImageLayout.isOne(images.shape())) {
      throw new UnusableModelException(
          "the model's input is %s; a detector takes one image, 1×H×W×3"
              .formatted(images.describe()));
    }
    ImageLayout layout = ImageLayout.of(images.shape());
    return new Network.Input(
        images.index(), new ImageShape(layout.height(), layout.width(), 3), layout);
  }

  private static DetectorReading reading(
      TfliteFile file,
      DetectorFormat format,
      Network.Input input,
      NDManager manager,
      DataType precision) {
    try {
      return DetectorReading.of(file, format, input.shape(), manager, precision);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** What one stored step of a tensor means; 0 for real numbers. */
  private static double step(Tensor tensor) {
    return tensor.quantization().present() ? tensor.quantization().scales().get(0) : 0;
  }

  /** Whether the logistic of the traced scores is what the file gives, for a picture of noise. */
  private static boolean tells(
      ScoreTrace trace,
      DetectorReading reading,
      Network.Input input,
      InputEncoding encoding,
      NDManager manager) {
    if (!trace.found()) {
      manager.close();
      return false;
    }
    Tensor tensor = trace.file().tensors().get(reading.scoreTensor());
    float[] image = new float[input.shape().size()];
    Random random = new Random(PROBE_SEED);
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    int values = reading.candidates() * reading.scoreColumns();
    float[] both = new float[2 * values];
    try (Network network =
        new Network(
            trace.file(),
            manager,
            input,
            encoding,
            DataType.FLOAT32,
            List.of(reading.scoreTensor(), trace.tensor()),
            both.length,
            (tensors, images) ->
                parts(reading, tensors.get(0), images)
                    .concat(parts(reading, tensors.get(1), images), 1))) {
      network.values(new Floats(image), 1, new Floats(both));
    }
    double tolerance = TOLERANCE + 1.01 * step(tensor);
    for (int i = 0; i < values; i++) {
      double probability = 1 / (1 + Math.exp(-both[values + i]));
      if (!(Math.abs(probability - both[i]) <= tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static NDArray parts(DetectorReading reading, NDArray tensor, int images) {
    List<NDArray> flat = new ArrayList<>();
    for (NDArray part : reading.scores(tensor, images)) {
      flat.add(part.reshape(images, -1));
    }
    NDArray all = flat.get(0);
    for (NDArray part : flat.subList(1, flat.size())) {
      all = all.concat(part, 1);
    }
    return all;
  }

  @Override
  public ImageShape shape() {
    return network.shape();
  }

  @Override
  public int candidates() {
    return reading.candidates();
  }

  @Override
  public int labels() {
    return reading.labels();
  }

  @Override
  public int firstLabel() {
    return reading.firstLabel();
  }

  @Override
  public boolean votes() {
    return reading.votes();
  }

  @Override
  public int largestBatch() {
    return network.largestBatch();
  }

  @Override
  public Recording record(float[] images, int count) {
    network.check(images.length, count);
    int row = boxValues + scoreValues;
    float[] values = new float[count * row];
    Network.Recording recording = network.record(new Floats(images), count, new Floats(values));
    float[] boxes = new float[count * boxValues];
    float[] scores = new float[count * scoreValues];
    for (int n = 0; n < count; n++) {
      System.arraycopy(values, n * row, boxes, n * boxValues, boxValues);
      System.arraycopy(values, n * row + boxValues, scores, n * scoreValues, scoreValues);
    }
    return new Recording() {
      @Override
      public float[] boxes() {
        return boxes;
      }

      @Override
      public float[] scores() {
        return scores;
      }

      @Override
      public void backward(float[] boxCotangent, float[] scoreCotangent, float[] gradient) {
        Network.checkLength("boxCotangent", boxCotangent.length, boxes.length);
        Network.checkLength("scoreCotangent", scoreCotangent.length, scores.length);
        Network.checkLength("gradient", gradient.length, count * shape().size());
        float[] cotangent = new float[count * row];
        for (int n = 0; n < count; n++) {
          System.arraycopy(boxCotangent, n * boxValues, cotangent, n * row, boxValues);
          System.arraycopy(
              scoreCotangent, n * scoreValues, cotangent, n * row + boxValues, scoreValues);
        }
        recording.backward(new Floats(cotangent), new Floats(gradient));
      }

      @Override
      public void close() {
        recording.close();
      }
    };
  }

  /** Rows of boxes, then scores, for a detector in double precision. */
  void values(double[] images, int count, double[] values) {
    network.values(new Doubles(images), count, new Doubles(values));
  }

  /** The same and one gradient. */
  void gradient(
      double[] images, int count, double[] cotangent, double[] values, double[] gradient) {
    try (Network.Recording recording =
        network.record(new Doubles(images), count, new Doubles(values))) {
      recording.backward(new Doubles(cotangent), new Doubles(gradient));
    }
  }

  /** Arrays that the detector holds in the engine, for tests of leaks. */
  int arrays() {
    return network.arrays();
  }

  @Override
  public void close() {
    network.close();
  }
}
