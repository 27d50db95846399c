package io.stopline.campaign.proving;

import io.stopline.campaign.AlterationKinds;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.FrameJudgement;
import io.stopline.campaign.Searched;
import io.stopline.campaign.SignJudgement;
import io.stopline.campaign.proving.Campaign.Attacker;
import io.stopline.campaign.proving.Campaign.GuardChoice;
import io.stopline.campaign.track.FoundForTrack;
import io.stopline.campaign.track.TrackAttack;
import io.stopline.campaign.track.TrackScene;
import io.stopline.campaign.track.TrackSettings;
import io.stopline.config.Bundle;
import io.stopline.evaluation.ParallelWork;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.awt.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges planned tracks by one guard and by its bare models: searches what each attacker puts on
 * the sign, films the drive clean, with the benign twin and with each attacker's alteration, and
 * tells what a vehicle would have done. What comes of a track depends on its plan alone. Belongs to
 * one thread.
 */
final class TrackRun implements AutoCloseable {

  private static final int APPROACHED = 0;

  private final Campaign campaign;
  private final GuardChoice guard;
  private final Bundle bundle;
  private final Path pictures;
  private final AlterationSearch search;
  private final List<DriveJudge> judges = new ArrayList<>();

  /** Opened when somebody follows gradients: it rebuilds all models. */
  private @Nullable TrackAttack gradients;

  /** What is on the sign in one filming of the drive. */
  private record Variant(
      String kind, String attacker, @Nullable Alteration alteration, double share, long queries) {}

  /**
   * @param guard what is judged
   * @param bundle the guard's
   * @param pictures where pictures that attackers print are written
   */
  TrackRun(Campaign campaign, GuardChoice guard, Bundle bundle, Path pictures) {
    this.campaign = campaign;
    this.guard = guard;
    this.bundle = bundle;
    this.pictures = pictures;
    this.search = new AlterationSearch(bundle, guard.policy());
  }

  /** What was counted over the near frames of a drive, as {@link Row} has it. */
  private record Counts(
      int wrongFrames,
      int suspectFrames,
      int abstainedFrames,
      int allChecksFrames,
      double smallestPValue,
      String noticedBy) {}

  /** One for each variant of a drive, opened when that many are first needed. */
  private DriveJudge judge(int variant) {
    while (judges.size() <= variant) {
      judges.add(
          DriveJudge.open(
              bundle, guard.policy(), RuntimeOptions.defaults().withThreads(1), campaign.seed()));
    }
    return judges.get(variant);
  }

  /** Judges a track. */
  JudgedTrack run(TrackPlan plan) {
    Scenario scenario =
        DrawnScenario.draw(
            plan.signClass(),
            plan.seed(),
            List.of(campaign.scenario(), plan.condition().scenario()));
    return runAttacked(plan, Means.seen(plan.alteration().kind(), scenario));
  }

  /** Judges a drive with what is on its first sign, whatever the campaign's attackers do. */
  JudgedTrack runAsItIs(TrackPlan plan, Scenario scenario) {
    DriveRenderer drive = DriveRenderer.of(scenario);
    Alteration alteration = scenario.signs().get(APPROACHED).alteration();
    Shape outline = SignArt.of(plan.signClass()).outline();
    Variant variant =
        alteration == null
            ? new Variant(Row.CLEAN, "", null, 0, 0)
            : new Variant(
                Row.ATTACK, "", alteration, AlterationPainter.coveredShare(outline, alteration), 0);
    return judge(plan, drive, List.of(variant));
  }

  /** Judges a drive with what the campaign's attackers put on its first sign. */
  JudgedTrack runAttacked(TrackPlan plan, Scenario scenario) {
    DriveRenderer drive = DriveRenderer.of(scenario);
    return judge(plan, drive, variants(plan, drive));
  }

  private JudgedTrack judge(TrackPlan plan, DriveRenderer drive, List<Variant> variants) {
    Scenario scenario = drive.scenario();
    TrackFilm film =
        new TrackFilm(drive, APPROACHED, variants.stream().map(Variant::alteration).toList());
    for (int v = 0; v < variants.size(); v++) {
      judge(v).begin(plan.drawSeed());
    }
    for (int frame = 0; frame < film.frames(); frame++) {
      GroundTruth truth = film.truth(frame);
      List<Image> pictures = film.pictures(frame);
      for (int v = 0; v < variants.size(); v++) {
        judge(v).judge(truth, pictures.get(v));
      }
    }
    List<Row> rows = new ArrayList<>();
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    for (int v = 0; v < variants.size(); v++) {
      Variant variant = variants.get(v);
      DriveResult result = judge(v).finish(scenario.name(), variant.alteration() != null);
      rows.add(guarded(plan, scenario, variant, result));
      rows.add(bare(plan, scenario, variant, result));
      scenarios.put(
          Row.name(variant.kind(), variant.attacker()),
          drive.withAlteration(APPROACHED, variant.alteration()).scenario());
    }
    return new JudgedTrack(plan.number(), rows, scenarios);
  }

  private List<Variant> variants(TrackPlan plan, DriveRenderer drive) {
    Shape outline = SignArt.of(plan.signClass()).outline();
    List<Variant> attacks = new ArrayList<>();
    List<Alteration> start = new ArrayList<>();
    for (int i = 0; i < campaign.attackers().size(); i++) {
      long seed = RandomStream.derive(plan.seed(), 0xa77ac + i);
      Variant attack = attack(plan, drive, campaign.attackers().get(i), start, seed);
      if (attack == null) {
        continue;
      }
      attacks.add(attack);
      Alteration found = attack.alteration();
      if (found != null && Means.byQueries(plan.alteration().kind()) != null) {
        // Attackers learn from those before them, as they would from what is published.
        start.add(found);
      }
    }
    Alteration first = attacks.get(0).alteration();
    if (first == null) {
      throw new IllegalStateException("an attacker found nothing at all");
    }
    Alteration twin = BenignTwin.of(first, outline, RandomStream.derive(plan.seed(), 0xbe));
    List<Variant> variants = new ArrayList<>();
    variants.add(new Variant(Row.CLEAN, "", unlit(first), 0, 0));
    variants.add(
        new Variant(Row.BENIGN, "", twin, AlterationPainter.coveredShare(outline, twin), 0));
    variants.addAll(attacks);
    return variants;
  }

  /** What stands where a phantom is thrown, without it; null where there is a sign, clean. */
  private static @Nullable Alteration unlit(Alteration thrown) {
    return thrown instanceof Phantom phantom
        ? new Phantom(Phantom.Art.PATCH, 1, 0, 0, phantom.surface())
        : null;
  }

  /** What an attacker puts on the sign; null if he does not try this alteration. */
  private @Nullable Variant attack(
      TrackPlan plan, DriveRenderer drive, Attacker attacker, List<Alteration> start, long seed) {
    if (!attacker.tries(plan.alteration())) {
      return null;
    }
    AlterationSearch.Kind queries = Means.byQueries(plan.alteration().kind());
    TrackSettings.Kind steps = Means.byGradients(plan.alteration().kind());
    return switch (attacker.method()) {
      case QUERIES ->
          queries == null ? null : byQueries(plan, drive, attacker, queries, start, seed);
      case GRADIENTS -> steps == null ? null : byGradients(plan, drive, attacker, steps, seed);
    };
  }

  private Variant byQueries(
      TrackPlan plan,
      DriveRenderer drive,
      Attacker attacker,
      AlterationSearch.Kind kind,
      List<Alteration> start,
      long seed) {
    Searched found =
        search.search(
            drive,
            APPROACHED,
            new AlterationSearch.Settings(
                kind,
                attacker.goal(),
                attacker.knowsGuard()
                    ? AlterationSearch.Knowledge.GUARD
                    : AlterationSearch.Knowledge.ENSEMBLE,
                plan.alteration().areaShare(),
                plan.alteration().pieces(),
                attacker.effort(),
                1,
                AlterationKinds.of(kind).irradiance()),
            start,
            seed);
    return new Variant(
        Row.ATTACK, attacker.name(), found.alteration(), found.coveredShare(), found.queries());
  }

  private Variant byGradients(
      TrackPlan plan, DriveRenderer drive, Attacker attacker, TrackSettings.Kind kind, long seed) {
    if (gradients == null) {
      gradients = TrackAttack.open(bundle, guard.policy(), guard.gradients());
    }
    TrackSettings usual =
        TrackSettings.standard(
            kind,
            attacker.knowsGuard()
                ? TrackSettings.Knowledge.GUARD
                : TrackSettings.Knowledge.MEMBERS);
    FoundForTrack found =
        gradients.find(
            TrackScene.of(drive, APPROACHED),
            new TrackSettings(
                kind,
                usual.knowledge(),
                plan.alteration().areaShare(),
                plan.alteration().pieces(),
                (int) attacker.effort(),
                usual.frames(),
                usual.draws()),
            pictures,
            seed);
    return new Variant(
        Row.ATTACK, attacker.name(), found.alteration(), found.coveredShare(), found.views());
  }

  private Row guarded(TrackPlan plan, Scenario scenario, Variant variant, DriveResult result) {
    LabelInForce force = new LabelInForce(truth(plan, variant), decision(scenario));
    int label = -1;
    int wrong = 0;
    int suspect = 0;
    int abstained = 0;
    int byAll = 0;
    double smallest = Double.NaN;
    String noticedBy = "";
    for (SignJudgement sign : approached(result)) {
      Verdict verdict = sign.verdict();
      boolean suspected = verdict != null && verdict.decision() == Decision.SUSPECT;
      // Where the sign is not followed in a frame, the vehicle keeps what it knows.
      label = sign.track() == null ? label : sign.released();
      force.see(sign.truth().distanceMetres(), label, suspected);
      if (verdict != null && verdict.decision() != Decision.NO_SIGN) {
        smallest = Double.isNaN(smallest) ? verdict.pValue() : Math.min(smallest, verdict.pValue());
      }
      if (verdict != null && suspected && noticedBy.isEmpty()) {
        noticedBy = Noticed.by(verdict, judge(0).guard().policy());
      }
      if (sign.near()) {
        wrong += sign.wrongIsAccepted() ? 1 : 0;
        suspect += suspected ? 1 : 0;
        abstained += verdict != null && verdict.decision() == Decision.ABSTAIN ? 1 : 0;
        byAll += verdict != null && isByAll(verdict) ? 1 : 0;
      }
    }
    Counts counts = new Counts(wrong, suspect, abstained, byAll, smallest, noticedBy);
    return row(plan, scenario, variant, result, guard.name(), force, counts);
  }

  /** Whether all checks looked; without a cascade they always do. */
  private static boolean isByAll(Verdict verdict) {
    CascadeStep step = verdict.cascade();
    return verdict.decision() != Decision.NO_SIGN && (step == null || step.stage() == 1);
  }

  private Row bare(TrackPlan plan, Scenario scenario, Variant variant, DriveResult result) {
    LabelInForce force = new LabelInForce(truth(plan, variant), decision(scenario));
    boolean phantom = variant.alteration() instanceof Phantom;
    BareMajority majority = new BareMajority();
    int label = -1;
    int wrong = 0;
    for (SignJudgement sign : approached(result)) {
      if (sign.near()) {
        // Models name anything: where no sign is, somebody has to find one first.
        boolean asked = !phantom || sign.track() != null;
        label = majority.add(asked ? sign.bareLabel() : -1);
        wrong += asked && sign.bareIsWrong() ? 1 : 0;
      }
      force.see(sign.truth().distanceMetres(), label, false);
    }
    Counts counts = new Counts(wrong, 0, 0, 0, Double.NaN, "");
    return row(plan, scenario, variant, result, Row.UNDEFENDED, force, counts);
  }

  /** The class that is there; −1 for a phantom. */
  private static int truth(TrackPlan plan, Variant variant) {
    return variant.alteration() instanceof Phantom ? -1 : plan.signClass();
  }

  private double decision(Scenario scenario) {
    return campaign.vehicle().metres(scenario.vehicle().speedMetresPerSecond());
  }

  private static List<SignJudgement> approached(DriveResult result) {
    List<SignJudgement> seen = new ArrayList<>();
    for (FrameJudgement frame : result.frames()) {
      for (SignJudgement sign : frame.signs()) {
        if (sign.truth().sign() == APPROACHED) {
          seen.add(sign);
        }
      }
    }
    return seen;
  }

  private Row row(
      TrackPlan plan,
      Scenario scenario,
      Variant variant,
      DriveResult result,
      String judgeName,
      LabelInForce force,
      Counts counts) {
    List<SignJudgement> seen = approached(result);
    boolean undefended = judgeName.equals(Row.UNDEFENDED);
    Set<Long> tracks = new HashSet<>();
    double found = Double.NaN;
    for (SignJudgement sign : seen) {
      if (sign.track() != null) {
        tracks.add(sign.track());
        found = Double.isNaN(found) ? sign.truth().distanceMetres() : found;
      }
    }
    int own = 0;
    for (Incident incident : result.incidents()) {
      own += tracks.contains(incident.track()) ? 1 : 0;
    }
    return new Row(
        plan.number(),
        plan.signClass(),
        plan.condition().name(),
        scenario.vehicle().speedMetresPerSecond(),
        decision(scenario),
        scenario.seed(),
        plan.alteration().name(),
        variant.kind(),
        variant.attacker(),
        variant.share(),
        variant.queries(),
        /* guard= */ judgeName,
        /* judgedBy= */ guard.name(),
        result.frames().size(),
        (int) seen.stream().filter(SignJudgement::near).count(),
        undefended ? Double.NaN : found,
        force.standing(),
        force.atDecision(),
        Manoeuvre.of(truth(plan, variant), force.atDecision(), force.standing()),
        force.rightInForce(),
        force.firstWrong() >= 0,
        force.firstWrong(),
        force.suspected(),
        counts.wrongFrames,
        counts.suspectFrames,
        counts.abstainedFrames,
        counts.allChecksFrames,
        counts.smallestPValue,
        counts.noticedBy,
        seen.stream()
            .filter(SignJudgement::near)
            .mapToDouble(SignJudgement::bareMargin)
            .min()
            .orElse(Double.NaN),
        undefended ? 0 : own,
        undefended ? 0 : result.incidents().size() - own);
  }

  /**
   * A worker for {@link ParallelWork}.
   *
   * @param enough asked before each track; once true, tracks are left out
   * @param sink takes what came of a track
   */
  ParallelWork.Worker worker(
      List<TrackPlan> plans, BooleanSupplier enough, Consumer<JudgedTrack> sink) {
    return new ParallelWork.Worker() {
      @Override
      public void run(int piece) {
        TrackPlan plan = plans.get(piece);
        if (enough.getAsBoolean()) {
          return;
        }
        sink.accept(TrackRun.this.run(plan));
      }

      @Override
      public void close() {
        TrackRun.this.close();
      }
    };
  }

  @Override
  public void close() {
    if (gradients != null) {
      gradients.close();
    }
    judges.forEach(DriveJudge::close);
  }
}
