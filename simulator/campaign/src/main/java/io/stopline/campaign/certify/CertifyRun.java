package io.stopline.campaign.certify;

import io.stopline.campaign.certify.CertifyRunner.Keeping;
import io.stopline.campaign.model.LocalScoresModel;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.CertifiedFrame;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.SmoothedInput;
import io.stopline.evaluation.certificate.SmoothingResult;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.robustness.Fallacy;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.sdk.certificate.Groups;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One model certified over data: figures, curves, pictures, and what they say.
 *
 * @param notes what a reader must know of this run
 * @param broken certified inputs that an attack broke: faults
 * @param claim what a certificate says, for people
 * @param limits what it does not say
 * @param counting what the rows count, and at which threshold
 */
public record CertifyRun(
    List<CertificateResult> results,
    List<Plot> curves,
    List<WorstExample> examples,
    List<String> notes,
    int broken,
    String claim,
    List<String> limits,
    List<String> counting) {

  public CertifyRun {
    results = List.copyOf(results);
    curves = List.copyOf(curves);
    examples = List.copyOf(examples);
    notes = List.copyOf(notes);
    limits = List.copyOf(limits);
    counting = List.copyOf(counting);
  }

  /**
   * Certifies a model.
   *
   * @param folder where finished inputs are kept; null to keep nothing
   * @param share told the share of the work that is done, 0..1
   * @throws IllegalArgumentException if the method does not fit the model; names it, and a cure
   */
  public static CertifyRun of(
      ModelReading model,
      CertifyPlan plan,
      CertifyInputs inputs,
      List<String> classNames,
      @Nullable RunFolder folder,
      BooleanSupplier cancelled,
      DoubleConsumer share) {
    List<String> notes = new ArrayList<>();
    if (inputs.resized() > 0) {
      notes.add(
          "%d of %d images were resized to the model's %d×%d px; the certificates are about what came of it"
              .formatted(
                  inputs.resized(),
                  inputs.samples().size(),
                  inputs.inputs().shape().width(),
                  inputs.inputs().shape().height()));
    }
    Task task = new Task(model, plan, inputs, classNames, folder, cancelled, share, notes);
    if (plan.kind() instanceof CertifyPlan.Patches patches) {
      return task.patches(patches);
    } else if (plan.kind() instanceof CertifyPlan.Noise noise) {
      return task.noise(noise);
    } else if (plan.kind() instanceof CertifyPlan.Boxes boxes) {
      return BoundsRun.of(model, plan, boxes, inputs, folder, cancelled, share, notes);
    }
    throw new IllegalStateException("kind of certificate: " + plan.kind());
  }

  /** The runtime that certificates hold for. */
  public static String runtime() {
    return "%s, %s"
        .formatted(TfLiteModel.runtime(), String.join(", ", RuntimeOptions.defaults().delegates()));
  }

  /** What is said of broken certificates. */
  public static List<Fallacy> fallacies(int broken) {
    return broken == 0
        ? List.of()
        : List.of(
            new Fallacy(
                Rule.CERTIFICATE_BROKEN,
                "%d certified inputs were broken: a fault of Stopline, so no certificate of this report may be used; please report it with the command that repeats it"
                    .formatted(broken)));
  }

  /** What a run needs at hand. */
  private record Task(
      ModelReading model,
      CertifyPlan plan,
      CertifyInputs inputs,
      List<String> classNames,
      @Nullable RunFolder folder,
      BooleanSupplier cancelled,
      DoubleConsumer share,
      List<String> notes) {

    CertifyRun patches(CertifyPlan.Patches patches) {
      if (patches.windows()) {
        LocalScoresModel local = local();
        try (PatchCertifier certifier =
            new WindowCertifier(
                model.name(), local, plan.groups(), patches.sides(), patches.recovery())) {
          return patches(patches, certifier);
        }
      }
      try (TfliteBatchModel exact =
              TfliteBatchModel.open(model.name(), model.file(), model.encoding(), plan.threads());
          PatchCertifier certifier =
              new MaskCertifier(
                  exact, plan.groups(), patches.sides(), patches.masks(), patches.recovery())) {
        return patches(patches, certifier);
      }
    }

    private LocalScoresModel local() {
      try {
        return new LocalScoresModel(model.name(), model.file(), model.encoding());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage() + "; --method masks takes any classifier", e);
      }
    }

    private CertifyRun patches(CertifyPlan.Patches patches, PatchCertifier certifier) {
      double proofs = plan.attack() > 0 ? 0.5 : 1;
      long start = System.nanoTime();
      List<CertifiedFrame> frames =
          new CertifyRunner<>(
                  new Keeping<>(
                      model.name(), CertifiedFrame::id, CertifiedFrame::toJson, CertifiedFrame::of),
                  folder,
                  cancelled)
              .run(
                  inputs.inputs().ids(),
                  row -> prove(certifier, row),
                  part -> share.accept(proofs * part));
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %d inputs in %.1f s on this machine",
              model.name(),
              frames.size(),
              (System.nanoTime() - start) / 1e9));
      CertificateAttack attack =
          new CertificateAttack(model, certifier, plan, inputs, frames, cancelled);
      int broken = attack.run(patches.sides(), part -> share.accept(proofs + (1 - proofs) * part));
      PatchStudy study =
          PatchStudy.of(
              model.name(),
              certifier.method(),
              patches.sides(),
              plan.groups(),
              frames,
              inputs.inputs(),
              classNames,
              new PatchStudy.Judging(patches.statistics(), patches.falseAlarmRate()),
              attack::of,
              (row, level, side) ->
                  certifier.weakest(inputs.image(row), inputs.inputs().labels()[row], level, side),
              plan.seed());
      List<WorstExample> examples = new ArrayList<>(attack.fallen());
      examples.addAll(study.examples());
      return new CertifyRun(
          study.results(),
          study.curves(),
          examples,
          notes,
          broken,
          Claims.PATCH,
          Claims.patchLimits(patches.windows()),
          Claims.patchCounting(patches, study.results().stream().anyMatch(Claims::isOfTracks)));
    }

    private CertifiedFrame prove(PatchCertifier certifier, int row) {
      Sample sample = inputs.samples().get(row);
      int label = inputs.inputs().labels()[row];
      PatchCertifier.Proof proof = certifier.prove(inputs.image(row), label);
      return new CertifiedFrame(
          (int) inputs.inputs().ids()[row],
          sample.isTrackOfItsOwn() ? "" : sample.track(),
          sample.frame(),
          label,
          proof.named(),
          proof.inferences(),
          proof.margins());
    }

    CertifyRun noise(CertifyPlan.Noise noise) {
      List<CertificateResult> results = new ArrayList<>();
      List<Plot.Series> curves = new ArrayList<>();
      try (TfliteBatchModel exact =
          TfliteBatchModel.openAsShipped(
              model.name(), model.file(), model.encoding(), plan.threads())) {
        for (int s = 0; s < noise.sigmas().size() && !cancelled.getAsBoolean(); s++) {
          double sigma = noise.sigmas().get(s);
          int number = s;
          Smoothing smoothing =
              new Smoothing(
                  exact,
                  plan.groups(),
                  sigma,
                  noise.first(),
                  noise.samples(),
                  noise.alpha(),
                  plan.seed());
          long start = System.nanoTime();
          List<SmoothedInput> found =
              new CertifyRunner<>(
                      new Keeping<>(
                          model.name() + ", sigma " + sigma,
                          SmoothedInput::id,
                          SmoothedInput::toJson,
                          SmoothedInput::of),
                      folder,
                      cancelled)
                  .run(
                      inputs.inputs().ids(),
                      row ->
                          smoothing.certify(
                              inputs.inputs().ids()[row],
                              inputs.inputs().labels()[row],
                              inputs.image(row)),
                      part -> share.accept((number + part) / noise.sigmas().size()));
          double seconds = (System.nanoTime() - start) / 1e9;
          for (Map.Entry<Level, Groups> level : new TreeMap<>(plan.groups()).entrySet()) {
            List<Integer> of = level.getValue().of();
            SmoothingResult result =
                SmoothedInput.result(
                    model.name(),
                    level.getKey(),
                    sigma,
                    noise.samples(),
                    noise.alpha(),
                    found,
                    radii(sigma),
                    found.stream().filter(i -> of.get(i.named()).equals(of.get(i.label()))).count(),
                    seconds);
            results.add(result);
            curves.add(
                new Plot.Series(
                    "σ %s, %s level".formatted(sigma, level.getKey().id()),
                    curves.size(),
                    List.copyOf(result.byRadius().keySet()),
                    result.byRadius().values().stream().map(r -> r.value()).toList()));
          }
        }
      }
      double most = noise.sigmas().stream().mapToDouble(s -> 3 * s).max().orElse(1);
      Plot plot =
          new Plot(
              "%s: certified accuracy over the radius".formatted(model.name()),
              Plot.Axis.linear(
                  "radius in L2, pixels 0..1",
                  0,
                  most,
                  0,
                  v -> String.format(Locale.ROOT, "%.2f", v)),
              Plot.shares("certified accuracy"),
              Double.NaN,
              curves);
      return new CertifyRun(
          results,
          List.of(plot),
          List.of(),
          notes,
          0,
          Claims.SMOOTHING,
          Claims.smoothingLimits(),
          Claims.FRAMES);
    }

    /** Steps of half a standard deviation, as far as the copies can reach. */
    private static List<Double> radii(double sigma) {
      List<Double> radii = new ArrayList<>();
      for (int i = 0; i <= 6; i++) {
        radii.add(Math.rint(1e4 * sigma * i / 2) / 1e4);
      }
      return radii;
    }
  }
}
