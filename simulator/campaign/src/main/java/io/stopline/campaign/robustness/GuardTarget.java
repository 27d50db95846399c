package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.Victim;
import io.stopline.attacks.adaptive.GuardVictim;
import io.stopline.attacks.adaptive.LocalTwin;
import io.stopline.attacks.adaptive.Pull;
import io.stopline.autodiff.ImageShape;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.TrackCalibrator;
import io.stopline.evaluation.robustness.Floor;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;

/**
 * A whole guard of a bundle: attackers see it rebuilt with gradients as far as they know it, the
 * guard that ships rules, over fresh draws that no attacker had. Belongs to one thread.
 */
public final class GuardTarget implements AttackTarget {

  private final Bundle bundle;
  private final PolicyFile policy;
  private final BareTwins twins;
  private final List<LocalTwin> locals;
  private final ReadyGuard guard;
  private final Pull pull;
  private final int looks;
  private final long seed;
  private final Victim victim;

  /**
   * Opens a guard.
   *
   * @param attacker whom it is opened for
   * @param looks fresh draws that a candidate is judged by, at least 1
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws io.stopline.autodiff.UnsupportedOperatorException if a member has no gradients
   */
  public static GuardTarget open(
      Bundle bundle, PolicyFile policy, GuardAttacker attacker, int looks, long seed) {
    BareTwins twins = BareTwins.open(bundle, policy);
    List<LocalTwin> locals = new ArrayList<>();
    boolean done = false;
    try {
      locals.addAll(LocalTwins.open(bundle, policy.policy()));
      ReadyGuard guard =
          GuardFactory.create(
              bundle,
              policy.policy().name(),
              RuntimeOptions.defaults(),
              InspectionSeeds.reproducible(seed));
      GuardTarget target =
          new GuardTarget(bundle, policy, twins, locals, guard, attacker, looks, seed);
      done = true;
      return target;
    } finally {
      if (!done) {
        locals.forEach(LocalTwin::close);
        twins.close();
      }
    }
  }

  private GuardTarget(
      Bundle bundle,
      PolicyFile policy,
      BareTwins twins,
      List<LocalTwin> locals,
      ReadyGuard guard,
      GuardAttacker attacker,
      int looks,
      long seed) {
    this.bundle = bundle;
    this.policy = policy;
    this.twins = twins;
    this.locals = locals;
    this.guard = guard;
    this.pull = attacker.pull();
    this.looks = looks;
    this.seed = seed;
    Calibration calibration = bundle.calibration(policy).calibration();
    this.victim =
        attacker.adaptive()
            ? victim(
                calibration,
                attacker.knowledge(),
                attacker.draws(),
                GuardVictim.checkNames(policy.policy()))
            : victim(calibration, GuardKnowledge.ALL_MODELS, 1, Set.of());
  }

  /**
   * The whole guard as an adaptive attacker sees it who averages over another number of draws.
   *
   * @param draws at least 1
   */
  public Victim victim(GuardKnowledge knowledge, int draws) {
    return victim(calibration(), knowledge, draws, GuardVictim.checkNames(policy.policy()));
  }

  /**
   * The guard, or a part of it, as an adaptive attacker sees it.
   *
   * @param active names of the checks that take part
   */
  Victim victim(Calibration calibration, GuardKnowledge knowledge, int draws, Set<String> active) {
    return GuardVictim.of(
            policy.policy(),
            calibration,
            twins.models(),
            locals,
            knowledge,
            draws,
            RandomStream.derive(seed, 1),
            active)
        .pulling(pull);
  }

  /** How it judges. */
  GuardPolicy policy() {
    return policy.policy();
  }

  /** Names of the checks that count or can refuse a label by themselves, in the policy's order. */
  List<String> checks() {
    Set<String> counting = new LinkedHashSet<>();
    for (CheckSetting check : policy().checks()) {
      if (check.weight() > 0 || check instanceof CheckSetting.CertifiedWindows) {
        counting.add(check.create().name());
      }
    }
    return List.copyOf(counting);
  }

  /**
   * How its members do by themselves, each attacked on its own.
   *
   * @param attack with half the budget of that on the guard
   * @param epsilon that half
   */
  public Floor floor(
      Attack attack, double epsilon, Inputs inputs, int batch, long seed, DoubleConsumer progress) {
    return MemberFloor.measure(bundle, policy(), attack, epsilon, inputs, batch, seed, progress);
  }

  /** The policy's name. */
  public String policyName() {
    return policy().name();
  }

  /** Its own thresholds. */
  Calibration calibration() {
    return bundle.calibration(policy).calibration();
  }

  /**
   * The tracks that it was calibrated on.
   *
   * @throws io.stopline.evaluation.UnusableDatasetException if the data set does not have them
   */
  public List<Track> calibrationTracks(Dataset data) {
    return TrackCalibrator.tracks(data, thresholds(), true);
  }

  /** Where the thresholds come from: a split's name. */
  public String thresholds() {
    return bundle.calibration(policy).split();
  }

  @Override
  public String name() {
    return "guard '%s', policy '%s'".formatted(bundle.name(), policy.policy().name());
  }

  @Override
  public Map<String, String> hashes() {
    Map<String, String> hashes = new TreeMap<>();
    hashes.put("bundle", bundle.sha256());
    hashes.put("policy", policy.policy().sha256());
    String calibration = bundle.files().get(policy.calibration());
    if (calibration != null) {
      hashes.put("calibration", calibration);
    }
    for (String member : policy.policy().models()) {
      hashes.put("model:" + member, bundle.model(member).sha256());
    }
    return hashes;
  }

  @Override
  public ImageShape shape() {
    return victim.shape();
  }

  @Override
  public int classes() {
    return victim.classes();
  }

  @Override
  public Victim victim() {
    return victim;
  }

  @Override
  public String withoutGradients() {
    return "";
  }

  @Override
  public Judge judge() {
    return judge(
        verdict ->
            switch (verdict.decision()) {
              case ACCEPT -> true;
              case SUSPECT, ABSTAIN, NO_SIGN -> false;
            });
  }

  /** Whether a verdict's label is accepted. */
  interface Acceptance {
    boolean accepts(Verdict verdict);
  }

  /** Rules by the guard's verdicts over fresh draws, each image a track of one frame. */
  Judge judge(Acceptance acceptance) {
    return images -> {
      Judge.Ruling[] rulings = new Judge.Ruling[images.count()];
      for (int i = 0; i < rulings.length; i++) {
        rulings[i] = rule(images, i, acceptance);
      }
      return rulings;
    };
  }

  private Judge.Ruling rule(Inputs images, int row, Acceptance acceptance) {
    Image image = Pixels.image(images, row);
    int right = images.labels()[row];
    int[] named = new int[classes()];
    int wrongAccepted = 0;
    int rightNamed = 0;
    int refused = 0;
    long own = RandomStream.derive(RandomStream.derive(seed, 2), images.ids()[row]);
    for (int look = 0; look < looks; look++) {
      Verdict verdict = inspect(image, RandomStream.derive(own, look));
      boolean accepted = acceptance.accepts(verdict);
      if (verdict.label() >= 0) {
        named[verdict.label()]++;
      }
      rightNamed += verdict.label() == right ? 1 : 0;
      refused += accepted ? 0 : 1;
      wrongAccepted += accepted && verdict.label() != right ? 1 : 0;
    }
    int most = 0;
    for (int c = 1; c < named.length; c++) {
      most = named[c] > named[most] ? c : most;
    }
    return new Judge.Ruling(most, looks, wrongAccepted, rightNamed, refused);
  }

  /** All passes, no deadline; what looks like no sign is dropped. */
  private Verdict inspect(Image image, long draws) {
    return inspect(image, draws, new TrackState());
  }

  /** All passes of all checks, no deadline, whatever the verifier says. */
  Verdict inspectSign(Image image, long draws) {
    return inspect(image, draws, guard.guard().confirmedTrack());
  }

  private Verdict inspect(Image image, long draws, TrackState track) {
    return guard.guard().replay(image, draws, guard.guard().passesPerInspection(), track);
  }

  @Override
  public void close() {
    guard.close();
    locals.forEach(LocalTwin::close);
    twins.close();
  }
}
