package io.stopline.evaluation;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures a bundle on clean data. Every inspection gets its seed from the run's seed and the
 * input's number and takes all its passes, so the figures do not depend on threads or on time.
 */
public final class Evaluator {

  /** Separates the seeds of the promise's tracks from those of the split's inputs. */
  private static final long TRACK_STREAM = 1L << 40;

  /** An inspection costs about as much as this many plain runs of one model. */
  private static final long INSPECTION_WORK = 12;

  private final Bundle bundle;
  private final PolicyFile policy;
  private final RuntimeOptions options;
  private final int threads;
  private final long seed;

  /**
   * @param policy a policy of the bundle, calibrated
   * @param threads how many guards run side by side, at least 1
   * @param seed decides every draw
   */
  public Evaluator(Bundle bundle, PolicyFile policy, int threads, long seed) {
    this.bundle = bundle;
    this.policy = policy;
    this.options = RuntimeOptions.defaults();
    this.threads = threads;
    this.seed = seed;
  }

  /** Pieces of work that {@link #run} will report as done. */
  public long work(List<Sample> samples, List<Track> heldOut) {
    return samples.size() * (models().size() + INSPECTION_WORK)
        + (hasCascade(samples) ? samples.size() : 0)
        + heldOut.stream().mapToLong(t -> t.frames().size()).sum() * INSPECTION_WORK;
  }

  /**
   * Measures.
   *
   * @param samples of one split, at least one
   * @param heldOut tracks that no model saw and that are exchangeable with the calibration's; none
   *     or at least two
   * @param splits how many random splits of them check the promise
   * @param progress is told how many more pieces of work are done, from any thread
   * @throws UnusableDatasetException if a label or an image does not fit the models
   */
  public Evaluation run(
      List<Sample> samples, List<Track> heldOut, int splits, LongConsumer progress) {
    checkLabels(samples);
    int classes = bundle.labels(policy).size();
    int[] labels = samples.stream().mapToInt(Sample::label).toArray();
    List<String> members = policy.policy().members();
    float[][] sums = new float[samples.size()][classes];
    Map<String, Rate> models = new LinkedHashMap<>();
    for (String model : models()) {
      int[] found = classify(model, samples, members.contains(model) ? sums : null, progress);
      models.put(model, rate(samples, i -> found[i] == labels[i]));
    }
    int[] ensemble = Arrays.stream(sums).mapToInt(Evaluator::argMax).toArray();

    Verdict[] verdicts = new Verdict[samples.size()];
    ParallelWork.run(
        threads,
        samples.size(),
        () ->
            new GuardWorker() {
              @Override
              public void run(int i) {
                verdicts[i] =
                    guard()
                        .replay(
                            samples.get(i).image(),
                            RandomStream.derive(seed, i),
                            guard().passesPerInspection(),
                            new TrackState());
              }
            },
        () -> progress.accept(INSPECTION_WORK));
    long differences = 0;
    for (int i = 0; i < verdicts.length; i++) {
      CascadeStep step = verdicts[i].cascade();
      boolean byAll = step == null || step.stage() == 1;
      if (byAll && verdicts[i].label() >= 0 && verdicts[i].label() != ensemble[i]) {
        differences++;
      }
    }
    ReleaseFigures.Count releases = new ReleaseFigures.Count(heldOut.size());
    PromiseCheck promise = checkPromise(heldOut, splits, releases, progress);
    return new Evaluation(
        models,
        members,
        rate(samples, i -> ensemble[i] == labels[i]),
        rate(
            samples,
            i -> verdicts[i].decision() == Decision.ACCEPT && verdicts[i].label() == labels[i]),
        rate(samples, i -> verdicts[i].decision() != Decision.ACCEPT),
        rate(samples, i -> verdicts[i].decision() == Decision.ABSTAIN),
        rate(samples, i -> verdicts[i].decision() == Decision.NO_SIGN),
        differences,
        promise,
        cascade(samples, progress),
        promise == null || policy.policy().track().release() == null ? null : releases.figures());
  }

  private boolean hasCascade(List<Sample> samples) {
    return policy.policy().cascade() != null && samples.stream().allMatch(Sample::hasTrack);
  }

  private @Nullable CascadeFigures cascade(List<Sample> samples, LongConsumer progress) {
    if (!hasCascade(samples)) {
      return null;
    }
    Map<String, List<Sample>> byTrack = new LinkedHashMap<>();
    for (Sample sample : samples) {
      byTrack.computeIfAbsent(sample.track(), t -> new ArrayList<>()).add(sample);
    }
    List<Track> tracks =
        byTrack.entrySet().stream()
            .map(e -> new Track(e.getKey(), e.getValue().get(0).label(), "", false, e.getValue()))
            .toList();
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle, policy.policy().name(), options, InspectionSeeds.reproducible(seed))) {
      return CascadeStudy.run(ready.guard(), tracks, seed, () -> progress.accept(1));
    }
  }

  /** The members in the policy's order, then the bundle's other models of the same classes. */
  private List<String> models() {
    // In this order, because the order of a float sum decides its last bit.
    List<String> order = new ArrayList<>(policy.policy().members());
    String labels = bundle.model(order.get(0)).labels();
    bundle.models().values().stream()
        .filter(m -> !m.isDetector() && m.labels().equals(labels))
        .map(ModelManifest::name)
        .filter(name -> !order.contains(name))
        .forEach(order::add);
    return order;
  }

  private void checkLabels(List<Sample> samples) {
    int classes = bundle.labels(policy).size();
    for (Sample sample : samples) {
      if (sample.label() >= classes) {
        throw new UnusableDatasetException(
            "'%s' is of class %d, but the models of bundle '%s' know classes 0..%d; use data of the same classes"
                .formatted(sample.file(), sample.label(), bundle.name(), classes - 1));
      }
    }
  }

  /** Labels by the largest raw output; adds the probabilities to {@code sums} if given. */
  private int[] classify(
      String model, List<Sample> samples, float @Nullable [][] sums, LongConsumer progress) {
    int[] found = new int[samples.size()];
    ParallelWork.run(
        threads,
        samples.size(),
        () -> {
          LoadedClassifier loaded = GuardFactory.open(bundle, model, options);
          Classifier classifier = loaded.classifier();
          TransformRenderer renderer =
              new TransformRenderer(
                  TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
          float[] probabilities = new float[classifier.classes()];
          return new ParallelWork.Worker() {
            @Override
            public void run(int i) {
              renderer.render(samples.get(i).image(), 0, classifier.input());
              classifier.classify(probabilities);
              found[i] = argMax(probabilities);
              if (sums != null) {
                for (int c = 0; c < probabilities.length; c++) {
                  sums[i][c] += probabilities[c];
                }
              }
            }

            @Override
            public void close() {
              loaded.close();
            }
          };
        },
        () -> progress.accept(1));
    return found;
  }

  /** The first of the largest, as NumPy has it. */
  private static int argMax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private @Nullable PromiseCheck checkPromise(
      List<Track> heldOut, int splits, ReleaseFigures.Count releases, LongConsumer progress) {
    if (heldOut.size() < 2) {
      return null;
    }
    double[] scores = new double[heldOut.size()];
    ParallelWork.run(
        threads,
        heldOut.size(),
        () ->
            new GuardWorker() {
              @Override
              public void run(int t) {
                TrackState track = new TrackState();
                List<Sample> frames = heldOut.get(t).frames();
                for (int f = 0; f < frames.size(); f++) {
                  long frameSeed = RandomStream.derive(seed, TRACK_STREAM + 10_000L * t + f);
                  guard()
                      .replay(
                          frames.get(f).image(), frameSeed, guard().passesPerInspection(), track);
                  releases.see(t, track, heldOut.get(t).label());
                  progress.accept(INSPECTION_WORK);
                }
                scores[t] = track.score();
              }
            },
        () -> {});
    return PromiseCheck.run(
        scores, policy.policy().falseAlarmRate(), policy.policy().track().promise(), splits, seed);
  }

  private interface Hit {
    boolean of(int sample);
  }

  /** A rate over inputs; where their tracks are known, with an interval by resampling tracks. */
  private Rate rate(List<Sample> samples, Hit hit) {
    if (!samples.stream().allMatch(Sample::hasTrack)) {
      long hits = 0;
      for (int i = 0; i < samples.size(); i++) {
        hits += hit.of(i) ? 1 : 0;
      }
      return Rate.of(hits, samples.size());
    }
    Map<String, int[]> byTrack = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      int[] counts = byTrack.computeIfAbsent(samples.get(i).track(), t -> new int[2]);
      counts[0] += hit.of(i) ? 1 : 0;
      counts[1]++;
    }
    return TrackBootstrap.rate(
        byTrack.values().stream().mapToInt(c -> c[0]).toArray(),
        byTrack.values().stream().mapToInt(c -> c[1]).toArray(),
        seed);
  }

  /** A guard of its own for one thread. */
  private abstract class GuardWorker implements ParallelWork.Worker {
    private final ReadyGuard ready =
        GuardFactory.create(
            bundle, policy.policy().name(), options, InspectionSeeds.reproducible(seed));

    final Guard guard() {
      return ready.guard();
    }

    @Override
    public void close() {
      ready.close();
    }
  }
}
