package io.stopline.campaign.detectorattack;

import io.stopline.attacks.detection.DetectionGoal;
import io.stopline.attacks.detection.DetectorTerm;
import io.stopline.attacks.detection.FrameView;
import io.stopline.attacks.detection.LossTerm;
import io.stopline.attacks.detection.PatchAttack;
import io.stopline.attacks.detection.PatchConditions;
import io.stopline.attacks.detection.PatchPainting;
import io.stopline.attacks.detection.PatchResult;
import io.stopline.attacks.detection.PatchSearch;
import io.stopline.attacks.detection.PatchSites;
import io.stopline.attacks.detection.PatchTarget;
import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.campaign.stills.StillDrive;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches paint by gradients through the detector and, where the attacker knows it, through the
 * guard behind it, each under conditions of the road. Closes nothing. Belongs to one thread.
 */
final class GradientSearch implements ObjectSearch {

  /**
   * Boxes of the own label that overlap more than a part of this are silenced. With less, boxes
   * that hardly touch take steps from those that matter.
   */
  static final double SILENCED = 0.2;

  /** The file is asked so often, in steps, whether the search may end. */
  private static final int ASKED_EVERY = 10;

  /** Frames of a drive that paint for a whole approach is searched in, beside the first. */
  private static final int[] DRIVE = {18, 35};

  /** Draws of his own that an attacker tries a painting in before he is content. */
  private static final int OWN_DRAWS = 6;

  /** Places that are tried with short searches before one is searched to the end. */
  private static final int TRIED_PLACES = 8;

  /** Such a short search has one of so many steps. */
  private static final int TRIED_STEPS = 15;

  /** Of the work, for progress. */
  private static final double TRIED_SHARE = 0.2;

  /** What of something has to be in a frame for it to be wholly there. */
  private static final double WHOLE = 0.99;

  private static final double FIRST_STEP = 0.1;
  private static final double LAST_STEP = 0.01;
  private static final double MOMENTUM = 0.9;

  private final DifferentiableDetector detector;
  private final FrameFit fit;
  private final List<String> labels;
  private final AttackGoal goal;
  private final double threshold;
  private final Ruling ruling;
  private final @Nullable GuardTerms guard;
  private final boolean track;

  GradientSearch(
      DifferentiableDetector detector,
      FrameFit fit,
      List<String> labels,
      AttackGoal goal,
      double threshold,
      Ruling ruling,
      @Nullable GuardTerms guard,
      boolean track) {
    this.detector = detector;
    this.fit = fit;
    this.labels = labels;
    this.goal = goal;
    this.threshold = threshold;
    this.ruling = ruling;
    this.guard = guard;
    this.track = track;
  }

  @Override
  public Found search(
      Image frame,
      AttackedObject object,
      PatchSetting setting,
      Effort effort,
      long seed,
      DoubleConsumer share,
      BooleanSupplier cancelled) {
    List<List<Region>> places = places(frame, object, setting, seed);
    RandomStream random = new RandomStream(seed);
    long trial = random.nextLong();
    long[] own = new long[OWN_DRAWS];
    for (int i = 0; i < own.length; i++) {
      own[i] = random.nextLong();
    }
    long looks = 0;
    List<Promise> promises = new ArrayList<>();
    int few = Math.max(1, effort.steps() / TRIED_STEPS);
    for (List<Region> sites : places) {
      if (cancelled.getAsBoolean() || places.size() == 1) {
        promises.add(new Promise(sites, 0));
        continue;
      }
      PatchTarget target = target(frame, object.box(), object, sites);
      PatchResult result =
          new PatchAttack(List.of(target), frames -> false, settings(few, 1, PatchConditions.NONE))
              .run(trial);
      looks += result.looks();
      promises.add(new Promise(sites, loss(target, result.frames().get(0))));
      share.accept(TRIED_SHARE * promises.size() / places.size());
    }
    promises.sort(Comparator.comparingDouble(p -> -p.loss()));
    Candidate best = null;
    int restarts = Math.min(effort.restarts(), promises.size());
    for (int r = 0; r < restarts && !(best != null && cancelled.getAsBoolean()); r++) {
      double before = TRIED_SHARE + (1 - TRIED_SHARE) * r / restarts;
      Candidate found =
          search(
              frame,
              object,
              promises.get(r).sites(),
              effort,
              random.nextLong(),
              own,
              part -> share.accept(before + (1 - TRIED_SHARE) * part / restarts),
              cancelled);
      looks += found.looks();
      if (best == null || found.isBetterThan(best)) {
        best = found;
      }
      if (best.isDone()) {
        break;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no place to paint was searched");
    }
    return new Found(best.painting(), best.sites(), looks);
  }

  /** A place and how far a short search got there. */
  private record Promise(List<Region> sites, double loss) {}

  /**
   * A painting that was searched to the end.
   *
   * @param won in how many of the attacker's own draws, and as planned, the goal is reached
   * @param loss as planned
   */
  private record Candidate(
      List<Region> sites, Painting painting, int won, double loss, boolean isDone, long looks) {

    boolean isBetterThan(Candidate other) {
      return won != other.won ? won > other.won : loss > other.loss;
    }
  }

  private Candidate search(
      Image frame,
      AttackedObject object,
      List<Region> sites,
      Effort effort,
      long seed,
      long[] own,
      DoubleConsumer share,
      BooleanSupplier cancelled) {
    List<AttackedObject> seen = new ArrayList<>(List.of(object));
    List<PatchTarget> targets = new ArrayList<>();
    targets.add(target(frame, object.box(), object, sites));
    if (track) {
      approach(frame, object, sites, targets, seen);
    }
    PatchPainting planned = new PatchPainting(targets.get(0));
    double all = Math.max(1, effort.steps() / (double) ASKED_EVERY);
    int[] asked = {0};
    PatchResult result =
        new PatchAttack(
                targets,
                frames -> {
                  share.accept(Math.min(1, ++asked[0] / all));
                  return cancelled.getAsBoolean()
                      || isDone(
                          seen, frames, new Painting(planned, texels(frames.get(0), sites)), own);
                },
                settings(effort.steps(), effort.draws(), PatchConditions.ROAD))
            .run(seed);
    Painting painting = new Painting(planned, result.texels());
    int won = ruling.won(object, ruling.see(painting.planned())) ? 1 : 0;
    for (long draw : own) {
      won += ruling.won(object, ruling.see(painting.drawn(draw))) ? 1 : 0;
    }
    return new Candidate(
        sites,
        painting,
        won,
        loss(targets.get(0), painting.planned()),
        result.reached(),
        result.looks());
  }

  private static PatchSearch settings(int steps, int draws, PatchConditions conditions) {
    return new PatchSearch(
        steps, draws, FIRST_STEP, LAST_STEP, MOMENTUM, 1, ASKED_EVERY, conditions);
  }

  /**
   * Whether further steps are not worth their time: the goal is reached with something to spare, in
   * every frame of an approach and in draws of the attacker's own. Paint that a guard is to accept
   * is searched to the end.
   *
   * @param seen the object as each frame has it
   */
  private boolean isDone(
      List<AttackedObject> seen, List<Image> frames, Painting painting, long[] own) {
    if (guard != null) {
      return false;
    }
    for (int i = 0; i < frames.size(); i++) {
      if (!ruling.wonWithReserve(seen.get(i), ruling.see(frames.get(i)))) {
        return false;
      }
    }
    for (long draw : own) {
      if (!ruling.won(seen.get(0), ruling.see(painting.drawn(draw)))) {
        return false;
      }
    }
    return true;
  }

  /** What is painted, back from the 8-bit frame: texels are pixels as planned. */
  private static float[] texels(Image frame, List<Region> sites) {
    int size = 0;
    for (Region site : sites) {
      size += 3 * (int) site.area();
    }
    float[] texels = new float[size];
    int at = 0;
    for (Region site : sites) {
      float[] values = values(frame, site);
      System.arraycopy(values, 0, texels, at, values.length);
      at += values.length;
    }
    return texels;
  }

  /** What the attacker's terms say of a painted frame. */
  private static double loss(PatchTarget target, Image painted) {
    double[] loss = new double[1];
    float[] window = values(painted, target.window());
    target.terms().forEach(term -> term.evaluate(window, 1, new long[] {0}, loss, null));
    return loss[0];
  }

  /** Places worth a try: where the loss of the unaltered frame changes most, and some all over. */
  private List<List<Region>> places(
      Image frame, AttackedObject object, PatchSetting setting, long seed) {
    List<Region> candidates =
        Sites.candidates(frame.width(), frame.height(), object.box(), setting);
    if (candidates.size() <= setting.stickers()) {
      return List.of(candidates);
    }
    Region window = PatchSites.around(candidates);
    float[] clean = values(frame, window);
    float[] gradient = new float[clean.length];
    for (LossTerm term : terms(frame, window, object.box(), object)) {
      term.evaluate(clean, 1, new long[] {seed}, new double[1], gradient);
    }
    return Sites.worthTrying(
        candidates, setting.stickers(), window, gradient, TRIED_PLACES, new RandomStream(seed));
  }

  private PatchTarget target(Image frame, Region box, AttackedObject object, List<Region> sites) {
    Region window = Sites.window(frame, sites);
    return new PatchTarget(frame, window, sites, terms(frame, window, box, object));
  }

  /** Adds the same object nearer, as a drive through the still shows it. */
  private void approach(
      Image frame,
      AttackedObject object,
      List<Region> sites,
      List<PatchTarget> targets,
      List<AttackedObject> seen) {
    StillDrive drive = new StillDrive(frame);
    for (int k : DRIVE) {
      Region box = drive.region(object.box(), k);
      List<Region> there = new ArrayList<>();
      for (Region site : sites) {
        Region moved = drive.region(site, k);
        if (moved != null && drive.visibleShare(site, k) > WHOLE) {
          there.add(moved);
        }
      }
      if (box != null
          && there.size() == sites.size()
          && drive.visibleShare(object.box(), k) > WHOLE) {
        targets.add(target(drive.frame(k), box, object, there));
        seen.add(object.at(box));
      }
    }
  }

  /** What the attacker wants of a frame in which the object has this box. */
  private List<LossTerm> terms(Image frame, Region window, Region box, AttackedObject object) {
    List<LossTerm> terms = new ArrayList<>();
    int size = 3 * window.width() * window.height();
    terms.add(
        new DetectorTerm(
            detector,
            new FrameView(frame, window, fit, detector.shape()),
            size,
            aim(goal, box, object, detector.labels() == 1),
            threshold,
            1));
    if (guard != null) {
      terms.addAll(
          guard.terms(
              frame,
              window,
              box,
              goal,
              labels.get(object.label()),
              object.wanted() < 0 ? "" : labels.get(object.wanted()),
              object.guardLabel()));
    }
    return terms;
  }

  /**
   * What is wanted of the detector.
   *
   * @param oneLabel whether it knows one kind alone
   */
  static DetectionGoal aim(AttackGoal goal, Region box, AttackedObject object, boolean oneLabel) {
    return switch (goal) {
      case HIDE ->
          new DetectionGoal(
              DetectionGoal.Kind.HIDE, box, object.label(), DetectionGoal.ANY, SILENCED);
      case CREATE -> DetectionGoal.create(box, object.wanted());
      case MISLABEL ->
          oneLabel
              // A finder of one kind cannot take it for another: it goes on finding it, and what is
              // behind it errs.
              ? DetectionGoal.create(box, object.label())
              : new DetectionGoal(
                  DetectionGoal.Kind.MISLABEL, box, object.label(), object.wanted(), SILENCED);
    };
  }

  /** Values of a part of a frame, HWC, 0..1. */
  static float[] values(Image frame, Region window) {
    float[] values = new float[3 * window.width() * window.height()];
    for (int y = 0; y < window.height(); y++) {
      int from = frame.index(window.x(), window.y() + y);
      for (int i = 0; i < 3 * window.width(); i++) {
        values[3 * y * window.width() + i] = (frame.data()[from + i] & 0xff) / 255f;
      }
    }
    return values;
  }
}
