package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.testing.SharedFiles;
import io.stopline.training.method.Standard;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the preparation of a batch and the optimiser cost beside the cheapest step there is,
 * standard training of the smallest shipped architecture; in processor time, which other programs
 * do not stretch as they stretch the clock. For docs/training; not part of the build.
 */
@EnabledIfSystemProperty(
    named = "stopline.measure",
    matches = "true",
    disabledReason = "a measurement for the documentation; -Dstopline.measure=true runs it")
final class BatchCostTest {

  private static final int BATCH = 128;

  /** Rounds until the virtual machine has compiled what is measured, and rounds measured. */
  private static final int WARM = 60;

  private static final int MEASURED = 40;
  private static final int STEPS = 6;

  @Test
  void preparingABatchIsCheapBesideAStep() {
    byte[] file = SharedFiles.bytes("models/mobile-float32.tflite");
    LabelledImages images;
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT);
        TrainingMethod method = new Standard(0)) {
      images = LabelledImages.of(TinyTask.samples(64, 1), model.shape());
      double strong = render(Augmentation.strong(), images);
      double mild = render(Augmentation.mild(), images);
      Batch batch = batch(images, model);
      float[] gradient = new float[model.weights()];
      double step = 0;
      for (int s = -STEPS; s < STEPS; s++) {
        long start = processNanos();
        method.gradient(model, batch, new RandomStream(s), gradient);
        step += s < 0 ? 0 : (processNanos() - start) / 1e6 / STEPS;
      }
      double optimiser = optimiser(model, gradient);
      System.out.printf(
          Locale.ROOT,
          "processor time a batch of %d: augmentation strong %.1f ms, mild %.1f ms; optimiser, average and standardisation %.1f ms; standard step of mobile %.1f ms%n",
          BATCH,
          strong,
          mild,
          optimiser,
          step);
      assertThat(strong).isLessThan(step / 4);
      assertThat(optimiser).isLessThan(step / 4);
    }
  }

  private static double render(Augmentation ranges, LabelledImages images) {
    Augmenter augmenter = new Augmenter(ranges, images.shape());
    float[] out = new float[images.shape().size()];
    long start = 0;
    for (int round = -WARM; round < MEASURED; round++) {
      start = round == 0 ? threadNanos() : start;
      for (int i = 0; i < BATCH; i++) {
        augmenter.render(images.bytes(i % images.count()), round * BATCH + i, out, 0);
      }
    }
    return (threadNanos() - start) / 1e6 / MEASURED;
  }

  private static double optimiser(TrainableModel model, float[] gradient) {
    Parametrization parametrization = Parametrization.standardised(model);
    float[] weights = TinyTask.weights(model);
    float[] free = new float[parametrization.size()];
    float[] average = new float[free.length];
    float[] freeGradient = new float[free.length];
    parametrization.free(weights, free);
    Optimiser optimiser = new Optimiser(TrainingPlan.fresh().optimisation(), parametrization);
    long start = 0;
    for (int round = -WARM; round < MEASURED; round++) {
      start = round == 0 ? threadNanos() : start;
      parametrization.weights(free, weights);
      model.write(weights);
      parametrization.pullBack(free, gradient, freeGradient);
      optimiser.step(free, freeGradient, 1e-6, round + WARM);
      for (int i = 0; i < free.length; i++) {
        average[i] += 0.01f * (free[i] - average[i]);
      }
    }
    return (threadNanos() - start) / 1e6 / MEASURED;
  }

  private static Batch batch(LabelledImages images, TrainableModel model) {
    Batch batch =
        new Batch(new float[BATCH * model.shape().size()], new int[BATCH], new long[BATCH], BATCH);
    for (int i = 0; i < BATCH; i++) {
      images.read(i % images.count(), batch.images(), i);
      batch.labels()[i] = images.label(i % images.count());
    }
    return batch;
  }

  private static long threadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long processNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean bean
        ? bean.getProcessCpuTime()
        : 0;
  }
}
