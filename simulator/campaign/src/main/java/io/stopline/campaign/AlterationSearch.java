package io.stopline.campaign;

import io.stopline.attacks.EvolutionSearch;
import io.stopline.attacks.ScoreTarget;
import io.stopline.attacks.SearchProgress;
import io.stopline.attacks.SearchResult;
import io.stopline.attacks.SearchSettings;
import io.stopline.attacks.ThreatModel;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Track;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds an alteration of one sign that fools a bundle's models over a whole drive, by score queries
 * through the camera model alone; then judges it on views that the search has not seen. Or stickers
 * that fool them over the photographs of a track, and judges them there.
 *
 * <p>Deterministic: the same drive, settings and seed find the same alteration on any number of
 * threads. Thread-safe.
 */
public final class AlterationSearch {

  /** What a sign may be altered with. */
  public enum Kind {
    STICKERS,
    SHADOW,
    GRAFFITI,
    LIGHT,
    LASER,
    RING,
    STRIPES,
    INFRARED,
    REFLECTOR,
    LENS_DOTS,
    PHANTOM
  }

  /** Whose scores the attacker may ask for. */
  public enum Knowledge {
    /** The mean of the policy's members on the plain view; the attacker knows no guard. */
    ENSEMBLE,

    /**
     * The whole guard, fresh random draws each time: a wrong label must also be accepted, in frames
     * as clear as the policy's release asks for. The attacker never knows the draws.
     */
    GUARD
  }

  /** What the attacker is after. */
  public enum Goal {
    /** A wrong label. */
    LABEL,
    /** Frames that are shown to all checks of the guard: its cost. */
    COST,
    /** Boxes of the finder that are not about the sign. */
    BOX;

    /** Whether alterations of a kind can be searched for it: only what is there can be framed. */
    public boolean suits(Kind kind) {
      return this == LABEL || kind != Kind.PHANTOM;
    }

    /** What a policy would have to have for it; null if nothing is lacking. */
    public @Nullable String lackedBy(GuardPolicy policy) {
      return switch (this) {
        case LABEL -> null;
        case COST -> policy.cascade() == null ? "cascade, so all its frames cost the same" : null;
        case BOX -> policy.finder() == null ? "detector of its own as the finder" : null;
      };
    }
  }

  /**
   * What to look for.
   *
   * @param goal whoever is after the cost or the box asks the guard
   * @param areaShare of the sign that may be covered, above 0, at most 1, or of the frame, for dots
   *     on the lens; a shadow, stripes and a phantom may cover all
   * @param pieces stickers at most, at least 1; a single one is compact: at most twice as long as
   *     wide
   * @param queries views to ask for at most
   * @param threads that ask
   * @param irradiance of light that may be added, at most, share of the daylight; kinds that add
   *     none do not look at it
   */
  public record Settings(
      Kind kind,
      Goal goal,
      Knowledge knowledge,
      double areaShare,
      int pieces,
      long queries,
      int threads,
      double irradiance) {

    public Settings {
      if (AlterationKinds.addsLight(kind)
          && !(irradiance > 0 && irradiance <= ProjectedLight.MOST_IRRADIANCE)) {
        throw new IllegalArgumentException(
            "search for %s: irradiance is %s; it must be above 0 and at most %s"
                .formatted(AlterationKinds.word(kind), irradiance, ProjectedLight.MOST_IRRADIANCE));
      }
      if (!goal.suits(kind) || (goal != Goal.LABEL && knowledge != Knowledge.GUARD)) {
        throw new IllegalArgumentException(
            "search for %s: only who asks the guard, about a sign that is there, can be after its cost or its boxes"
                .formatted(AlterationKinds.word(kind)));
      }
    }

    /** After a wrong label, with as much light as is usual for the kind. */
    public Settings(
        Kind kind, Knowledge knowledge, double areaShare, int pieces, long queries, int threads) {
      this(
          kind,
          knowledge,
          areaShare,
          pieces,
          queries,
          threads,
          AlterationKinds.of(kind).irradiance());
    }

    /** After a wrong label. */
    public Settings(
        Kind kind,
        Knowledge knowledge,
        double areaShare,
        int pieces,
        long queries,
        int threads,
        double irradiance) {
      this(kind, Goal.LABEL, knowledge, areaShare, pieces, queries, threads, irradiance);
    }

    /** Stickers at most, where nothing asks for fewer. */
    public static final int MOST_PIECES = 6;

    /** Stickers on at most 15 % against the bare ensemble, as many queries as a minute allows. */
    public static Settings standard(int threads) {
      return new Settings(Kind.STICKERS, Knowledge.ENSEMBLE, 0.15, MOST_PIECES, 30_000, threads);
    }
  }

  /** Clear sky: the sun gives about four fifths of the light. */
  private static final double DARKEST_SHADOW = 0.8;

  /** Searches against the bare models before the one against the guard. */
  private static final int REHEARSALS = 2;

  private static final long FEWEST_QUERIES = 100;

  /** Views of each near frame by which a result is judged. */
  private static final int JUDGED_DRAWS = 3;

  private final Bundle bundle;
  private final @Nullable String policy;
  private final RuntimeOptions options = RuntimeOptions.defaults().withThreads(1);

  /**
   * A search against the models of a policy.
   *
   * @param policy its name, or null for the bundle's default
   */
  public AlterationSearch(Bundle bundle, @Nullable String policy) {
    this.bundle = bundle;
    this.policy = policy;
  }

  /**
   * What a search's progress is about.
   *
   * @param outline of the sign in the unit square
   * @param parameters of a {@link SearchProgress.Step} of a search with these settings
   */
  public static Alteration alteration(Shape outline, Settings settings, List<Double> parameters) {
    return space(outline, settings)
        .decode(parameters.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static AlterationSpace space(Shape outline, Settings settings) {
    return switch (settings.kind) {
      case STICKERS -> new StickerSpace(outline, settings.areaShare, settings.pieces);
      case SHADOW -> new ShadowSpace(DARKEST_SHADOW);
      case GRAFFITI -> new GraffitiSpace(outline, settings.areaShare);
      case LIGHT -> new LightSpace(outline, settings.areaShare, settings.irradiance);
      case LASER -> new LaserSpace(outline, settings.areaShare, settings.irradiance);
      case RING -> new RingSpace(outline, settings.areaShare);
      case STRIPES -> new StripesSpace(settings.irradiance);
      case INFRARED -> new InfraredSpace(outline, settings.areaShare, settings.irradiance);
      case REFLECTOR -> new ReflectorSpace(outline, settings.areaShare);
      case LENS_DOTS -> new LensSpace(settings.areaShare);
      case PHANTOM -> new PhantomSpace(settings.irradiance);
    };
  }

  /**
   * Searches.
   *
   * @param drive with or without an alteration; what is on the sign is taken off
   * @param sign its index in the scenario
   * @param start alterations of the wanted kind to begin with, beside random ones
   * @param seed of every random draw
   * @param progress told of each step, on the caller's thread
   * @throws IllegalArgumentException if the sign is never near, or a value is out of its range
   * @throws IndexOutOfBoundsException if there is no such sign
   */
  public Found find(
      DriveRenderer drive,
      int sign,
      Settings settings,
      List<Alteration> start,
      long seed,
      SearchProgress progress) {
    int signClass = drive.scenario().signs().get(sign).signClass();
    Aim aim = new Aim(signClass, settings.kind == Kind.PHANTOM);
    return find(
        new Place(drive, sign),
        new DriveViews(prepared(drive, sign, settings.kind), sign, seeded(seed)),
        JUDGED_DRAWS,
        SignArt.of(signClass).outline(),
        aim,
        settings,
        start,
        seed,
        progress);
  }

  private static long seeded(long seed) {
    return RandomStream.derive(seed, 0x71e25);
  }

  /** Takes the sign away where a phantom is to stand, once for all that are tried. */
  private static DriveRenderer prepared(DriveRenderer drive, int sign, Kind kind) {
    return kind == Kind.PHANTOM
        ? drive.withAlteration(sign, new Phantom(Phantom.Art.SIGN, 1, 1, 0, Phantom.Surface.BOARD))
        : drive;
  }

  /**
   * Searches stickers for the photographs of one sign, and judges them in the same photographs, in
   * order: the attacker has filmed the very drive, and knows all but the guard's random draws.
   *
   * @param track labelled in the order of the models' classes
   * @param outline of the sign in the unit square
   * @param seed of every random draw
   * @throws IllegalArgumentException if anything but stickers is asked for
   */
  public Found find(Track track, Shape outline, Settings settings, long seed) {
    if (settings.kind != Kind.STICKERS) {
      throw new IllegalArgumentException(
          "photographs can be altered with stickers, not with %s".formatted(settings.kind));
    }
    return find(
        null,
        new PhotographedTrack(track, outline),
        1,
        outline,
        new Aim(track.label(), false),
        settings,
        List.of(),
        seed,
        SearchProgress.none());
  }

  /** Judges a track as it was photographed, as {@link #find(Track, Shape, Settings, long)} does. */
  public Judged judge(Track track, Shape outline, long seed) {
    return judge(
        new PhotographedTrack(track, outline),
        1,
        new Aim(track.label(), false),
        null,
        judging(seed));
  }

  private static long judging(long seed) {
    return RandomStream.derive(seed, 0xf4e54);
  }

  /**
   * Searches as {@link #find(DriveRenderer, int, Settings, List, long, SearchProgress)} does, and
   * leaves the judging to the caller.
   *
   * @param drive with or without an alteration; what is on the sign is taken off
   * @param sign its index in the scenario
   * @param start alterations of the wanted kind to begin with, beside random ones
   * @param seed of every random draw
   * @throws IllegalArgumentException if the sign is never near, or a value is out of its range
   */
  public Searched search(
      DriveRenderer drive, int sign, Settings settings, List<Alteration> start, long seed) {
    int signClass = drive.scenario().signs().get(sign).signClass();
    return search(
        new Place(drive, sign),
        new DriveViews(prepared(drive, sign, settings.kind), sign, seeded(seed)),
        SignArt.of(signClass).outline(),
        new Aim(signClass, settings.kind == Kind.PHANTOM),
        settings,
        start,
        seed,
        SearchProgress.none());
  }

  private Found find(
      @Nullable Place place,
      SignViews views,
      int judgedDraws,
      Shape outline,
      Aim aim,
      Settings settings,
      List<Alteration> start,
      long seed,
      SearchProgress progress) {
    long began = System.nanoTime();
    Searched searched = search(place, views, outline, aim, settings, start, seed, progress);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Found(
        searched.alteration(),
        searched.coveredShare(),
        searched.threatModel(),
        searched.queries(),
        searched.success(),
        searched.samples(),
        seconds,
        judge(views, judgedDraws, aim, searched.alteration(), judging(seed)));
  }

  /** Where a sign is, for who looks at whole frames. */
  private record Place(DriveRenderer drive, int sign) {}

  private ScoreTarget bare(SignViews views, AlterationSpace space, Aim aim) {
    return () -> new EnsembleSession(bundle, policy, options, views.open(), space, aim);
  }

  private ScoreTarget target(
      @Nullable Place place,
      SignViews views,
      AlterationSpace space,
      Aim aim,
      Settings settings,
      long seed) {
    GuardPolicy attacked = bundle.policy(policy).policy();
    String lacking = settings.goal.lackedBy(attacked);
    if (lacking != null) {
      throw new IllegalArgumentException(
          "policy '%s' has no %s; nobody can be after that".formatted(attacked.name(), lacking));
    }
    return switch (settings.goal) {
      case LABEL ->
          settings.knowledge == Knowledge.GUARD
              ? () -> new GuardSession(bundle, policy, options, views.open(), space, aim, seed)
              : bare(views, space, aim);
      case COST -> () -> new CostSession(bundle, policy, options, views.open(), space, seed);
      case BOX -> {
        if (place == null) {
          throw new IllegalArgumentException(
              "photographs show a sign alone, so that no box of a finder can be shifted on them");
        }
        yield () ->
            new BoxSession(
                bundle,
                policy,
                options,
                place.drive(),
                place.sign(),
                views.nearFrames(),
                space,
                seed);
      }
    };
  }

  private Searched search(
      @Nullable Place place,
      SignViews views,
      Shape outline,
      Aim aim,
      Settings settings,
      List<Alteration> start,
      long seed,
      SearchProgress progress) {
    AlterationSpace space = space(outline, settings);
    List<double[]> begin = new ArrayList<>(start.stream().map(space::encode).toList());
    ScoreTarget bare = bare(views, space, aim);
    ScoreTarget target = target(place, views, space, aim, settings, seed);
    long rehearsed = 0;
    if (settings.goal == Goal.LABEL && settings.knowledge == Knowledge.GUARD) {
      // What fools the models is where to begin; that it be accepted is the second step.
      long each = settings.queries / (2L * REHEARSALS);
      for (int i = 0; i < REHEARSALS && each >= FEWEST_QUERIES; i++) {
        long before = rehearsed;
        SearchResult first =
            new EvolutionSearch(
                    space,
                    bare,
                    SearchSettings.standard(each, settings.threads),
                    step -> progress.at(later(step, before, settings.queries)))
                .search(begin, RandomStream.derive(seed, 0x4e4ea + i));
        rehearsed += first.queries();
        begin.add(first.vector());
      }
    }
    long spent = rehearsed;
    SearchSettings effort =
        SearchSettings.standard(
            Math.max(FEWEST_QUERIES, settings.queries - spent), settings.threads);
    SearchResult result =
        new EvolutionSearch(
                space, target, effort, step -> progress.at(later(step, spent, settings.queries)))
            .search(begin, seed);
    Alteration alteration = space.decode(result.vector());
    return new Searched(
        alteration,
        AlterationPainter.coveredShare(outline, alteration),
        new ThreatModel(
            goal(settings.goal, aim),
            ThreatModel.Knowledge.SCORE_QUERIES,
            settings.knowledge == Knowledge.GUARD
                ? ThreatModel.GuardKnowledge.QUERIES
                : ThreatModel.GuardKnowledge.NONE,
            AlterationKinds.of(settings.kind).capability(),
            AlterationKinds.of(settings.kind).budget(settings, effort.samples())),
        spent + result.queries(),
        result.fooledShare(),
        result.freshSamples());
  }

  private static ThreatModel.Goal goal(Goal goal, Aim aim) {
    return switch (goal) {
      case LABEL -> aim.creates() ? ThreatModel.Goal.CREATE : ThreatModel.Goal.UNTARGETED;
      case COST -> ThreatModel.Goal.COST;
      case BOX -> ThreatModel.Goal.SHIFT;
    };
  }

  private static SearchProgress.Step later(SearchProgress.Step step, long spent, long of) {
    return new SearchProgress.Step(
        spent + step.queries(),
        of,
        step.loss(),
        step.fooledShare(),
        step.freshFooledShare(),
        step.parameters());
  }

  /**
   * Judges an alteration in all near frames of a drive. Where it is a phantom, the models err where
   * they take it for a sign of the class that it pretends, and the guard where it accepts any
   * label.
   *
   * @param alteration null for the clean sign
   * @param seed of the crops' edges and the guard's draws
   * @throws IllegalArgumentException if the sign is never near
   */
  public Judged judge(DriveRenderer drive, int sign, @Nullable Alteration alteration, long seed) {
    return judge(
        new DriveViews(drive, sign),
        JUDGED_DRAWS,
        new Aim(drive.scenario().signs().get(sign).signClass(), alteration instanceof Phantom),
        alteration,
        seed);
  }

  /** Every near frame of the drive, with crops that the search did not see. */
  private Judged judge(
      SignViews views, int draws, Aim aim, @Nullable Alteration alteration, long seed) {
    List<FrameScore> scores = new ArrayList<>();
    SignViews.Viewer viewer = views.open();
    viewer.show(alteration);
    try (FrameJudge frames = new FrameJudge(bundle, policy)) {
      for (int draw = 0; draw < draws; draw++) {
        // Each draw is a drive of its own to the guard: suspicion adds up along a track.
        TrackState track = new TrackState();
        for (int frame : views.nearFrames()) {
          long number = RandomStream.derive(seed, 1000L * draw + frame);
          Image crop = viewer.frame(frame, draw == 0 ? 0 : number);
          FrameJudge.Seen seen = new FrameJudge.Seen(frame, draw, views.heightPixels(frame));
          scores.add(frames.score(crop, seen, aim, number, track));
        }
      }
    }
    return new Judged(scores);
  }
}
