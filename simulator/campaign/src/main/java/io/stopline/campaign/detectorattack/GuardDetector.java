package io.stopline.campaign.detectorattack;

import io.stopline.attacks.detection.CropView;
import io.stopline.attacks.detection.DetectionGoal;
import io.stopline.attacks.detection.DetectorTerm;
import io.stopline.attacks.detection.FrameView;
import io.stopline.attacks.detection.LossTerm;
import io.stopline.attacks.detection.WindowView;
import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.autodiff.TfliteModels;
import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One detector of a guard, beside its finder, as an attacker sees it. Belongs to one thread. */
final class GuardDetector implements AutoCloseable {

  /** Where any label of a witness shows the object, so many of them are silenced. */
  private static final int MOST_LABELS = 3;

  private final DifferentiableDetector detector;
  private final List<String> labels;
  private final FrameFit fit;
  private final double threshold;
  private final Map<String, List<String>> meanings;

  private GuardDetector(
      DifferentiableDetector detector,
      List<String> labels,
      FrameFit fit,
      double threshold,
      Map<String, List<String>> meanings) {
    this.detector = detector;
    this.labels = labels;
    this.fit = fit;
    this.threshold = Math.min(0.99, threshold);
    this.meanings = meanings;
  }

  /**
   * Opens it.
   *
   * @param threshold from which on it counts
   * @param meanings which of its labels show what the finder calls by a label; none: the same name,
   *     and where there is none of it any
   */
  static GuardDetector open(
      Bundle bundle, String name, double threshold, Map<String, List<String>> meanings) {
    ModelManifest manifest = bundle.model(name);
    if (!(manifest.output() instanceof ModelManifest.Output.Detections detections)) {
      throw new IllegalArgumentException(
          "model '%s' of bundle '%s' is no detector; a witness or a member that looks closer must be one"
              .formatted(name, bundle.name()));
    }
    return new GuardDetector(
        TfliteModels.openDetector(bundle.modelBytes(name), manifest.input(), detections.format()),
        bundle.labels(manifest),
        detections.format().fit(),
        threshold,
        meanings);
  }

  /** Its own labels that show what the finder calls so. */
  private List<Integer> shown(String finderLabel) {
    List<String> names =
        meanings.isEmpty() ? List.of(finderLabel) : meanings.getOrDefault(finderLabel, List.of());
    List<Integer> found = new ArrayList<>();
    names.stream().filter(labels::contains).forEach(n -> found.add(labels.indexOf(n)));
    if (found.isEmpty() && meanings.isEmpty()) {
      for (int i = 0; i < Math.min(MOST_LABELS, labels.size()); i++) {
        found.add(i);
      }
    }
    return found.stream()
        .filter(i -> i >= detector.firstLabel() && i < detector.firstLabel() + detector.labels())
        .toList();
  }

  /** What it is to see when it looks at the object and its surroundings, plain and in one view. */
  void near(
      Image frame,
      Region window,
      Region box,
      double margin,
      AttackGoal goal,
      String label,
      String wanted,
      List<TransformChain> views,
      List<LossTerm> into) {
    Region crop = DetectorProposer.surroundings(box, margin, frame.width(), frame.height());
    if (crop.intersectionOverUnion(window) == 0) {
      return;
    }
    List<TransformChain> chains = new ArrayList<>(List.of(TransformChain.identity()));
    views.stream().limit(1).forEach(chains::add);
    for (TransformChain chain : chains) {
      CropView view = new CropView(frame, window, crop, chain, detector.shape());
      for (DetectionGoal aim : aims(box, goal, label, wanted)) {
        into.add(term(view, window, aim));
      }
    }
  }

  /** What it is to see in the whole frame. Who only has to see something need not be misled. */
  void far(
      Image frame,
      Region window,
      Region box,
      AttackGoal goal,
      String label,
      String wanted,
      List<LossTerm> into) {
    if (goal != AttackGoal.MISLABEL) {
      FrameView view = new FrameView(frame, window, fit, detector.shape());
      aims(box, goal, label, wanted).forEach(aim -> into.add(term(view, window, aim)));
    }
  }

  private List<DetectionGoal> aims(Region box, AttackGoal goal, String label, String wanted) {
    List<Integer> to = wanted.isEmpty() ? List.of() : shown(wanted);
    return switch (goal) {
      case HIDE ->
          shown(label).stream()
              .map(
                  l ->
                      new DetectionGoal(
                          DetectionGoal.Kind.HIDE,
                          box,
                          l,
                          DetectionGoal.ANY,
                          GradientSearch.SILENCED))
              .toList();
      case CREATE -> to.stream().limit(1).map(l -> DetectionGoal.create(box, l)).toList();
      case MISLABEL ->
          shown(label).stream()
              .limit(1)
              .map(
                  l ->
                      new DetectionGoal(
                          DetectionGoal.Kind.MISLABEL,
                          box,
                          l,
                          to.isEmpty() || to.get(0).equals(l) ? DetectionGoal.ANY : to.get(0),
                          GradientSearch.SILENCED))
              .toList();
    };
  }

  private DetectorTerm term(WindowView view, Region window, DetectionGoal aim) {
    return new DetectorTerm(
        detector, view, 3 * window.width() * window.height(), aim, threshold, 1);
  }

  @Override
  public void close() {
    detector.close();
  }
}
