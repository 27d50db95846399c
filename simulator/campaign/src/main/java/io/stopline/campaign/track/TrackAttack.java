package io.stopline.campaign.track;

import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.campaign.FrameScore;
import io.stopline.campaign.Judged;
import io.stopline.campaign.track.Climb.Candidate;
import io.stopline.campaign.track.TrackSettings.Kind;
import io.stopline.campaign.track.TrackSettings.Knowledge;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds one alteration of a sign for its whole approach by gradients: a wrong label that the guard
 * releases and never suspects. What is searched through are stand-ins of the near frames and models
 * rebuilt with gradients; what counts are the exact pictures, the bundle's own files and the real
 * guard.
 *
 * <p>Many places and labels begin, few go on: successive halving (Jamieson and Talwalkar 2016). The
 * last ones are judged with the attacker's own draws, and the best is judged once more with others.
 *
 * <p>The same bundle, track, settings and seed give the same result on one machine. Belongs to one
 * thread at a time.
 */
public final class TrackAttack implements AutoCloseable {

  /** Frames that a search looks at, evenly spread. */
  private static final int MOST_FRAMES = 24;

  /** Labels that are gone for, beside any wrong one. */
  private static final int TARGETS = 3;

  /** Parts of the last round, after each of which the attacker looks how far he is. */
  private static final int PARTS = 8;

  /** What is worth this is good enough. */
  private static final double CONTENT = 1;

  /** Drives by which a result is judged. */
  private static final int JUDGED_DRIVES = 3;

  /** Drives by which the attacker chooses among what he found. */
  private static final int OWN_DRIVES = 5;

  private final TrackVictim models;
  private final TrackJudge judge;

  private TrackAttack(TrackVictim models, TrackJudge judge) {
    this.models = models;
    this.judge = judge;
  }

  /**
   * Opens a policy's models twice: exactly, and rebuilt with gradients.
   *
   * @param policy its name, or null for the bundle's default
   * @param gradients the policy whose models are rebuilt, for example of the float equivalents,
   *     which take half the time; null: the same. It has to know the same labels.
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws io.stopline.autodiff.UnsupportedOperatorException if a member has no gradients
   */
  public static TrackAttack open(
      Bundle bundle, @Nullable String policy, @Nullable String gradients) {
    PolicyFile file = bundle.policy(policy);
    TrackVictim models =
        TrackVictim.open(bundle, gradients == null ? file : bundle.policy(gradients));
    boolean done = false;
    try {
      TrackAttack attack = new TrackAttack(models, new TrackJudge(bundle, file.policy().name()));
      done = true;
      return attack;
    } finally {
      if (!done) {
        models.close();
      }
    }
  }

  /**
   * Searches.
   *
   * @param folder where a poster's picture is written
   * @param seed of every random draw
   */
  public FoundForTrack find(TrackScene scene, TrackSettings settings, Path folder, long seed) {
    long began = System.nanoTime();
    boolean whole = settings.knowledge() == Knowledge.GUARD;
    Victim bare = models.bare();
    Victim victim = whole ? models.guard(settings.draws(), RandomStream.derive(seed, 1)) : bare;
    Climb climb = new Climb(scene, spread(scene.frames()), RandomStream.derive(seed, 2));
    // Where models can be fooled is found without the guard's checks, at half the cost.
    List<Candidate> candidates = starts(scene, settings, climb, bare, RandomStream.derive(seed, 3));
    int few = Math.max(1, settings.steps() / 10);
    climb.round(bare, candidates, few, 2, 0, 0.15);
    candidates = Climb.best(candidates, candidates.size() / 2, 2);
    climb.round(bare, candidates, few, 3, 0.15, 0.3);
    candidates = Climb.best(candidates, 4, 0);
    climb.round(bare, candidates, 2 * few, settings.frames() / 2 + 1, 0.3, 0.5);
    candidates = Climb.best(candidates, 2, 0);
    Path file = folder.resolve("poster-%016x.png".formatted(seed));
    Candidate best = candidates.get(0);
    for (int part = 0; part <= PARTS; part++) {
      if (part > 0) {
        int count = settings.steps() * part / PARTS - settings.steps() * (part - 1) / PARTS;
        double from = 0.5 + 0.5 * (part - 1) / PARTS;
        climb.round(victim, candidates, count, settings.frames(), from, from + 0.5 / PARTS);
      }
      double most = Double.NEGATIVE_INFINITY;
      for (Candidate candidate : candidates) {
        Alteration made = candidate.design.made(candidate.at, file);
        double worth = worth(scene, made, whole, seed);
        if (worth > most) {
          most = worth;
          best = candidate;
        }
      }
      if (whole && most >= CONTENT) {
        break;
      }
      if (part == PARTS / 4) {
        candidates = List.of(best);
      }
    }
    Alteration alteration = best.design.made(best.at, file);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new FoundForTrack(
        alteration,
        AlterationPainter.coveredShare(scene.outline(), alteration),
        threatModel(settings, climb.views()),
        best.target,
        climb.steps(),
        climb.views(),
        seconds,
        judge(scene, alteration, RandomStream.derive(seed, 6)));
  }

  /**
   * Judges all near frames of a track on several drives, exactly.
   *
   * @param alteration null for the clean sign
   * @param seed of cut-outs and of the guard's draws
   */
  public Judged judge(TrackScene scene, @Nullable Alteration alteration, long seed) {
    return judge.judge(scene, alteration, JUDGED_DRIVES, seed);
  }

  private static int[] spread(int frames) {
    int count = Math.min(MOST_FRAMES, frames);
    int[] spread = new int[count];
    for (int i = 0; i < count; i++) {
      spread[i] = (int) ((i + 0.5) * frames / count);
    }
    return spread;
  }

  private static List<Candidate> starts(
      TrackScene scene, TrackSettings settings, Climb climb, Victim victim, long seed) {
    Starts starts = new Starts(scene.outline(), settings.areaShare());
    RandomStream random = new RandomStream(seed);
    List<Integer> targets = new ArrayList<>(climb.nearest(victim, TARGETS));
    targets.add(0, -1);
    List<Candidate> candidates = new ArrayList<>();
    for (int target : targets) {
      FacePaint gains = climb.gains(victim, target);
      candidates.addAll(
          settings.kind() == Kind.POSTER
              ? starts.posters(target, gains)
              : starts.stickers(target, gains, settings.pieces(), random));
    }
    return candidates;
  }

  /** What an alteration is worth in drives of the attacker's own. */
  private double worth(TrackScene scene, Alteration made, boolean whole, long seed) {
    double worth = worth(judge.judge(scene, made, 1, RandomStream.derive(seed, 4)), whole);
    // Luck with one drive's draws is not enough.
    return whole && worth >= CONTENT
        ? worth(judge.judge(scene, made, OWN_DRIVES, RandomStream.derive(seed, 5)), true)
        : worth;
  }

  /**
   * What the attacker wants: of the guard a release without suspicion in all of his drives, and as
   * early as may be; of the members wrong labels in all frames. At most 1 and something; from
   * {@link #CONTENT} on he stops.
   */
  private static double worth(Judged judged, boolean whole) {
    if (!whole) {
      return judged.ensembleErrors().value();
    }
    double frames = judged.frames().size();
    double released = judged.frames().stream().filter(FrameScore::wrongReleased).count() / frames;
    double suspect = judged.suspect().value();
    return 0.9 * judged.wrongReleasedUnsuspected().value()
        + 0.3 * released
        + 0.1 * judged.wrongAccepted().value()
        - 0.1 * suspect;
  }

  private static ThreatModel threatModel(TrackSettings settings, long views) {
    return new ThreatModel(
        ThreatModel.Goal.UNTARGETED,
        ThreatModel.Knowledge.WHITE_BOX,
        settings.knowledge() == Knowledge.GUARD
            ? ThreatModel.GuardKnowledge.CALIBRATION
            : ThreatModel.GuardKnowledge.NONE,
        settings.kind() == Kind.POSTER
            ? ThreatModel.Capability.POSTER
            : ThreatModel.Capability.STICKERS,
        new ThreatModel.Area(settings.areaShare(), views, settings.draws()));
  }

  @Override
  public void close() {
    judge.close();
    models.close();
  }
}
