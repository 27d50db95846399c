package io.stopline.studio.bench;

import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.evaluation.certificate.GroupTable;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.check.Probabilities;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the check certified-windows costs beside the inference whose map it reads, on rendered signs
 * and the labels that the model gives them. Both take turns in one process; medians leave out the
 * calls from which the machine took the processor away.
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

  /** px; what the shipped window net was trained for first. */
  private static final int USUAL_PATCH = 5;

  /** Time of the check over that of a bare inference of its model. */
  public double ratio() {
    return windowsMicros / singleMicros;
  }

  /**
   * Measures what each check certified-windows of a policy costs; of a policy without one, what it
   * would cost with the model and the groups that the bundle certifies.
   *
   * @param seconds how long each; warming up takes half as long more
   */
  public static List<WindowsTime> measure(
      Bundle bundle, GuardPolicy policy, long seed, int seconds) {
    List<WindowsTime> times = new ArrayList<>();
    for (String model : policy.models()) {
      for (GuardPolicy.CheckSetting.CertifiedWindows check : policy.windowsOf(model)) {
        times.add(measure(bundle, model, check.patchSide(), check.groups(), seed, seconds));
      }
    }
    Bundle.Certified certified = bundle.certified();
    if (times.isEmpty() && certified != null) {
      String model = certified.model();
      times.add(measure(bundle, model, USUAL_PATCH, groups(bundle, certified), seed, seconds));
    }
    return times;
  }

  private static Groups groups(Bundle bundle, Bundle.Certified certified) {
    List<String> labels = bundle.labels(bundle.model(certified.model()));
    Groups groups = GroupTable.of(bundle, certified.table(), labels.size());
    return groups == null ? Groups.single(labels) : groups;
  }

  private static WindowsTime measure(
      Bundle bundle, String member, int patchSide, Groups groups, long seed, int seconds) {
    byte[] file = bundle.modelBytes(member);
    byte[] readable = LocalScores.readable(member, file);
    LocalScores scores = LocalScores.of(member, readable);
    Windows windows = Windows.covering(member, scores, patchSide);
    RuntimeOptions options = RuntimeOptions.defaults();
    Samples ofWindows = new Samples();
    Samples ofBare = new Samples();
    Samples ofSingle = new Samples();
    try (TfLiteModel model = TfLiteModel.load(member, readable, options);
        TfLiteModel single = TfLiteModel.load(member, file, options)) {
      List<Sign> signs = signs(bundle, member, model, scores, seed);
      WindowScores judge = new WindowScores(windows, model.outputs().get(1), groups);
      ByteBuffer map = model.output(1);
      double sum = 0;
      long begin = System.nanoTime();
      boolean warm = false;
      for (int next = 0; System.nanoTime() - begin < seconds * 1_500_000_000L; next++) {
        if (!warm && System.nanoTime() - begin > seconds * 500_000_000L) {
          warm = true;
          ofWindows.clear();
          ofBare.clear();
          ofSingle.clear();
        }
        Sign sign = signs.get(next % signs.size());
        model.input(0).put(0, sign.input, 0, sign.input.length);
        single.input(0).put(0, sign.input, 0, sign.input.length);
        for (int i = 0; i < BATCH; i++) {
          ofSingle.add(time(single::invoke));
        }
        for (int i = 0; i < BATCH; i++) {
          ofBare.add(time(model::invoke));
        }
        for (int i = 0; i < BATCH; i++) {
          long start = System.nanoTime();
          judge.read(map);
          sum += judge.score(sign.label) + judge.margin(sign.label);
          ofWindows.add(System.nanoTime() - start);
        }
      }
      if (Double.isNaN(sum)) {
        throw new BenchmarkException("windows gave no scores", null);
      }
    }
    return new WindowsTime(
        member,
        patchSide,
        ofWindows.median() / 1000,
        ofBare.median() / 1000,
        ofSingle.median() / 1000);
  }

  private static long time(Runnable run) {
    long start = System.nanoTime();
    run.run();
    return System.nanoTime() - start;
  }

  /** What a model is given, and the label that it gives. */
  @SuppressWarnings("ArrayRecordComponent") // copied into the tensor, never compared
  private record Sign(byte[] input, int label) {}

  private static List<Sign> signs(
      Bundle bundle, String member, TfLiteModel model, LocalScores scores, long seed) {
    ModelManifest manifest = bundle.model(member);
    if (!(manifest.output() instanceof ModelManifest.Output.Classes classes)) {
      throw new IllegalStateException("model '%s' is no classifier".formatted(member));
    }
    // Not closed: it would close the model, which is the caller's.
    Classifier classifier =
        new Classifier(member, manifest.sha256(), model, manifest.input(), classes.kind(), scores);
    TransformRenderer view =
        new TransformRenderer(
            TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
    float[] probabilities = new float[classifier.classes()];
    List<Sign> signs = new ArrayList<>();
    for (Image sign : RenderedSigns.of(seed)) {
      view.render(sign, 0, classifier.input());
      classifier.classify(probabilities);
      byte[] input = new byte[model.input(0).capacity()];
      model.input(0).get(0, input);
      signs.add(new Sign(input, Probabilities.argmax(probabilities)));
    }
    return signs;
  }
}
