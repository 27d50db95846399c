package io.stopline.sdk.guard;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.Check;
import io.stopline.sdk.check.EnsembleAgreement;
import io.stopline.sdk.check.FeatureSqueezing;
import io.stopline.sdk.check.SignPlausibility;
import io.stopline.sdk.check.TransformConsistency;
import io.stopline.sdk.transform.TransformChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a guard judges.
 *
 * @param name for people
 * @param sha256 of the file it came from
 * @param members names of the models that name the label, in order; at least one
 * @param views the transform chains that checks refer to by name
 * @param checks with their weights, in order; at least one
 * @param falseAlarmRate promised share of clean tracks that are suspected, in (0, 1)
 * @param deadline for one inspection, above 0
 * @param minimumSide regions with a smaller width or height are not judged, px
 * @param minimumProbability labels that the ensemble gives less are not accepted, 0..1; above 0.5 a
 *     label outweighs all others together
 * @param abstentionRate a label is not accepted in a frame whose own score is beyond the track
 *     scores of all but this share of clean tracks; at least {@code falseAlarmRate}, which leaves
 *     no such middle, and below 1
 * @param finder the detector that proposes regions; null: colour and shape do
 * @param sign how signs are told from what is none; null: everything is taken for a sign
 * @param witnesses how colour and shape check on the finder; null: they do not. The guard does not
 *     use it, a pipeline does
 * @param checkMembers names of further models, in order, which only serve checks: what they say
 *     does not enter the label. Checks number models through, the members first
 * @param track how the frames of a track are taken together
 * @param cascade how little is looked at before all is; null: all members and checks look at each
 *     frame
 * @param labelMix how two members name the label; null: by the mean of all members
 */
public record GuardPolicy(
    String name,
    String sha256,
    List<String> members,
    List<TransformChain> views,
    List<CheckSetting> checks,
    double falseAlarmRate,
    Duration deadline,
    int minimumSide,
    double minimumProbability,
    double abstentionRate,
    @Nullable Finder finder,
    @Nullable SignCheck sign,
    @Nullable Witnesses witnesses,
    List<String> checkMembers,
    TrackPolicy track,
    @Nullable Cascade cascade,
    @Nullable LabelMix labelMix) {

  /**
   * A trained detector that proposes regions.
   *
   * @param detector name of the model
   * @param threshold detections with a lower probability are not proposed, above 0 and at most 1
   * @param maximum at most this many are proposed in a frame, 1..256
   * @param margin added to a box at each side, as a part of its width or height, 0..1
   * @param sureProbability labels of what it found are accepted from this probability on, 0..1: a
   *     sign on the road is soon seen again, and nearer. The policy's own minimum holds besides
   * @param labels only what has one of these labels is proposed; none: whatever it finds
   */
  public record Finder(
      String detector,
      double threshold,
      int maximum,
      double margin,
      double sureProbability,
      List<String> labels) {

    /** One that proposes whatever it finds. */
    public Finder(
        String detector, double threshold, int maximum, double margin, double sureProbability) {
      this(detector, threshold, maximum, margin, sureProbability, List.of());
    }

    /** One whose labels have to be no surer than others. */
    public Finder(String detector, double threshold, int maximum, double margin) {
      this(detector, threshold, maximum, margin, 0);
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Finder {
      labels = List.copyOf(labels);
      if (!(threshold > 0 && threshold <= 1)) {
        throw new IllegalArgumentException(
            "finder threshold %s must be above 0 and at most 1".formatted(threshold));
      }
      if (maximum < 1 || maximum > 256) {
        throw new IllegalArgumentException("finder maximum %d must be 1..256".formatted(maximum));
      }
      if (!(margin >= 0 && margin <= 1)) {
        throw new IllegalArgumentException("finder margin %s must lie in 0..1".formatted(margin));
      }
      if (!(sureProbability >= 0 && sureProbability <= 1)) {
        throw new IllegalArgumentException(
            "probability %s of labels of what a finder found must lie in 0..1"
                .formatted(sureProbability));
      }
    }
  }

  /**
   * How a guard tells signs from what is none. The sign score of a frame is the weighted geometric
   * mean of what the finder and the verifier give it.
   *
   * @param verifier name of the model, a classifier of two classes: no sign, sign
   * @param finderWeight of the finder in the sign score, at least 0 and below 1; the verifier has
   *     the rest
   * @param minimumProbability frames with a lower sign score look like no sign, 0..1
   * @param confirmProbability frames with at least this sign score surely show a sign: they alone
   *     count towards confirming the track, or against it; from {@code minimumProbability} to 1
   * @param suspectSide frames in which the region's smaller side is less, px, never count against
   *     the track: too little is seen to tell odd from small; 0..4096
   * @param confirmAfter a track is confirmed as a sign once this many of its frames surely showed
   *     one, 1..100; from then on it is never dropped
   * @param lostAfter a confirmed track that looks like no sign in this many frames in a row is
   *     suspect, 1..1000
   */
  public record SignCheck(
      String verifier,
      double finderWeight,
      double minimumProbability,
      double confirmProbability,
      int suspectSide,
      int confirmAfter,
      int lostAfter) {

    /** The finder's weight unless another is set: the verifier has the same. */
    public static final double USUAL_FINDER_WEIGHT = 0.5;

    /** With equal weights, one probability for both, and no regard to size. */
    public SignCheck(String verifier, double minimumProbability, int confirmAfter, int lostAfter) {
      this(
          verifier,
          USUAL_FINDER_WEIGHT,
          minimumProbability,
          minimumProbability,
          0,
          confirmAfter,
          lostAfter);
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public SignCheck {
      if (!(finderWeight >= 0 && finderWeight < 1)) {
        throw new IllegalArgumentException(
            "weight %s of the finder must be at least 0 and below 1".formatted(finderWeight));
      }
      if (!(minimumProbability >= 0 && minimumProbability <= 1)) {
        throw new IllegalArgumentException(
            "minimum probability %s of a sign must lie in 0..1".formatted(minimumProbability));
      }
      if (!(confirmProbability >= minimumProbability && confirmProbability <= 1)) {
        throw new IllegalArgumentException(
            "probability %s that confirms a sign must lie between the minimum probability %s and 1"
                .formatted(confirmProbability, minimumProbability));
      }
      if (suspectSide < 0 || suspectSide > 4096) {
        throw new IllegalArgumentException(
            "suspect side of %d px must lie in 0..4096".formatted(suspectSide));
      }
      if (confirmAfter < 1 || confirmAfter > 100) {
        throw new IllegalArgumentException(
            "a sign is confirmed after %d frames; it must be 1..100".formatted(confirmAfter));
      }
      if (lostAfter < 1 || lostAfter > 1000) {
        throw new IllegalArgumentException(
            "a sign is lost after %d frames; it must be 1..1000".formatted(lostAfter));
      }
    }

    /**
     * The sign score of a frame, 0..1.
     *
     * @param finder what the finder gives the region, 0..1; NaN where nobody gave one: that counts
     *     as 1, because nobody had to find it
     * @param verifier what the verifier gives it, 0..1
     */
    public double score(double finder, double verifier) {
      double found = Double.isNaN(finder) ? 1 : Math.pow(finder, finderWeight);
      return found * Math.pow(verifier, 1 - finderWeight);
    }
  }

  /** A check and its weight in the fused score; weights are normalised to sum to 1. */
  public sealed interface CheckSetting {

    /** At least 0; a check of weight 0 is reported but does not count. */
    double weight();

    /**
     * A new check as set here.
     *
     * @throws IllegalArgumentException if the setting is impossible
     */
    Check create();

    /** Whether it can look before all members have, at stage 0 of a cascade. */
    default boolean canWatch() {
      return false;
    }

    /** What the cases make of this kind of check: who asks has an answer for each kind. */
    <R> R choose(Cases<R> cases);

    /**
     * One answer for each kind of check.
     *
     * @param <R> the answer
     */
    interface Cases<R> {

      /** For a {@link Consistency}. */
      R consistency(Consistency check);

      /** For a {@link Agreement}. */
      R agreement(Agreement check);

      /** For a {@link Squeezing}. */
      R squeezing(Squeezing check);

      /** For a {@link Plausibility}. */
      R plausibility(Plausibility check);

      /** For a {@link FinderAgreement}. */
      R finderAgreement(FinderAgreement check);

      /** For a {@link TrackPlausibility}. */
      R trackPlausibility(TrackPlausibility check);

      /** For a {@link CertifiedWindows}. */
      R certifiedWindows(CertifiedWindows check);

      /** For a {@link Custom}. */
      R custom(Custom check);
    }

    /** {@link io.stopline.sdk.check.TransformConsistency}. */
    record Consistency(String view, int draws, List<Integer> members, double weight)
        implements CheckSetting {
      public Consistency {
        members = List.copyOf(members);
        checkWeight(weight);
      }

      @Override
      public boolean canWatch() {
        return true;
      }

      @Override
      public Check create() {
        return new TransformConsistency(view, draws, members);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.consistency(this);
      }
    }

    /** {@link EnsembleAgreement}. */
    record Agreement(double weight) implements CheckSetting {
      public Agreement {
        checkWeight(weight);
      }

      @Override
      public Check create() {
        return new EnsembleAgreement();
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.agreement(this);
      }
    }

    /** {@link FeatureSqueezing}. */
    record Squeezing(List<String> views, List<Integer> members, double weight)
        implements CheckSetting {
      public Squeezing {
        views = List.copyOf(views);
        members = List.copyOf(members);
        checkWeight(weight);
      }

      @Override
      public Check create() {
        return new FeatureSqueezing(views, members);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.squeezing(this);
      }
    }

    /**
     * {@link SignPlausibility}.
     *
     * @param tableName for people and for the calibration
     * @param classes the table's class for each of the models' labels, −1 for what is no sign;
     *     null: the models' labels are the table's classes
     */
    record Plausibility(
        String tableName, AppearanceTable table, @Nullable List<Integer> classes, double weight)
        implements CheckSetting {
      public Plausibility {
        checkWeight(weight);
        classes = classes == null ? null : List.copyOf(classes);
      }

      /** Of models whose labels are the table's classes. */
      public Plausibility(String tableName, AppearanceTable table, double weight) {
        this(tableName, table, null, weight);
      }

      @Override
      public boolean canWatch() {
        return true;
      }

      @Override
      public Check create() {
        return new SignPlausibility(table, classes);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.plausibility(this);
      }
    }

    /**
     * {@link io.stopline.sdk.check.FinderAgreement}.
     *
     * @param meanings for each label of the finder the models' labels that it may mean
     */
    record FinderAgreement(List<List<Integer>> meanings, double weight) implements CheckSetting {
      public FinderAgreement {
        meanings = meanings.stream().map(List::copyOf).toList();
        checkWeight(weight);
      }

      @Override
      public boolean canWatch() {
        return true;
      }

      @Override
      public Check create() {
        return new io.stopline.sdk.check.FinderAgreement(meanings);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.finderAgreement(this);
      }
    }

    /**
     * {@link io.stopline.sdk.check.TrackPlausibility}.
     *
     * @param standing whether things of each of the finder's labels stand
     */
    record TrackPlausibility(double birthSide, double edge, List<Boolean> standing, double weight)
        implements CheckSetting {
      public TrackPlausibility {
        standing = List.copyOf(standing);
        checkWeight(weight);
      }

      @Override
      public boolean canWatch() {
        return true;
      }

      @Override
      public Check create() {
        return new io.stopline.sdk.check.TrackPlausibility(birthSide, edge, standing);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.trackPlausibility(this);
      }
    }

    /**
     * {@link io.stopline.sdk.check.CertifiedWindows}.
     *
     * @param member number of the model that gives local scores
     * @param patchSide px of that model's input
     * @param table name of the appearance table whose groups these are; null: each class is one
     * @param threshold in units of the mean local score
     */
    record CertifiedWindows(
        int member,
        int patchSide,
        @Nullable String table,
        Groups groups,
        double threshold,
        double weight)
        implements CheckSetting {
      public CertifiedWindows {
        checkWeight(weight);
      }

      @Override
      public boolean canWatch() {
        return true;
      }

      @Override
      public Check create() {
        return new io.stopline.sdk.check.CertifiedWindows(
            member,
            patchSide,
            table == null ? Certificate.Level.CLASS : Certificate.Level.GROUP,
            groups,
            threshold);
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.certifiedWindows(this);
      }
    }

    /**
     * Somebody's own check.
     *
     * @param check makes a new one a guard
     */
    record Custom(Supplier<Check> check, double weight) implements CheckSetting {
      public Custom {
        checkWeight(weight);
      }

      @Override
      public Check create() {
        return check.get();
      }

      @Override
      public <R> R choose(Cases<R> cases) {
        return cases.custom(this);
      }
    }

    private static void checkWeight(double weight) {
      if (!(weight >= 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "check weight " + weight + " must be a finite number of at least 0");
      }
    }
  }

  /** The checks that look at a member's map of local scores, in order; mostly none. */
  public List<CheckSetting.CertifiedWindows> windowsOf(String member) {
    return checks.stream()
        .filter(CheckSetting.CertifiedWindows.class::isInstance)
        .map(CheckSetting.CertifiedWindows.class::cast)
        .filter(check -> models().indexOf(member) == check.member())
        .toList();
  }

  /** Names of all models that look at a crop: the members, then those that only serve checks. */
  public List<String> models() {
    List<String> models = new ArrayList<>(members);
    models.addAll(checkMembers);
    return models;
  }

  /** Begins with this policy, for one that differs in some parts. */
  public Builder with() {
    return new Builder(this);
  }

  /** A policy that differs from another one in some parts. Belongs to one thread. */
  public static final class Builder {
    private final GuardPolicy from;
    private double falseAlarmRate;
    private double abstentionRate;
    private Duration deadline;
    private int minimumSide;
    private @Nullable Finder finder;
    private @Nullable SignCheck sign;
    private @Nullable Witnesses witnesses;
    private List<String> checkMembers;
    private TrackPolicy track;
    private @Nullable Cascade cascade;

    private Builder(GuardPolicy from) {
      this.from = from;
      falseAlarmRate = from.falseAlarmRate;
      abstentionRate = from.abstentionRate;
      deadline = from.deadline;
      minimumSide = from.minimumSide;
      finder = from.finder;
      sign = from.sign;
      witnesses = from.witnesses;
      checkMembers = from.checkMembers;
      track = from.track;
      cascade = from.cascade;
    }

    /**
     * @param falseAlarms {@link GuardPolicy#falseAlarmRate()}
     * @param abstentions {@link GuardPolicy#abstentionRate()}
     */
    public Builder rates(double falseAlarms, double abstentions) {
      falseAlarmRate = falseAlarms;
      abstentionRate = abstentions;
      return this;
    }

    /** See {@link GuardPolicy#deadline()}. */
    public Builder deadline(Duration value) {
      deadline = value;
      return this;
    }

    /** See {@link GuardPolicy#minimumSide()}. */
    public Builder minimumSide(int value) {
      minimumSide = value;
      return this;
    }

    /** See {@link GuardPolicy#finder()}. */
    public Builder finder(@Nullable Finder value) {
      finder = value;
      return this;
    }

    /** See {@link GuardPolicy#sign()}. */
    public Builder sign(@Nullable SignCheck value) {
      sign = value;
      return this;
    }

    /** See {@link GuardPolicy#witnesses()}. */
    public Builder witnesses(@Nullable Witnesses value) {
      witnesses = value;
      return this;
    }

    /** See {@link GuardPolicy#checkMembers()}. */
    public Builder checkMembers(List<String> value) {
      checkMembers = value;
      return this;
    }

    /** See {@link GuardPolicy#track()}. */
    public Builder track(TrackPolicy value) {
      track = value;
      return this;
    }

    /** See {@link GuardPolicy#cascade()}. */
    public Builder cascade(@Nullable Cascade value) {
      cascade = value;
      return this;
    }

    /**
     * @throws IllegalArgumentException as the policy's constructor
     */
    public GuardPolicy build() {
      return new GuardPolicy(
          from.name,
          from.sha256,
          from.members,
          from.views,
          from.checks,
          falseAlarmRate,
          deadline,
          minimumSide,
          from.minimumProbability,
          abstentionRate,
          finder,
          sign,
          witnesses,
          checkMembers,
          track,
          cascade,
          from.labelMix);
    }
  }

  /** A policy of what every policy has; {@link #with()} adds the rest. */
  public GuardPolicy(
      String name,
      String sha256,
      List<String> members,
      List<TransformChain> views,
      List<CheckSetting> checks,
      double falseAlarmRate,
      Duration deadline,
      int minimumSide,
      double minimumProbability,
      double abstentionRate) {
    this(
        name,
        sha256,
        members,
        views,
        checks,
        falseAlarmRate,
        deadline,
        minimumSide,
        minimumProbability,
        abstentionRate,
        null,
        null,
        null,
        List.of(),
        TrackPolicy.NONE,
        null,
        null);
  }

  /**
   * @throws IllegalArgumentException if there are no members or checks, the weights sum to 0, a
   *     number is out of its range, a model both names the label and serves checks only, or
   *     witnesses lack a finder or, for hidden signs, a sign check
   */
  public GuardPolicy {
    members = List.copyOf(members);
    checkMembers = List.copyOf(checkMembers);
    for (String model : checkMembers) {
      if (members.contains(model)) {
        throw new IllegalArgumentException(
            "model '%s' of policy '%s' is a member, which checks may look at as well; name it once"
                .formatted(model, name));
      }
    }
    views = List.copyOf(views);
    checks = List.copyOf(checks);
    if (members.isEmpty() || checks.isEmpty()) {
      throw new IllegalArgumentException(
          "policy '%s' needs at least one model and one check".formatted(name));
    }
    if (!(checks.stream().mapToDouble(CheckSetting::weight).sum() > 0)) {
      throw new IllegalArgumentException(
          "the weights of policy '%s' sum to 0; give at least one check a weight".formatted(name));
    }
    if (labelMix != null && Math.max(labelMix.accurate(), labelMix.robust()) >= members.size()) {
      throw new IllegalArgumentException(
          "policy '%s' mixes the label of members %d and %d, but has %d"
              .formatted(name, labelMix.accurate(), labelMix.robust(), members.size()));
    }
    if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
      throw new IllegalArgumentException(
          "false-alarm rate %s of policy '%s' must lie between 0 and 1"
              .formatted(falseAlarmRate, name));
    }
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException(
          "deadline %s of policy '%s' must be above 0".formatted(deadline, name));
    }
    if (!(minimumProbability >= 0 && minimumProbability <= 1)) {
      throw new IllegalArgumentException(
          "minimum probability %s of policy '%s' must lie in 0..1"
              .formatted(minimumProbability, name));
    }
    if (!(abstentionRate >= falseAlarmRate && abstentionRate < 1)) {
      throw new IllegalArgumentException(
          "abstention rate %s of policy '%s' must be at least the false-alarm rate %s and below 1"
              .formatted(abstentionRate, name, falseAlarmRate));
    }
    if (minimumSide < 1) {
      throw new IllegalArgumentException(
          "minimum side %d of policy '%s' must be at least 1 px".formatted(minimumSide, name));
    }
    if (cascade != null) {
      checkCascade(name, cascade, members, checks);
    }
    if (track.release() != null) {
      for (ReleaseRule.Limit limit : track.release().limits()) {
        if (limit.check() >= checks.size()) {
          throw new IllegalArgumentException(
              "the release of policy '%s' limits check number %d, but there are %d"
                  .formatted(name, limit.check(), checks.size()));
        }
      }
    }
    if (witnesses != null && finder == null) {
      throw new IllegalArgumentException(
          "policy '%s' has witnesses, but no detector to check on; give it a 'finder'"
              .formatted(name));
    }
    if (witnesses != null
        && witnesses.hiddenSign() != null
        && witnesses.hiddenSign().signs().isEmpty()
        && sign == null) {
      throw new IllegalArgumentException(
          "policy '%s' looks for hidden signs, but nothing says what is a sign; give it a 'sign' part"
              .formatted(name));
    }
  }

  private static void checkCascade(
      String name, Cascade cascade, List<String> members, List<CheckSetting> checks) {
    if (cascade.label() >= members.size()) {
      throw new IllegalArgumentException(
          "the cascade of policy '%s' has member number %d name the label, but there are %d"
              .formatted(name, cascade.label(), members.size()));
    }
    for (Cascade.Watch watch : cascade.watches()) {
      if (watch.check() >= checks.size()) {
        throw new IllegalArgumentException(
            "the cascade of policy '%s' has check number %d watch, but there are %d"
                .formatted(name, watch.check(), checks.size()));
      }
      CheckSetting setting = checks.get(watch.check());
      if (!setting.canWatch()) {
        throw new IllegalArgumentException(
            "the cascade of policy '%s' has check '%s' watch, which may need what all members say; certified-windows, sign-plausibility, transform-consistency, finder-agreement and track-plausibility can"
                .formatted(name, setting.create().name()));
      }
    }
  }
}
