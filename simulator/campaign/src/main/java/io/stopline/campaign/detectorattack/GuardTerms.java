package io.stopline.campaign.detectorattack;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.attacks.adaptive.GuardVictim;
import io.stopline.attacks.adaptive.LocalTwin;
import io.stopline.attacks.detection.CropView;
import io.stopline.attacks.detection.LossTerm;
import io.stopline.attacks.detection.ObjectiveTerm;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.campaign.robustness.LocalTwins;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a guard around a detector adds to an attacker's aim. Of classifiers: that what is cut out of
 * the frame is accepted with a wrong label, the joint loss. Of detectors that look closer, and of
 * detectors that are witnesses: that they see what the finder is to see. Belongs to one thread.
 */
final class GuardTerms implements AutoCloseable {

  /** Draws of each randomised view that a gradient is averaged over. */
  private static final int DRAWS = 1;

  private final GuardPolicy policy;
  private final List<DifferentiableModel> classifiers = new ArrayList<>();
  private final List<LocalTwin> locals = new ArrayList<>();
  private List<String> finderLabels = List.of();
  private @Nullable GuardVictim victim;
  private final List<GuardDetector> closeUps = new ArrayList<>();
  private final List<GuardDetector> witnesses = new ArrayList<>();

  private GuardTerms(GuardPolicy policy) {
    this.policy = policy;
  }

  static GuardTerms open(Bundle bundle, PolicyFile file, long seed) {
    GuardTerms terms = new GuardTerms(file.policy());
    boolean done = false;
    try {
      terms.openModels(bundle, file, seed);
      done = true;
      return terms;
    } finally {
      if (!done) {
        terms.close();
      }
    }
  }

  private void openModels(Bundle bundle, PolicyFile file, long seed) {
    double threshold = policy.finder() == null ? 0.5 : policy.finder().threshold();
    for (String member : policy.members()) {
      if (bundle.model(member).isDetector()) {
        closeUps.add(GuardDetector.open(bundle, member, threshold, Map.of()));
      } else {
        classifiers.add(TfliteModels.open(bundle.modelBytes(member), bundle.model(member).input()));
      }
    }
    if (policy.finder() != null) {
      finderLabels = bundle.labels(bundle.model(policy.finder().detector()));
    }
    if (!classifiers.isEmpty()) {
      locals.addAll(LocalTwins.open(bundle, policy));
      victim =
          GuardVictim.of(
              policy,
              bundle.calibration(file).calibration(),
              classifiers,
              locals,
              GuardKnowledge.CALIBRATION,
              DRAWS,
              seed);
    }
    if (policy.witnesses() != null) {
      for (Witnesses.WitnessDetector witness : policy.witnesses().detectors()) {
        witnesses.add(
            GuardDetector.open(bundle, witness.detector(), witness.threshold(), witness.labels()));
      }
    }
  }

  /**
   * The terms for one object in one frame.
   *
   * @param window of the frame that may change
   * @param box tight box of the object, or the place
   * @param label the finder's name of the object, or of what is to be seen
   * @param wanted the finder's name of what is wanted; empty for any
   */
  List<LossTerm> terms(
      Image frame,
      Region window,
      Region box,
      AttackGoal goal,
      String label,
      String wanted,
      int guardLabel) {
    List<LossTerm> terms = new ArrayList<>();
    GuardVictim classifying = victim;
    GuardPolicy.Finder finder = policy.finder();
    double margin = finder == null ? 0 : finder.margin();
    if (classifying != null && guardLabel >= 0) {
      Region crop = box.expandedWithin(margin, frame.width(), frame.height());
      if (crop.intersectionOverUnion(window) > 0) {
        String reported = goal == AttackGoal.HIDE ? label : wanted;
        terms.add(
            released(
                classifying.seenAs(finderLabels.indexOf(reported)),
                frame,
                window,
                crop,
                guardLabel));
      }
    }
    for (GuardDetector closeUp : closeUps) {
      closeUp.near(frame, window, box, margin, goal, label, wanted, policy.views(), terms);
    }
    for (GuardDetector witness : witnesses) {
      witness.far(frame, window, box, goal, label, wanted, terms);
    }
    return terms;
  }

  private static LossTerm released(
      GuardVictim victim, Image frame, Region window, Region crop, int label) {
    ImageShape shape = victim.shape();
    CropView view = new CropView(frame, window, crop, TransformChain.identity(), shape);
    float[] clean = new float[shape.size()];
    float[] unchanged = GradientSearch.values(frame, window);
    view.look().forward(unchanged, 0, 0, clean, 0);
    return new ObjectiveTerm(
        victim.objective(
            new Inputs(shape, clean, new int[] {label}, new long[] {0}),
            new WrongLabelLoss(),
            null),
        0,
        view,
        unchanged.length,
        1);
  }

  @Override
  public void close() {
    classifiers.forEach(DifferentiableModel::close);
    locals.forEach(LocalTwin::close);
    closeUps.forEach(GuardDetector::close);
    witnesses.forEach(GuardDetector::close);
  }
}
