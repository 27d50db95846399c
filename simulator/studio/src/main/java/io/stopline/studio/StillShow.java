package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.stills.StillCamera;
import io.stopline.campaign.stills.StillDrive;
import io.stopline.campaign.stills.StillFigures;
import io.stopline.campaign.stills.StillJudge;
import io.stopline.campaign.stills.StillResult;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.export.FrameSet;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.RoadLabels;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.RandomStream;
import io.stopline.studio.camera.Film;
import io.stopline.studio.camera.Footage;
import io.stopline.studio.camera.MjpegCamera;
import io.stopline.studio.camera.Shot;
import io.stopline.studio.camera.TruthJson;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code stopline drive --still}: drives through photographs, filmed, judged, served. */
final class StillShow implements AutoCloseable {

  /** Signs that are smaller at the end of a drive, px, need not be read. */
  private static final int MINIMUM_SIDE = 24;

  private static final Duration BETWEEN_DRIVES =
      PipelineTuning.standard().maximumGap().plusMillis(100);

  private final List<Still> stills;
  private final List<String> labels;
  private final List<String> warnings;

  private StillShow(List<Still> stills, List<String> labels, List<String> warnings) {
    this.stills = stills;
    this.labels = labels;
    this.warnings = warnings;
  }

  /**
   * Films a drive through each photograph.
   *
   * @param from a photograph, a folder of them, or road frames with boxes
   * @param limit at most so many, evenly spread
   * @param labels of the policy's models
   * @param table which class of the frames is which label, or null where names tell
   * @param seed of drift and noise
   */
  static StillShow film(
      Console console,
      Path from,
      int limit,
      StillCamera camera,
      List<String> labels,
      @Nullable Path table,
      int threads,
      long seed) {
    RoadData all = RoadDatasets.photographs(from);
    boolean labelled = all.frames().stream().anyMatch(f -> !f.signs().isEmpty());
    RoadData data = labelled ? new RoadLabels(labels, table).apply(all) : all;
    List<RoadFrame> photographs = data.spread(limit).frames();
    List<Still> stills = new ArrayList<>();
    boolean done = false;
    try (Progress progress =
        console.progress("rendering", (long) photographs.size() * StillDrive.FRAMES, "frames")) {
      for (int i = 0; i < photographs.size(); i++) {
        RoadFrame photograph = photographs.get(i);
        StillDrive drive = new StillDrive(photograph.image(), camera, RandomStream.derive(seed, i));
        Film film = Film.of(Footage.of(drive, photograph.signs()), threads, progress::step);
        stills.add(new Still(photograph.name(), drive, photograph.signs(), film));
      }
      done = true;
    } finally {
      if (!done) {
        stills.forEach(Still::close);
      }
    }
    return new StillShow(stills, labels, data.warnings());
  }

  /** Frames of all drives. */
  int frames() {
    return stills.stream().mapToInt(s -> s.film().frames()).sum();
  }

  /** How long filming took. */
  double seconds() {
    return stills.stream().mapToDouble(s -> s.film().seconds()).sum();
  }

  int size() {
    return stills.size();
  }

  /** What a reader should know. */
  List<String> warnings() {
    return warnings;
  }

  /** Over the frames of all drives. */
  String sha256() {
    return Sha256.of(stills.stream().map(s -> s.film().sha256()).collect(Collectors.joining("\n")));
  }

  void write(DriveFolder folder, Progress progress) throws IOException {
    folder.writeStills(stills, labels, progress);
  }

  /** Judges every drive by itself, as an agent gets the frames. */
  List<StillResult> judge(Console console, Bundle bundle, PolicyFile policy, long seed) {
    List<StillResult> results = new ArrayList<>();
    try (StillJudge judge =
            StillJudge.open(
                bundle, policy.policy().name(), RuntimeOptions.defaults(), MINIMUM_SIDE, seed);
        Progress progress = console.progress("judging", frames(), "frames")) {
      for (Still still : stills) {
        results.add(
            judge.judge(
                still.name(),
                still.drive(),
                still.signs(),
                frame -> {
                  progress.step();
                  return ImageFiles.decode(still.film().jpeg(frame), "frame " + frame);
                }));
      }
    }
    return results;
  }

  /** The frames of all drives for other tools. */
  FrameSet frameSet(String name, DriveExport export, @Nullable List<StillResult> judged) {
    return export.stills(name, stills, judged);
  }

  /** Fills a report with what judging found. */
  static void put(Report report, List<StillResult> results, long seed) {
    ArrayNode drives = JsonNodeFactory.instance.arrayNode();
    ArrayNode frames = JsonNodeFactory.instance.arrayNode();
    for (StillResult result : results) {
      ObjectNode drive = result.drive().toJson();
      for (Incident.Level level : Incident.Level.values()) {
        String name = level == Incident.Level.ALERT ? "incidents" : "notices";
        drive
            .put(name + "OnSigns", result.count(level, true))
            .put(name + "Elsewhere", result.count(level, false));
      }
      drives.add(drive);
      result.drive().frames().forEach(f -> frames.add(f.toJson().put("photograph", result.name())));
    }
    report.put("drives", drives);
    report.put("stills", StillFigures.of(results, seed).toJson());
    report.put("perFrame", frames);
  }

  /** Shows every drive once, with pauses that are long enough for an agent to end its tracks. */
  void play(MjpegCamera camera) throws InterruptedException {
    for (int i = 0; i < stills.size(); i++) {
      Still still = stills.get(i);
      if (i > 0) {
        Thread.sleep(BETWEEN_DRIVES.toMillis());
      }
      String plain = still.name().replaceAll("[^A-Za-z0-9._-]+", "-");
      String header = plain.substring(0, Math.min(100, plain.length()));
      Iterator<Shot> shots =
          IntStream.range(0, still.film().frames())
              .mapToObj(
                  frame ->
                      new Shot(
                          header,
                          frame,
                          still.film().jpeg(frame),
                          TruthJson.of(still.film().truth(frame), labels).toString()))
              .iterator();
      camera.play(shots, 1000.0 / StillDrive.MILLIS);
    }
  }

  @Override
  public void close() {
    stills.forEach(Still::close);
  }
}
