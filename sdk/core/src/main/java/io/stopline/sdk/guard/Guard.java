package io.stopline.sdk.guard;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.check.Check;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.random.InspectionSeeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Models and a policy behind one call. Belongs to one thread at a time. {@code inspect} never
 * throws for what it sees: what fails inside becomes a reason on the verdict.
 *
 * <p>Where the policy has a sign check, an inspection first asks the verifier whether this is a
 * sign at all: one model run. What looks like none is dropped after it (NO_SIGN), unless the track
 * was confirmed as a sign before: then it is judged as usual, is not accepted in that frame, and is
 * suspect if it goes on to look like none. A frame that is not surely a sign is not accepted until
 * the track is confirmed, and its score never counts against the track: what is odd about it may be
 * that it is no sign, or not the whole of one. A verifier that fails makes everything a sign.
 *
 * <p>Then every member runs on the plain view, then each check's passes. Models that only serve
 * checks run for these checks alone, and do not enter the label. The fused score is the weighted
 * mean of the checks' nonconformities. All terms are at least 0, so the score of an inspection that
 * ran out of time is a lower bound: it may already make the track suspect, and never does so more
 * often than the full score would; if it does not, the guard abstains and the next frame of the
 * track begins with the check that had to wait.
 *
 * <p>Where the policy has a {@link Cascade}, one member names the label and a few checks look at a
 * secret share of the frames first; all members and checks follow when that is due. In a frame that
 * ends before, the other checks are taken to say what they said when all last looked at the track;
 * a frame that no check has looked at adds nothing to it.
 */
public final class Guard implements AutoCloseable {

  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final GuardPolicy policy;
  private final Calibration calibration;
  private final InspectionSeeds seeds;
  private final LongSupplier nanoClock;
  private final GuardIdentity identity;
  private final Passes passes;
  private final @Nullable SignVerifier verifier;
  private final PlannedCheck[] checks;
  private final List<String> checkNames;
  private final double[] nonconformities;
  private final @Nullable StageZero stageZero;

  /** The largest p-value with which a track is suspect. */
  private final double suspectLimit;

  /** A check, its share of the fused score and the passes it waits for. */
  private static final class PlannedCheck {
    final Check check;
    final double weight;
    final Passes.Needed passes;

    PlannedCheck(Check check, double weight, Passes.Needed passes) {
      this.check = check;
      this.weight = weight;
      this.passes = passes;
    }
  }

  /**
   * A guard without a verifier. Takes ownership of the members, also when it throws.
   *
   * @param members all models of the policy, in its order: those that serve checks only come last
   * @param labels one name a class
   * @param calibrationSha256 of the calibration file, for verdicts
   * @param nanoClock a monotonic clock, ns
   * @throws IllegalArgumentException if members, labels, checks, calibration and policy do not fit
   *     together
   */
  public Guard(
      GuardPolicy policy,
      List<? extends CropModel> members,
      List<String> labels,
      Calibration calibration,
      String calibrationSha256,
      InspectionSeeds seeds,
      LongSupplier nanoClock) {
    this(policy, members, labels, calibration, calibrationSha256, seeds, nanoClock, null, null);
  }

  /**
   * Takes ownership of the members and the verifier, also when it throws.
   *
   * @param members all models of the policy, in its order: those that serve checks only come last
   * @param labels one name a class
   * @param calibrationSha256 of the calibration file, for verdicts
   * @param nanoClock a monotonic clock, ns
   * @param verifier two classes: no sign, sign; null if and only if the policy has no sign check
   * @param finder the detector that proposes regions, for verdicts; the guard does not use it
   * @throws IllegalArgumentException if members, labels, checks, calibration, verifier and policy
   *     do not fit together
   */
  public Guard(
      GuardPolicy policy,
      List<? extends CropModel> members,
      List<String> labels,
      Calibration calibration,
      String calibrationSha256,
      InspectionSeeds seeds,
      LongSupplier nanoClock,
      @Nullable Classifier verifier,
      GuardIdentity.@Nullable Member finder) {
    this.policy = policy;
    this.calibration = calibration;
    this.seeds = seeds;
    this.nanoClock = nanoClock;
    this.identity =
        new GuardIdentity(
            policy.name(),
            policy.sha256(),
            calibrationSha256,
            members.stream().map(Guard::identify).toList(),
            finder,
            verifier == null ? null : identify(verifier));
    try {
      this.verifier = verifier(policy, verifier);
      this.passes =
          new Passes(members, policy.members().size(), policy.labelMix(), labels, policy.views());
    } catch (RuntimeException e) {
      // Passes that fail close the members themselves; closing twice does nothing.
      members.forEach(CropModel::close);
      if (verifier != null) {
        verifier.close();
      }
      throw e;
    }
    try {
      calibration.checkRate(policy.falseAlarmRate(), policy.track().promise());
      this.suspectLimit = calibration.limit(policy.falseAlarmRate(), policy.track().promise());
      if (!policy.models().equals(members.stream().map(CropModel::name).toList())) {
        throw new IllegalArgumentException(
            "policy '%s' names models %s, given were %s"
                .formatted(
                    policy.name(),
                    policy.models(),
                    members.stream().map(CropModel::name).toList()));
      }
      this.checks = plan(policy, passes);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.checkNames = Arrays.stream(checks).map(planned -> planned.check.name()).toList();
    this.nonconformities = new double[checks.length];
    this.stageZero =
        policy.cascade() == null
            ? null
            : new StageZero(policy.cascade(), passes, new CheckWatches());
  }

  /** The checks as the first stage of a cascade asks them. */
  private final class CheckWatches implements StageZero.Watches {
    @Override
    public boolean look(int check, Budget budget, List<String> reasons) {
      return score(check, checks[check].passes.own(), budget, reasons)
          && !Double.isNaN(nonconformities[check]);
    }

    @Override
    public double nonconformity(int check) {
      return nonconformities[check];
    }

    @Override
    public boolean disagrees(int check) {
      return checks[check].check.disagrees(passes);
    }
  }

  private static GuardIdentity.Member identify(CropModel model) {
    return new GuardIdentity.Member(model.name(), model.sha256(), model.delegate());
  }

  private static @Nullable SignVerifier verifier(
      GuardPolicy policy, @Nullable Classifier classifier) {
    String asked = policy.sign() == null ? "none" : "'" + policy.sign().verifier() + "'";
    String given = classifier == null ? "none" : "'" + classifier.name() + "'";
    if (!asked.equals(given)) {
      throw new IllegalArgumentException(
          "policy '%s' asks for verifier %s, given was %s".formatted(policy.name(), asked, given));
    }
    return classifier == null ? null : new SignVerifier(classifier);
  }

  private static PlannedCheck[] plan(GuardPolicy policy, Passes passes) {
    double total = policy.checks().stream().mapToDouble(GuardPolicy.CheckSetting::weight).sum();
    PlannedCheck[] planned =
        policy.checks().stream()
            .map(
                setting -> {
                  Check check = setting.create();
                  Passes.Needed needed = passes.plan(check);
                  return new PlannedCheck(check, setting.weight() / total, needed);
                })
            .toArray(PlannedCheck[]::new);
    for (int m = policy.members().size(); m < policy.models().size(); m++) {
      int plain = m;
      if (Arrays.stream(planned)
          .noneMatch(c -> Arrays.stream(c.passes.all()).anyMatch(p -> p == plain))) {
        throw new IllegalArgumentException(
            "model '%s' of policy '%s' only serves checks, but no check looks at what it says of the plain view; have one look at it, or leave it out"
                .formatted(policy.models().get(m), policy.name()));
      }
    }
    return planned;
  }

  /** Who this guard is. */
  public GuardIdentity identity() {
    return identity;
  }

  /** How it judges. */
  public GuardPolicy policy() {
    return policy;
  }

  /** Model runs that one complete inspection takes. */
  public int passesPerInspection() {
    return passes.size() + (verifier == null ? 0 : 1);
  }

  /**
   * A new track that counts as a confirmed sign: its next frame is judged by all checks, whatever
   * the verifier says. For measuring the checks on images that are known to be signs.
   */
  public TrackState confirmedTrack() {
    GuardPolicy.SignCheck check = policy.sign();
    return new TrackState(0, 0, check == null ? 0 : check.confirmAfter(), 0, 0);
  }

  /** Judges a region by itself, as a track of one frame. */
  public Verdict inspect(Frame frame, Region region) {
    return inspect(frame, region, new TrackState());
  }

  /** Judges a region that no finder has found, as the next frame of a track. */
  public Verdict inspect(Frame frame, Region region, TrackState track) {
    return inspect(frame, region, Sighting.NONE, track);
  }

  /**
   * Judges a region as the next frame of a track, and updates the track.
   *
   * @param sighting what the finder says of it
   */
  public Verdict inspect(Frame frame, Region region, Sighting sighting, TrackState track) {
    long start = nanoClock.getAsLong();
    long seed = seeds.next();
    Image image = frame.image();
    Inspection inspection =
        new Inspection(seed, start, UNLIMITED, policy.deadline().toNanos(), sighting, null, true);
    if (stageZero != null) {
      stageZero.frame(frame.source(), frame.sequence());
    }
    if (!region.isInside(image.width(), image.height())) {
      return abstain(
          inspection,
          track,
          "%s is not inside the frame of %d×%d px"
              .formatted(region, image.width(), image.height()));
    }
    return judge(image.view(region), inspection, track);
  }

  /** Repeats a recorded inspection of a region that no finder had found. */
  public Verdict replay(Image crop, long seed, int passesSpent, TrackState track) {
    return replay(crop, seed, passesSpent, Sighting.NONE, track);
  }

  /**
   * Repeats a recorded inspection: same pixels, same seed, same passes, no deadline.
   *
   * @param crop the pixels that the guard saw
   * @param seed {@link Verdict#seed()}
   * @param passesSpent {@link Verdict#passes()}: stop after this many
   * @param sighting {@link Verdict#sighting()}
   * @param track as before the inspection
   */
  public Verdict replay(
      Image crop, long seed, int passesSpent, Sighting sighting, TrackState track) {
    return replay(crop, seed, passesSpent, sighting, null, track);
  }

  /**
   * Repeats a recorded inspection by a guard with a cascade.
   *
   * @param cascade {@link Verdict#cascade()}: what the track had behind it and whether all checks
   *     were granted; null: by {@code track}, and they are
   */
  public Verdict replay(
      Image crop,
      long seed,
      int passesSpent,
      Sighting sighting,
      @Nullable CascadeStep cascade,
      TrackState track) {
    return judge(
        crop,
        new Inspection(
            seed, nanoClock.getAsLong(), passesSpent, Long.MAX_VALUE, sighting, cascade, false),
        track);
  }

  /** What an inspection begins with, and what it has to say so far. */
  private final class Inspection {
    final long seed;
    final long start;
    final Budget budget;
    final Sighting sighting;
    final List<String> reasons = new ArrayList<>(0);

    /** See {@link Verdict#signScore()}. */
    double signScore = 1;

    float verifierProbability = Float.NaN;

    /** Whether this frame takes part in what the track's frames say together. */
    boolean near;

    /** Whether its score is its own, so that it is known how clear it is. */
    boolean looked;

    /** See {@link Verdict#certificate()}. */
    @Nullable Certificate certificate;

    /** How far the cascade went; null before it began. */
    @Nullable CascadeStep step;

    /** How far it went when this was first inspected; null if this is no replay of that. */
    final @Nullable CascadeStep recorded;

    final boolean live;

    Inspection(
        long seed,
        long start,
        int passLimit,
        long deadlineNanos,
        Sighting sighting,
        @Nullable CascadeStep recorded,
        boolean live) {
      this.recorded = recorded;
      this.live = live;
      this.seed = seed;
      this.start = start;
      this.budget = new Budget(nanoClock, start, deadlineNanos, passLimit);
      float given = sighting.probability();
      boolean sound = !(given < 0 || given > 1);
      this.sighting = sound ? sighting : sighting.withProbability(1);
      if (!sound) {
        reasons.add("the finder gave a probability of %s; taken for a sign".formatted(given));
      }
    }

    Verdict verdict(
        int label,
        String labelName,
        double probability,
        boolean sure,
        boolean odd,
        Decision decision,
        double pValue,
        double score,
        TrackState track,
        boolean complete,
        int firstCheck) {
      ReleaseRule release = policy.track().release();
      if (release != null) {
        track
            .release()
            .add(
                release.quorum(),
                near && release.takesPart(looked, nonconformities),
                track.isJudged(policy.track()),
                release.isClear(score, nonconformities),
                decision,
                label,
                labelName);
      }
      return new Verdict(
          label,
          labelName,
          probability,
          sure,
          odd,
          decision,
          pValue,
          score,
          track.score(),
          complete,
          new CheckScores(checkNames, nonconformities),
          signScore,
          sighting,
          verifierProbability,
          reasons,
          budget.spent(),
          firstCheck,
          seed,
          nanoClock.getAsLong() - start,
          identity,
          certificate,
          step);
    }
  }

  private Verdict judge(Image crop, Inspection inspection, TrackState track) {
    Arrays.fill(nonconformities, Double.NaN);
    if (Math.min(crop.width(), crop.height()) < policy.minimumSide()) {
      return abstain(
          inspection,
          track,
          "the region of %d×%d px is smaller than the %d px that the policy asks for"
              .formatted(crop.width(), crop.height(), policy.minimumSide()));
    }
    List<String> reasons = inspection.reasons;
    int first = Math.floorMod(track.firstCheck(), checks.length);
    boolean later = mayWait(inspection, track);
    SignLook look = later ? SignLook.SIGN : lookForSign(crop, inspection, track);
    if (look == SignLook.NONE) {
      track.drop();
      return inspection.verdict(
          -1,
          "no sign",
          inspection.signScore,
          false,
          false,
          Decision.NO_SIGN,
          calibration.pValue(track.score()),
          0,
          track,
          true,
          first);
    }
    passes.begin(crop, inspection.sighting, inspection.seed);
    CascadeStep step = null;
    if (stageZero != null) {
      step =
          stageZero.look(
              crop,
              inspection.seed,
              inspection.budget,
              reasons,
              track.cascade,
              inspection.recorded,
              inspection.live);
      inspection.step = step;
      if (later && !stageZero.sparesVerifier(step, inspection.seed)) {
        look = lookForSign(crop, inspection, track);
      }
    }
    boolean byAll = step == null || step.stage() == 1;
    int nextFirst = first;
    if (byAll) {
      Arrays.fill(nonconformities, Double.NaN);
      passes.runPlain(inspection.budget, reasons);
      nextFirst = runChecks(first, inspection.budget, reasons);
    }

    double score = 0;
    double rest = 0;
    double unknown = 0;
    boolean complete = true;
    for (int i = 0; i < checks.length; i++) {
      if (Double.isNaN(nonconformities[i])) {
        complete = false;
        unknown += checks[i].weight;
      } else {
        score += checks[i].weight * nonconformities[i];
        if (stageZero != null && !stageZero.isWatch(i)) {
          rest += checks[i].weight * nonconformities[i];
        }
      }
    }
    boolean looked = true;
    if (step != null && !byAll) {
      complete = !step.denied() && !inspection.budget.exhausted();
      looked = step.watched();
      // What the picture spoke against and nobody had the time to clear counts as the worst it may
      // be; else whoever uses up the visits to stage 1 would hide what a watch has seen.
      if (step.denied() && step.cause().speaksAgainst()) {
        score += unknown;
      } else if (looked) {
        score += step.held();
      }
      if (inspection.budget.exhausted()) {
        reasons.add("out of time at stage 0 of the cascade");
      }
    }
    score = Math.min(1, score);
    GuardPolicy.SignCheck check = policy.sign();
    double ofFrame = calibration.pValue(score);
    // A doubtful frame is not accepted, but by itself it does not make the track suspect.
    boolean clear = ofFrame > policy.abstentionRate();
    boolean oddFrame = ofFrame <= suspectLimit;
    int side = Math.min(crop.width(), crop.height());
    boolean counts = look == SignLook.SIGN && (check == null || side >= check.suspectSide());
    inspection.near = counts;
    inspection.looked = looked;
    if (counts && looked) {
      track.update(policy.track(), score, oddFrame, clear, nextFirst);
    } else {
      track.pass(nextFirst);
    }
    if (check != null && look == SignLook.WEAK) {
      // One odd frame may have a bad box; a confirmed sign that goes on like that is as if lost.
      if (oddFrame && isConfirmed(track, check)) {
        track.sawNone();
      } else {
        track.sawSign(check, false);
      }
    }
    double pValue = calibration.pValue(track.score());
    int label = passes.label();
    double probability = passes.probability();
    boolean sure =
        label >= 0 && label != passes.nothing() && probability >= policy.minimumProbability();
    double required = requiredProbability(inspection);
    boolean nothing = label >= 0 && label == passes.nothing();
    boolean sureEnough = label >= 0 && !nothing && probability >= required;
    if (nothing) {
      reasons.add(nothingReason(inspection.sighting, probability));
    } else if (label >= 0 && !sureEnough) {
      Figures.Pair figures = Figures.apart(probability, required);
      reasons.add(
          "'%s' has a probability of %s only; the policy asks for %s%s"
              .formatted(
                  passes.labelName(label),
                  figures.value(),
                  figures.bound(),
                  required > policy.minimumProbability() ? " of what the finder found" : ""));
    }
    boolean odd = pValue <= suspectLimit;
    boolean lost = isLost(track);
    boolean sign = look == SignLook.SIGN || (look == SignLook.WEAK && track.isConfirmed());
    boolean passed = certify(inspection);
    boolean mayAccept = byAll || step == null || step.accepted();
    Decision decision =
        odd || lost
            ? Decision.SUSPECT
            : complete && sureEnough && clear && sign && passed && mayAccept
                ? Decision.ACCEPT
                : Decision.ABSTAIN;
    if (stageZero != null && step != null) {
      if (byAll && complete) {
        stageZero.remember(track.cascade, label, sureEnough && passed && sign, score, rest);
        if (decision == Decision.ACCEPT) {
          track.cascade.accept(label);
        }
      } else if (!byAll && !inspection.budget.exhausted() && (step.denied() || !mayAccept)) {
        reasons.add(stageZero.reason(step, crop));
      }
    }
    if (decision == Decision.ABSTAIN && !clear) {
      reasons.add(
          oddFrame
              ? "a score of %.3f is too high to accept the label; too few frames count and are so to suspect the track"
                  .formatted(score)
              : "a score of %.3f is too high to accept the label, too low to suspect the track"
                  .formatted(score));
    }
    if (check != null && look == SignLook.WEAK && !track.isConfirmed()) {
      Figures.Pair figures = Figures.apart(inspection.signScore, check.confirmProbability());
      reasons.add(
          "not surely a sign: a sign score of %s; the policy asks for %s"
              .formatted(figures.value(), figures.bound()));
    }
    if (lost) {
      reasons.add(lostReason(track));
    }
    if (odd) {
      explain(score, reasons);
    }
    return inspection.verdict(
        label,
        label < 0 ? "unknown" : passes.labelName(label),
        probability,
        sure,
        lost || (counts && looked && oddFrame),
        decision,
        pValue,
        score,
        track,
        complete,
        first);
  }

  /** What the first look at a crop says. */
  private enum SignLook {
    /** Surely a sign, or nobody could say. What is odd in this frame counts against the track. */
    SIGN,
    /**
     * Perhaps a sign, perhaps a badly placed box: what is odd may come of that. Not accepted before
     * the track is confirmed.
     */
    WEAK,
    /** No sign in this frame, but the track was confirmed as one; not accepted. */
    DOUBTFUL,
    /** No sign; to be dropped. */
    NONE
  }

  private static boolean isConfirmed(TrackState track, GuardPolicy.SignCheck check) {
    return track.signs() >= check.confirmAfter();
  }

  private String nothingReason(Sighting sighting, double probability) {
    return "the models see nothing %s (%.2f)%s"
        .formatted(
            sighting.box() == null ? "in the crop" : "at the place",
            probability,
            sighting.isLabelled()
                ? " where the finder reports '%s'".formatted(sighting.labelName())
                : "");
  }

  /** From where on a label is accepted. */
  private double requiredProbability(Inspection inspection) {
    GuardPolicy.Finder finder = policy.finder();
    return finder == null || Float.isNaN(inspection.sighting.probability())
        ? policy.minimumProbability()
        : Math.max(policy.minimumProbability(), finder.sureProbability());
  }

  /**
   * Whether the verifier may look after stage 0, or not at all: on a track that is confirmed as a
   * sign, has not looked like none since, and is one to the finder as well. Such a frame is not
   * dropped, whatever the verifier says.
   */
  private boolean mayWait(Inspection inspection, TrackState track) {
    GuardPolicy.SignCheck check = policy.sign();
    float found = inspection.sighting.probability();
    return stageZero != null
        && stageZero.maySpareVerifier()
        && check != null
        && isConfirmed(track, check)
        && track.consecutiveLows() == 0
        && (Float.isNaN(found) || found >= check.confirmProbability());
  }

  private SignLook lookForSign(Image crop, Inspection inspection, TrackState track) {
    GuardPolicy.SignCheck check = policy.sign();
    if (check == null || verifier == null) {
      return SignLook.SIGN;
    }
    if (!inspection.budget.take()) {
      inspection.reasons.add(
          "there was no time to ask verifier '%s'; taken for a sign".formatted(verifier.name()));
      return SignLook.SIGN;
    }
    float given;
    try {
      given = verifier.signProbability(crop);
    } catch (RuntimeException e) {
      // Towards checking: a broken verifier must not make signs disappear.
      inspection.reasons.add(
          "verifier '%s' failed: %s; taken for a sign".formatted(verifier.name(), e.getMessage()));
      return SignLook.SIGN;
    }
    inspection.verifierProbability = given;
    inspection.signScore = check.score(inspection.sighting.probability(), given);
    if (inspection.signScore >= check.minimumProbability()) {
      if (inspection.signScore < check.confirmProbability()) {
        return SignLook.WEAK;
      }
      track.sawSign(check, true);
      return SignLook.SIGN;
    }
    boolean confirmed = isConfirmed(track, check);
    Figures.Pair figures = Figures.apart(inspection.signScore, check.minimumProbability());
    inspection.reasons.add(
        "looks like no sign%s: %sverifier '%s' gives %.2f, a sign score of %s; the policy asks for %s"
            .formatted(
                confirmed ? " in this frame" : "",
                Float.isNaN(inspection.sighting.probability())
                    ? ""
                    : "the finder gives %.2f, ".formatted(inspection.sighting.probability()),
                verifier.name(),
                given,
                figures.value(),
                figures.bound()));
    if (!confirmed) {
      return SignLook.NONE;
    }
    track.sawNone();
    return SignLook.DOUBTFUL;
  }

  /** Whether a track that was confirmed as a sign has looked like none for too long. */
  private boolean isLost(TrackState track) {
    GuardPolicy.SignCheck check = policy.sign();
    return check != null && track.consecutiveLows() >= check.lostAfter();
  }

  private static String lostReason(TrackState track) {
    return "was confirmed as a sign in %d frames and then looked like none in %d in a row; an altered sign may do so"
        .formatted(track.signs(), track.consecutiveLows());
  }

  /** Runs the checks in turn from {@code first}; returns where the next inspection should begin. */
  private int runChecks(int first, Budget budget, List<String> reasons) {
    int waiting = -1;
    for (int k = 0; k < checks.length; k++) {
      int i = (first + k) % checks.length;
      if (!score(i, checks[i].passes.all(), budget, reasons) && budget.exhausted()) {
        waiting = waiting < 0 ? i : waiting;
      }
    }
    if (waiting >= 0) {
      reasons.add(
          "out of time after %d of %d model runs; check '%s' goes first next time"
              .formatted(budget.spent(), passesPerInspection(), checks[waiting].check.name()));
      return waiting;
    }
    return 0;
  }

  /** Has a check look at what it needs; false if that could not be had. */
  private boolean score(int i, int[] needed, Budget budget, List<String> reasons) {
    if (!passes.run(needed, budget, reasons)) {
      return false;
    }
    Check check = checks[i].check;
    try {
      double value = check.nonconformity(passes);
      if (value >= 0 && value <= 1) {
        nonconformities[i] = value;
      } else {
        reasons.add("check '%s' gave %s, not 0..1".formatted(check.name(), value));
      }
    } catch (RuntimeException e) {
      reasons.add("check '%s' failed: %s".formatted(check.name(), e));
    }
    return true;
  }

  /**
   * Takes the first certificate that a check gives.
   *
   * @return false if a check refuses the label in this frame, which is what certificates rest on
   */
  private boolean certify(Inspection inspection) {
    boolean passed = true;
    for (int i = 0; i < checks.length; i++) {
      if (Double.isNaN(nonconformities[i])) {
        continue; // the inspection is not complete, and so the label not accepted
      }
      try {
        Certificate given = checks[i].check.certificate(passes);
        if (given == null) {
          continue;
        }
        inspection.certificate = inspection.certificate == null ? given : inspection.certificate;
        if (given.alarms()) {
          passed = false;
          inspection.reasons.add(
              "check '%s' refuses the label in this frame: %s"
                  .formatted(
                      checks[i].check.name(), checks[i].check.reason(passes, nonconformities[i])));
        }
      } catch (RuntimeException e) {
        passed = false;
        inspection.reasons.add(
            "check '%s' failed to certify: %s".formatted(checks[i].check.name(), e));
      }
    }
    return passed;
  }

  /** Says which checks carried a suspicion, the strongest first. */
  private void explain(double score, List<String> reasons) {
    int before = reasons.size();
    double[] shares = new double[checks.length];
    for (int i = 0; i < checks.length; i++) {
      shares[i] = Double.isNaN(nonconformities[i]) ? 0 : checks[i].weight * nonconformities[i];
    }
    for (int rank = 0; rank < checks.length; rank++) {
      int best = 0;
      for (int i = 1; i < checks.length; i++) {
        best = shares[i] > shares[best] ? i : best;
      }
      // What carries less than a tenth of the score is noise to the reader.
      if (shares[best] <= score / 10) {
        break;
      }
      shares[best] = 0;
      Check check = checks[best].check;
      try {
        reasons.add(check.name() + ": " + check.reason(passes, nonconformities[best]));
      } catch (RuntimeException e) {
        reasons.add(
            "%s: %.3f (its reason failed: %s)".formatted(check.name(), nonconformities[best], e));
      }
    }
    if (reasons.size() == before || calibration.pValue(score) > suspectLimit) {
      reasons.add("an earlier frame of this track was suspect");
    }
  }

  /** A verdict without a look. A track that is suspect already stays so. */
  private Verdict abstain(Inspection inspection, TrackState track, String reason) {
    Arrays.fill(nonconformities, Double.NaN);
    double pValue = calibration.pValue(track.score());
    boolean lost = isLost(track);
    inspection.reasons.add(reason);
    if (lost) {
      inspection.reasons.add(lostReason(track));
    }
    return inspection.verdict(
        -1,
        "unknown",
        0,
        false,
        lost,
        lost || pValue <= suspectLimit ? Decision.SUSPECT : Decision.ABSTAIN,
        pValue,
        0,
        track,
        false,
        Math.floorMod(track.firstCheck(), checks.length));
  }

  /** Closes members and verifier. A second call does nothing. */
  @Override
  public void close() {
    passes.close();
    if (verifier != null) {
      verifier.close();
    }
  }
}
