package io.stopline.studio.bench;

import io.stopline.config.Bundle;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;

/**
 * What the check certified-windows costs beside the inference whose map it reads. Both take turns
 * in one process; medians leave out the calls from which the machine took the processor away.
 *
 * @param model whose map is read
 * @param patchSide px of its input
 * @param windowsMicros to read the map, score a label and certify it
 * @param bareMicros one inference with the map as an output
 * @param singleMicros one inference of the file as it is
 */
public record WindowsTime(
    String model, int patchSide, double windowsMicros, double bareMicros, double singleMicros) {

  private static final int BATCH = 10;

  /** Time of the check over that of a bare inference of its model. */
  public double ratio() {
    return windowsMicros / singleMicros;
  }

  /**
   * Measures one.
   *
   * @param member name of the model
   * @param seconds how long; warming up takes half as long more
   */
  public static WindowsTime measure(
      Bundle bundle,
      String member,
      GuardPolicy.CheckSetting.CertifiedWindows check,
      long seed,
      int seconds) {
    byte[] file = bundle.modelBytes(member);
    byte[] readable = LocalScores.readable(member, file);
    LocalScores scores = LocalScores.of(member, readable);
    Windows windows = Windows.covering(member, scores, check.patchSide());
    RuntimeOptions options = RuntimeOptions.defaults();
    Samples ofWindows = new Samples();
    Samples ofBare = new Samples();
    Samples ofSingle = new Samples();
    try (TfLiteModel model = TfLiteModel.load(member, readable, options);
        TfLiteModel single = TfLiteModel.load(member, file, options)) {
      fill(model.input(0), model.inputs().get(0).type().bytes(), seed);
      single.input(0).put(0, model.input(0), 0, single.input(0).capacity());
      WindowScores judge = new WindowScores(windows, model.outputs().get(1), check.groups());
      ByteBuffer map = model.output(1);
      double sum = 0;
      long begin = System.nanoTime();
      boolean warm = false;
      while (System.nanoTime() - begin < seconds * 1_500_000_000L) {
        if (!warm && System.nanoTime() - begin > seconds * 500_000_000L) {
          warm = true;
          ofWindows.clear();
          ofBare.clear();
          ofSingle.clear();
        }
        for (int i = 0; i < BATCH; i++) {
          ofBare.add(time(model::invoke));
        }
        for (int i = 0; i < BATCH; i++) {
          ofSingle.add(time(single::invoke));
        }
        for (int i = 0; i < BATCH; i++) {
          long start = System.nanoTime();
          judge.read(map);
          sum += judge.score(i) + judge.margin(i);
          ofWindows.add(System.nanoTime() - start);
        }
      }
      if (Double.isNaN(sum)) {
        throw new BenchmarkException("windows gave no scores", null);
      }
    }
    return new WindowsTime(
        member,
        check.patchSide(),
        ofWindows.median() / 1000,
        ofBare.median() / 1000,
        ofSingle.median() / 1000);
  }

  private static long time(Runnable run) {
    long start = System.nanoTime();
    run.run();
    return System.nanoTime() - start;
  }

  private static void fill(ByteBuffer input, int bytes, long seed) {
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < input.capacity(); i += bytes) {
      if (bytes == Float.BYTES) {
        input.putFloat(i, (float) random.nextDouble());
      } else {
        input.put(i, (byte) random.nextInt(256));
      }
    }
  }
}
