package io.stopline.autodiff;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prints what a pass costs, for docs/decisions/0007; not part of the build. Wall time is the best
 * of several rounds; processor time adds up all threads and suffers less from a busy machine.
 */
@EnabledIfSystemProperty(
    named = "stopline.measure",
    matches = "true",
    disabledReason = "a measurement for the documentation; -Dstopline.measure=true runs it")
final class EngineSpeedTest {
  private static final int[] BATCHES = {1, 16, 64, 256};
  private static final int ROUNDS = 7;
  private static final int IMAGES_A_ROUND = 256;

  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void costOfAPass(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
    try (DifferentiableModel model = TfliteModels.open(file, InputEncoding.UNIT)) {
      for (int batch : BATCHES) {
        float[] images = SharedData.photographs(batch, model.shape());
        float[] logits = new float[batch * model.classes()];
        float[] cotangent = new float[logits.length];
        float[] gradient = new float[images.length];
        Arrays.fill(cotangent, 1);
        double[] forward = best(batch, () -> model.logits(images, batch, logits));
        double[] both =
            best(
                batch,
                () -> {
                  try (DifferentiableModel.Recording recording = model.record(images, batch)) {
                    recording.backward(cotangent, gradient);
                  }
                });
        System.out.printf(
            Locale.ROOT,
            "%s, batch %d: forward %.2f (processor %.2f), with gradient %.2f (%.2f) ms an image%n",
            name,
            batch,
            forward[0],
            forward[1],
            both[0],
            both[1]);
      }
    }
  }

  /** A step of training, without the optimiser: forward and back to the weights. */
  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void costOfATrainingStep(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      int batch = 128;
      float[] images = SharedData.photographs(batch, model.shape());
      float[] cotangent = new float[batch * model.classes()];
      float[] pixels = new float[images.length];
      float[] gradient = new float[model.weights()];
      int[] labels = new int[batch];
      Arrays.fill(cotangent, 1);
      double[] attack =
          best(
              batch,
              () -> {
                try (DifferentiableModel.Recording recording = model.record(images, batch)) {
                  recording.backward(cotangent, pixels);
                }
              });
      double[] step =
          best(
              batch,
              () -> {
                try (TrainableModel.Training training = model.train(images, batch)) {
                  training.backward(cotangent, gradient, null);
                }
              });
      double[] bounds =
          best(
              batch,
              () -> {
                try (TrainableModel.Bounds box = model.bounds(images, images, labels, batch)) {
                  box.backward(cotangent, gradient);
                }
              });
      System.out.printf(
          Locale.ROOT,
          "%s, batch %d: to pixels %.2f (processor %.2f), to weights %.2f (%.2f), bounds to weights"
              + " %.2f (%.2f) ms an image%n",
          name,
          batch,
          attack[0],
          attack[1],
          step[0],
          step[1],
          bounds[0],
          bounds[1]);
    }
  }

  /** Wall and processor time, ms an image. */
  private static double[] best(int batch, Runnable pass) {
    double[] best = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    int passes = Math.max(1, IMAGES_A_ROUND / batch / (batch == 1 ? 4 : 1));
    for (int round = 0; round < ROUNDS; round++) {
      long wall = System.nanoTime();
      long processor = processorTime();
      for (int i = 0; i < passes; i++) {
        pass.run();
      }
      best[0] = Math.min(best[0], (System.nanoTime() - wall) / 1e6 / passes / batch);
      best[1] = Math.min(best[1], (processorTime() - processor) / 1e6 / passes / batch);
    }
    return best;
  }

  private static long processorTime() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getProcessCpuTime()
        : 0;
  }
}
