package io.stopline.sdk.guard;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.check.Check;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.random.InspectionSeeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Models and a policy behind one call. Belongs to one thread at a time. {@code inspect} never
 * throws for what it sees: what fails inside becomes a reason on the verdict.
 *
 * <p>An inspection first runs every member on the plain view, then each check's passes. The fused
 * score is the weighted mean of the checks' nonconformities. All terms are at least 0, so the score
 * of an inspection that ran out of time is a lower bound: it may already convict, and never does so
 * more often than the full score would; if it does not, the guard abstains and the next frame of
 * the track begins with the check that had to wait.
 */
public final class Guard implements AutoCloseable {

  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final GuardPolicy policy;
  private final Calibration calibration;
  private final InspectionSeeds seeds;
  private final LongSupplier nanoClock;
  private final GuardIdentity identity;
  private final Passes passes;
  private final PlannedCheck[] checks;
  private final double[] nonconformities;

  /** A check, its share of the fused score and the passes it waits for. */
  private static final class PlannedCheck {
    final Check check;
    final double weight;
    final int[] passes;

    PlannedCheck(Check check, double weight, int[] passes) {
      this.check = check;
      this.weight = weight;
      this.passes = passes;
    }
  }

  /**
   * Takes ownership of the members, also when it throws.
   *
   * @param members in the order of the policy
   * @param labels one name a class
   * @param calibrationSha256 of the calibration file, for verdicts
   * @param nanoClock a monotonic clock, ns
   * @throws IllegalArgumentException if members, labels, checks, calibration and policy do not fit
   *     together
   */
  public Guard(
      GuardPolicy policy,
      List<Classifier> members,
      List<String> labels,
      Calibration calibration,
      String calibrationSha256,
      InspectionSeeds seeds,
      LongSupplier nanoClock) {
    this.policy = policy;
    this.calibration = calibration;
    this.seeds = seeds;
    this.nanoClock = nanoClock;
    this.identity = identify(policy, calibrationSha256, members);
    this.passes = new Passes(members, labels, policy.views());
    try {
      calibration.checkRate(policy.falseAlarmRate());
      if (!policy.members().equals(members.stream().map(Classifier::name).toList())) {
        throw new IllegalArgumentException(
            "policy '%s' names models %s, given were %s"
                .formatted(
                    policy.name(),
                    policy.members(),
                    members.stream().map(Classifier::name).toList()));
      }
      this.checks = plan(policy, passes);
    } catch (RuntimeException e) {
      passes.close();
      throw e;
    }
    this.nonconformities = new double[checks.length];
  }

  private static GuardIdentity identify(
      GuardPolicy policy, String calibrationSha256, List<Classifier> members) {
    return new GuardIdentity(
        policy.name(),
        policy.sha256(),
        calibrationSha256,
        members.stream()
            .map(m -> new GuardIdentity.Member(m.name(), m.sha256(), m.delegate()))
            .toList());
  }

  private static PlannedCheck[] plan(GuardPolicy policy, Passes passes) {
    double total = policy.checks().stream().mapToDouble(GuardPolicy.CheckSetting::weight).sum();
    return policy.checks().stream()
        .map(
            setting -> {
              Check check = setting.create();
              int[] needed = passes.plan(check);
              return new PlannedCheck(check, setting.weight() / total, needed);
            })
        .toArray(PlannedCheck[]::new);
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
    return passes.size();
  }

  /** Judges a region by itself, as a track of one frame. */
  public Verdict inspect(Frame frame, Region region) {
    return inspect(frame, region, new TrackState());
  }

  /** Judges a region as the next frame of a track, and updates the track. */
  public Verdict inspect(Frame frame, Region region, TrackState track) {
    long start = nanoClock.getAsLong();
    long seed = seeds.next();
    Image image = frame.image();
    if (!region.isInside(image.width(), image.height())) {
      return abstain(
          track,
          seed,
          start,
          "%s is not inside the frame of %d×%d px"
              .formatted(region, image.width(), image.height()));
    }
    return judge(image.view(region), seed, UNLIMITED, start, policy.deadline().toNanos(), track);
  }

  /**
   * Repeats a recorded inspection: same pixels, same seed, same passes, no deadline.
   *
   * @param crop the pixels that the guard saw
   * @param seed {@link Verdict#seed()}
   * @param passesSpent {@link Verdict#passes()}: stop after this many
   * @param track as before the inspection
   */
  public Verdict replay(Image crop, long seed, int passesSpent, TrackState track) {
    return judge(crop, seed, passesSpent, nanoClock.getAsLong(), Long.MAX_VALUE, track);
  }

  private Verdict judge(
      Image crop, long seed, int passLimit, long start, long deadlineNanos, TrackState track) {
    if (Math.min(crop.width(), crop.height()) < policy.minimumSide()) {
      return abstain(
          track,
          seed,
          start,
          "the region of %d×%d px is smaller than the %d px that the policy asks for"
              .formatted(crop.width(), crop.height(), policy.minimumSide()));
    }
    Budget budget = new Budget(nanoClock, start, deadlineNanos, passLimit);
    List<String> reasons = new ArrayList<>(0);
    passes.begin(crop, seed);
    passes.runPlain(budget, reasons);
    int first = Math.floorMod(track.firstCheck(), checks.length);
    int nextFirst = runChecks(first, budget, reasons);

    double score = 0;
    boolean complete = true;
    for (int i = 0; i < checks.length; i++) {
      if (Double.isNaN(nonconformities[i])) {
        complete = false;
      } else {
        score += checks[i].weight * nonconformities[i];
      }
    }
    track.update(Math.min(1, score), nextFirst);
    double pValue = calibration.pValue(track.runningMaximum());
    int label = passes.label();
    double probability = label < 0 ? 0 : passes.ensemble()[label];
    boolean sure = probability >= policy.minimumProbability();
    if (label >= 0 && !sure) {
      reasons.add(
          "'%s' has a probability of %.2f only; the policy asks for %.2f"
              .formatted(passes.labelName(label), probability, policy.minimumProbability()));
    }
    // Doubt that convicts nobody: it counts in its own frame only, and may pass.
    boolean clear = calibration.pValue(Math.min(1, score)) > policy.abstentionRate();
    Decision decision =
        pValue <= policy.falseAlarmRate()
            ? Decision.SUSPECT
            : complete && sure && clear ? Decision.ACCEPT : Decision.ABSTAIN;
    if (decision == Decision.ABSTAIN && !clear) {
      reasons.add(
          "a score of %.3f is too high to accept the label, too low to suspect the track"
              .formatted(score));
    }
    if (decision == Decision.SUSPECT) {
      explain(score, reasons);
    }
    return new Verdict(
        label,
        label < 0 ? "unknown" : passes.labelName(label),
        probability,
        decision,
        pValue,
        Math.min(1, score),
        track.runningMaximum(),
        complete,
        checkScores(),
        reasons,
        budget.spent(),
        first,
        seed,
        nanoClock.getAsLong() - start,
        identity);
  }

  /** Runs the checks in turn from {@code first}; returns where the next inspection should begin. */
  private int runChecks(int first, Budget budget, List<String> reasons) {
    Arrays.fill(nonconformities, Double.NaN);
    int waiting = -1;
    for (int k = 0; k < checks.length; k++) {
      int i = (first + k) % checks.length;
      PlannedCheck planned = checks[i];
      if (!passes.run(planned.passes, budget, reasons)) {
        if (budget.exhausted()) {
          waiting = waiting < 0 ? i : waiting;
        }
        continue;
      }
      try {
        double value = planned.check.nonconformity(passes);
        if (value >= 0 && value <= 1) {
          nonconformities[i] = value;
        } else {
          reasons.add("check '%s' gave %s, not 0..1".formatted(planned.check.name(), value));
        }
      } catch (RuntimeException e) {
        reasons.add("check '%s' failed: %s".formatted(planned.check.name(), e));
      }
    }
    if (waiting >= 0) {
      reasons.add(
          "out of time after %d of %d model runs; check '%s' goes first next time"
              .formatted(budget.spent(), passes.size(), checks[waiting].check.name()));
      return waiting;
    }
    return 0;
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
    if (reasons.size() == before || calibration.pValue(score) > policy.falseAlarmRate()) {
      reasons.add("an earlier frame of this track was suspect");
    }
  }

  private List<CheckScore> checkScores() {
    CheckScore[] scores = new CheckScore[checks.length];
    for (int i = 0; i < checks.length; i++) {
      scores[i] = new CheckScore(checks[i].check.name(), nonconformities[i]);
    }
    return Arrays.asList(scores);
  }

  /** A verdict without a look. A track that is suspect already stays so. */
  private Verdict abstain(TrackState track, long seed, long start, String reason) {
    Arrays.fill(nonconformities, Double.NaN);
    double pValue = calibration.pValue(track.runningMaximum());
    int first = Math.floorMod(track.firstCheck(), checks.length);
    return new Verdict(
        -1,
        "unknown",
        0,
        pValue <= policy.falseAlarmRate() ? Decision.SUSPECT : Decision.ABSTAIN,
        pValue,
        0,
        track.runningMaximum(),
        false,
        checkScores(),
        List.of(reason),
        0,
        first,
        seed,
        nanoClock.getAsLong() - start,
        identity);
  }

  /** Closes the members. A second call does nothing. */
  @Override
  public void close() {
    passes.close();
  }
}
