package io.stopline.campaign;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.LabelChange;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Judges drives frame by frame, twice: by the policy's bare models, which are told where the signs
 * really are (where the members are detectors: by what the bare finder reports there), and by the
 * whole of what an agent runs (finder, tracker, guard, incidents), which is told nothing. No frame
 * is dropped and no inspection is cut short by the clock, as on an agent that is fast enough; so a
 * result depends on frames and seed alone. Belongs to one thread.
 */
public final class DriveJudge implements AutoCloseable {

  private final ReadyGuard ready;
  private final @Nullable BareEnsemble bare;
  private final List<String> labels;
  private long seed;
  private final List<FrameJudgement> frames = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private Drive drive;

  private DriveJudge(
      ReadyGuard ready, @Nullable BareEnsemble bare, List<String> labels, long seed) {
    this.ready = ready;
    this.bare = bare;
    this.labels = List.copyOf(labels);
    this.seed = seed;
    drive = new Drive(ready, seed, Instant.now());
  }

  /**
   * Opens models and guard.
   *
   * @param policy its name, or null for the bundle's default
   * @param seed of the guard's draws
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public static DriveJudge open(
      Bundle bundle, @Nullable String policy, RuntimeOptions options, long seed) {
    PolicyFile file = bundle.policy(policy);
    ReadyGuard ready =
        GuardFactory.create(
            bundle, file.policy().name(), options, InspectionSeeds.reproducible(seed));
    boolean done = false;
    try {
      DriveJudge judge =
          new DriveJudge(
              ready,
              hasClassifiers(bundle, file)
                  ? BareEnsemble.open(bundle, file.policy().name(), options)
                  : null,
              bundle.labels(file),
              seed);
      done = true;
      return judge;
    } finally {
      if (!done) {
        ready.close();
      }
    }
  }

  private static boolean hasClassifiers(Bundle bundle, PolicyFile file) {
    return file.policy().members().stream().noneMatch(name -> bundle.model(name).isDetector());
  }

  /**
   * Begins a drive with draws of its own. What was judged since the last drive ended is dropped.
   *
   * @param drawSeed of the guard's draws, for this drive and those after it
   */
  public void begin(long drawSeed) {
    seed = drawSeed;
    frames.clear();
    incidents.clear();
    drive = new Drive(ready, seed, Instant.now());
  }

  /** The guard that judges. */
  public Guard guard() {
    return ready.guard();
  }

  /** Names of the classes, by index. */
  public List<String> labels() {
    return labels;
  }

  /**
   * Judges the next frame of the drive.
   *
   * @param jpeg as the camera sends it
   * @throws io.stopline.config.images.UnusableImageException if it is no picture
   */
  public FrameJudgement judge(GroundTruth truth, byte[] jpeg) {
    return judge(truth, ImageFiles.decode(jpeg, "frame " + truth.frame()));
  }

  /** Judges the next frame of the drive, decoded already. */
  public FrameJudgement judge(GroundTruth truth, Image picture) {
    Duration since = Duration.ofNanos(Math.round(truth.seconds() * 1e9));
    Instant now = drive.begin.plus(since);
    drive.now = now;
    FrameResult result =
        drive.pipeline.process(new Frame(picture, now, since.toNanos(), truth.frame(), "drive"));
    List<SignJudgement> signs = new ArrayList<>();
    for (SignTruth sign : truth.signs()) {
      signs.add(judge(sign, picture, result.tracks()));
    }
    FrameJudgement judgement =
        new FrameJudgement(truth.frame(), signs, result.incidents(), result.tracks());
    frames.add(judgement);
    incidents.addAll(result.incidents());
    return judgement;
  }

  /**
   * What the bare ensemble alone makes of a sign.
   *
   * @param picture the whole frame
   */
  public SignJudgement judgeBare(SignTruth sign, Image picture) {
    return judge(sign, picture, List.of());
  }

  private SignJudgement judge(
      SignTruth sign, Image picture, List<FrameResult.TrackedObject> objects) {
    FrameResult.TrackedObject seen = null;
    double best = 0;
    for (FrameResult.TrackedObject object : objects) {
      double overlap = SignCrop.overlap(sign, object.region(), picture.width(), picture.height());
      if (overlap > best) {
        best = overlap;
        seen = object;
      }
    }
    Verdict verdict = seen != null && seen.inspected() ? seen.verdict() : null;
    Long track = seen == null ? null : (Long) seen.track();
    LabelChange change = seen == null ? null : seen.released();
    int released = change == null ? -1 : change.label();
    if (bare == null) {
      return ofFinder(sign, track, verdict, released);
    }
    float[] p =
        bare.probabilities(picture.view(SignCrop.around(sign, picture.width(), picture.height())));
    int label = BareEnsemble.best(p);
    // A phantom has no class: any label that it is given is a wrong one.
    boolean isClass = sign.signClass() >= 0 && sign.signClass() < p.length;
    return new SignJudgement(
        sign,
        SignCrop.isNear(sign),
        label,
        p[label],
        isClass ? p[sign.signClass()] : 0,
        isClass ? BareEnsemble.margin(p, sign.signClass()) : -p[label],
        track,
        verdict,
        released);
  }

  /** What a bare detector reports there: the last label is "nothing". */
  private SignJudgement ofFinder(
      SignTruth sign, @Nullable Long track, @Nullable Verdict verdict, int released) {
    int nothing = labels.size() - 1;
    Sighting seen = verdict == null ? Sighting.NONE : verdict.sighting();
    boolean found = seen.isLabelled();
    int label = found ? seen.label() : nothing;
    double probability = found ? seen.probability() : 0;
    return new SignJudgement(
        sign,
        SignCrop.isNear(sign),
        label,
        found ? probability : 1,
        label == sign.signClass() ? probability : 0,
        label == sign.signClass() ? probability : -(found ? probability : 1),
        track,
        verdict,
        released);
  }

  /**
   * Ends the drive: what was still open is raised. The next frame begins another.
   *
   * @param attacked whether anything is on one of its signs
   */
  public DriveResult finish(String name, boolean attacked) {
    incidents.addAll(drive.pipeline.finish());
    DriveResult result = new DriveResult(name, attacked, frames, incidents);
    frames.clear();
    incidents.clear();
    drive = new Drive(ready, seed, Instant.now());
    return result;
  }

  @Override
  public void close() {
    if (bare != null) {
      bare.close();
    }
    ready.close();
  }

  /** The pipeline of one drive, on the drive's own clock. */
  private static final class Drive {
    final Instant begin;
    final FramePipeline pipeline;
    Instant now;
    private long inspections;

    Drive(ReadyGuard ready, long seed, Instant begin) {
      Guard guard = ready.guard();
      this.begin = begin;
      now = begin;
      // The clock stands still while a frame is worked on: there is time for every inspection.
      pipeline =
          new FramePipeline(
              ready.finder(),
              (frame, region, sighting, track) ->
                  guard.replay(
                      frame.image().view(region),
                      RandomStream.derive(seed, inspections++),
                      guard.passesPerInspection(),
                      sighting,
                      track),
              PipelineTuning.standard(),
              () -> 0,
              clock(),
              () -> UUID.randomUUID().toString(),
              guard.policy().witnesses(),
              ready.witnesses());
    }

    private Clock clock() {
      InstantSource source = () -> now;
      return source.withZone(ZoneOffset.UTC);
    }
  }
}
