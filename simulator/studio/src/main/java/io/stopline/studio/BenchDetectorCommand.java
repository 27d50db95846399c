package io.stopline.studio;

import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.studio.bench.DetectorTimes;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline bench --detector}. */
@Command(
    name = "bench",
    description = {
      "Measure on this machine how long a .tflite object detector takes for a frame: fitting it into"
          + " the input, the network, and making boxes of what comes out.",
      "",
      "Without --data one frame of noise of 1360x800 px is looked at, in which most detectors find"
          + " little: how long decoding takes depends on how much is found.",
      ""
    })
final class BenchDetectorCommand implements Callable<Integer> {

  private static final int WIDTH = 1360;
  private static final int HEIGHT = 800;

  /** More frames would only take memory. */
  private static final int MOST_FRAMES = 40;

  @Mixin private CommonOptions common;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Frames to look at, with or without boxes (docs/data.md); how the detector is read is"
              + " checked on them first.")
  private @Nullable Path data;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How long to measure, 1 to 600 (default: ${DEFAULT-VALUE}); warming up takes half as long"
              + " more.")
  private int seconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of the network, 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Override
  public Integer call() throws IOException {
    PatchOptions.check("--seconds", seconds, 1, 600);
    PatchOptions.check("--threads", threads, 1, 64);
    Path file = detectorOptions.file();
    if (file == null) {
      throw new BadInputException(
          "nothing to measure: name a detector with --detector FILE.tflite");
    }
    Console console = common.console();
    DetectorSettings settings = detectorOptions.settings(modelOptions.reading());
    Report report = new Report("bench", common.seed());
    DetectorReading reading;
    List<Image> images;
    if (data == null) {
      reading = DetectorReading.of(file, settings);
      console.note("%s", reading.words());
      images = List.of(noise(common.seed()));
    } else {
      RoadData frames = RoadDatasets.withoutTest(data);
      ReadDetector read =
          ReadDetector.of(console, file, settings, frames, new LabelsOut(), common.seed());
      read.report(report);
      reading = read.detector();
      images = frames.frames().stream().limit(MOST_FRAMES).map(RoadFrame::image).toList();
      report.hash("data", frames.sha256());
    }
    report.hash("model:" + reading.name(), reading.sha256());
    DetectorTimes times;
    try (Progress progress = console.progress("measuring", 1, "model")) {
      times =
          DetectorTimes.measure(
              reading,
              images,
              settings.thresholdOrUsual(),
              seconds,
              RuntimeOptions.defaults().withThreads(threads));
      progress.step();
    }
    report
        .fields()
        .put("detector", reading.name())
        .put("format", reading.format().word())
        .put("inferenceMicros", times.inference())
        .put("fitMicros", times.fit())
        .put("decodeMicros", times.decode())
        .put("frameMicrosMean", times.mean())
        .put("frameMicrosP50", times.p50())
        .put("frameMicrosP99", times.p99())
        .put("framesPerSecond", 1e6 / times.mean())
        .put("frames", times.frames())
        .put("findsPerFrame", times.finds())
        .put("width", images.get(0).width())
        .put("height", images.get(0).height())
        .put("threads", threads)
        .put("delegate", times.delegate())
        .put("seconds", seconds);
    console.say(
        "'%s', frames of %d×%d px, %d thread(s), %s: inference %.2f ms, decoding %.3f ms, fitting %.2f ms",
        reading.name(),
        images.get(0).width(),
        images.get(0).height(),
        threads,
        times.delegate(),
        times.inference() / 1000,
        times.decode() / 1000,
        times.fit() / 1000);
    console.say(
        "together: mean %.2f ms, median %.2f, 99th percentile %.2f; %.1f frames/s; %.1f finds a frame",
        times.mean() / 1000,
        times.p50() / 1000,
        times.p99() / 1000,
        1e6 / times.mean(),
        times.finds());
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static Image noise(long seed) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 1));
    Image image = Image.black(WIDTH, HEIGHT);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) random.nextInt(256);
    }
    return image;
  }
}
