package io.stopline.autodiff;

import io.stopline.evaluation.PackedDataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * Makes the defensively distilled model that the fallacy guard is tried on (Papernot et al. 2016):
 * a student learns a teacher's soft labels at temperature T and is deployed at 1, so that its
 * logits are T times too far apart and the gradients of its cross-entropy vanish. Run by name and
 * with {@code -Dstopline.distil.out=FILE}; no part of a build.
 */
final class DistilledModelMaker {
  private static final double TEMPERATURE = 100;
  private static final double LEARNING_RATE = 1e-3;
  private static final int BATCH = 64;
  private static final int EVERY = 3;
  private static final int EPOCHS = Integer.getInteger("stopline.distil.epochs", 3);
  private static final long SEED = 11;

  /** Layers from the end whose weights start anew. */
  private static final int ANEW = 4;

  @Test
  @EnabledIfSystemProperty(named = "stopline.distil.out", matches = ".+")
  void make() throws IOException {
    byte[] teacher = SharedData.file("models/mobile-float32.tflite");
    Path out = Path.of(System.getProperty("stopline.distil.out"));
    List<Sample> samples = new ArrayList<>();
    for (Sample sample :
        PackedDataset.read(SharedData.path("data/gtsrb")).split("train").samples()) {
      // Neighbouring frames of a track are nearly the same.
      if (sample.frame() % EVERY == 0) {
        samples.add(sample);
      }
    }
    train(teacher, samples, out);
  }

  private static void train(byte[] teacherFile, List<Sample> samples, Path out) throws IOException {
    Random random = new Random(SEED);
    byte[] fresh = student(teacherFile, random);
    int steps = EPOCHS * (samples.size() / BATCH);
    int step = 0;
    // The starting model is what training at temperature T with logits T times as large gives.
    try (DifferentiableModel teacher = TfliteModels.open(teacherFile, InputEncoding.UNIT);
        TrainableModel student = TfliteModels.openTrainable(fresh, InputEncoding.UNIT)) {
      int size = student.shape().size();
      int classes = student.classes();
      float[] images = new float[BATCH * size];
      float[] soft = new float[BATCH * classes];
      float[] cotangent = new float[BATCH * classes];
      for (int epoch = 0; epoch < EPOCHS; epoch++) {
        Collections.shuffle(samples, random);
        double loss = 0;
        int agree = 0;
        int batches = samples.size() / BATCH;
        for (int b = 0; b < batches; b++) {
          fill(samples.subList(b * BATCH, (b + 1) * BATCH), images, size);
          teacher.logits(images, BATCH, soft);
          double[] labels = Reference.softmax(soft, classes);
          float[] logits = student.forward(images, BATCH);
          for (int i = 0; i < logits.length; i++) {
            cotangent[i] = (float) (logits[i] / TEMPERATURE);
          }
          double[] softened = Reference.softmax(cotangent, classes);
          for (int n = 0; n < BATCH; n++) {
            agree += first(labels, n, classes) == first(softened, n, classes) ? 1 : 0;
          }
          for (int i = 0; i < cotangent.length; i++) {
            loss -= labels[i] * Math.log(Math.max(softened[i], 1e-30)) / BATCH;
            cotangent[i] = (float) ((softened[i] - labels[i]) / TEMPERATURE / BATCH);
          }
          double rate = LEARNING_RATE * 0.5 * (1 + Math.cos(Math.PI * step++ / steps));
          student.step(cotangent, rate);
          if ((b + 1) % 20 == 0 || b + 1 == batches) {
            Files.write(out, student.file());
            System.out.printf(
                "epoch %d, batch %d of %d: cross-entropy at T %.3f, agrees with teacher %.3f%n",
                epoch, b + 1, batches, loss / (b + 1), (double) agree / BATCH / (b + 1));
          }
        }
      }
      Files.write(out, student.file());
    }
  }

  private static int first(double[] scores, int n, int classes) {
    int first = 0;
    for (int k = 1; k < classes; k++) {
      first = scores[n * classes + k] > scores[n * classes + first] ? k : first;
    }
    return first;
  }

  /**
   * The teacher's graph; its last layers start from drawn weights, the logits' T times as large.
   */
  private static byte[] student(byte[] teacher, Random random) {
    TfliteFile file = new TfliteFile(teacher);
    int left = ANEW;
    for (int s = file.steps().size() - 1; s >= 0 && left > 0; s--) {
      TfliteFile.Step step = file.steps().get(s);
      boolean last = step.builtin() == BuiltinOperator.FULLY_CONNECTED;
      boolean depthwise = step.builtin() == BuiltinOperator.DEPTHWISE_CONV_2D;
      if (!last && !depthwise && step.builtin() != BuiltinOperator.CONV_2D) {
        continue;
      }
      left--;
      List<Integer> shape = file.tensors().get(step.inputs().get(1)).shape();
      int outputs = depthwise ? shape.get(3) : shape.get(0);
      int values = file.tensors().get(step.inputs().get(1)).elements();
      double deviation =
          Math.sqrt((last ? 1.0 : 2.0) * outputs / values) * (last ? TEMPERATURE : 1);
      ByteBuffer weights = file.data(file.tensors().get(step.inputs().get(1)));
      for (int i = 0; i < values; i++) {
        weights.putFloat(4 * i, (float) (deviation * random.nextGaussian()));
      }
      ByteBuffer bias = file.data(file.tensors().get(step.inputs().get(2)));
      for (int i = 0; i < outputs; i++) {
        bias.putFloat(4 * i, 0);
      }
    }
    return file.bytes();
  }

  private static void fill(List<Sample> samples, float[] images, int size) {
    int at = 0;
    for (Sample sample : samples) {
      Image image = sample.image();
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          int pixel = image.index(x, y);
          for (int c = 0; c < 3; c++) {
            images[at++] = (image.data()[pixel + c] & 0xff) / 255f;
          }
        }
      }
    }
    if (at != samples.size() * size) {
      throw new IllegalStateException("images of another size than the model's");
    }
  }
}
