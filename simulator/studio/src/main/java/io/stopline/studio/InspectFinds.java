package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.ReadyGuard;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorLook;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.random.RandomStream;
import io.stopline.studio.report.Verdicts;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code stopline inspect} on whole photographs: what a detector finds in them, and what a guard
 * says of it.
 */
final class InspectFinds {

  private static final int MAXIMUM = 100;

  private final CommonOptions common;
  private final List<Path> images;
  private final @Nullable Path pictures;

  /**
   * @param pictures folder for the photographs with boxes; null for none
   */
  InspectFinds(CommonOptions common, List<Path> images, @Nullable Path pictures) {
    this.common = common;
    this.images = images;
    this.pictures = pictures;
  }

  /** What a detector by itself finds. */
  Integer detector(Path file, DetectorSettings settings, DetectorOptions options)
      throws IOException {
    Console console = common.console();
    DetectorReading read = DetectorReading.of(file, settings);
    List<String> judged = options.judged(read.labels());
    RoadData first = RoadDatasets.photographs(images.get(0));
    DetectorLook.Outcome looked =
        DetectorLook.of(read, LabelledFrames.of(first, read.labels(), Map.of()), common.seed());
    DetectorReading reading = looked.reading();
    console.note("%s", reading.words());
    looked.figures().because().forEach(reason -> console.note("  %s", reason));
    Report report = new Report("inspect", common.seed());
    report.hash("model:" + reading.name(), reading.sha256());
    report.fields().put("detector", reading.words());
    report.warn(
        "nobody has checked how the detector is read; './stopline guard init --detector' does, on frames with boxes");
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    try (Detector detector =
        reading.open(settings.thresholdOrUsual(), MAXIMUM, RuntimeOptions.defaults())) {
      for (Path path : images) {
        Image image = ImageFiles.read(path);
        List<Detection> finds =
            detector.detect(image).stream()
                .filter(d -> judged.isEmpty() || judged.contains(reading.labels().get(d.label())))
                .toList();
        console.say("%s: %d found", path, finds.size());
        ObjectNode node = all.addObject().put("image", path.toString());
        ArrayNode found = node.putArray("finds");
        List<RoadPictures.Box> boxes = new ArrayList<>();
        for (Detection d : finds) {
          String label = reading.labels().get(d.label());
          console.say("  %.2f %s at %s", d.probability(), label, words(d.region()));
          put(
              found.addObject().put("label", label).put("probability", d.probability()),
              d.region());
          boxes.add(
              new RoadPictures.Box(d.region(), "%s %.2f".formatted(label, d.probability()), null));
        }
        draw(console, path, image, boxes);
      }
    }
    report.put("photographs", all);
    console.report(report.toJson());
    return ExitCode.OK;
  }

  /** What a guard says of all that its finder finds, each as a track of one frame. */
  Integer guard(Report report, ReadyGuard ready) throws IOException {
    Console console = common.console();
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    boolean nothing = true;
    for (int i = 0; i < images.size(); i++) {
      Path path = images.get(i);
      Image image = ImageFiles.read(path);
      List<Detection> finds = ready.finder().propose(image);
      console.say("%s: %d found", path, finds.size());
      ArrayNode found = all.addObject().put("image", path.toString()).putArray("finds");
      List<RoadPictures.Box> boxes = new ArrayList<>();
      for (int k = 0; k < finds.size(); k++) {
        Detection d = finds.get(k);
        Region crop = ready.finder().crop(d.region(), image);
        Sighting sighting = sighting(ready, d, crop);
        Verdict verdict =
            ready
                .guard()
                .replay(
                    image.view(crop),
                    RandomStream.derive(RandomStream.derive(common.seed(), i), k),
                    ready.guard().passesPerInspection(),
                    sighting,
                    new TrackState());
        nothing &= verdict.decision() == Decision.ACCEPT || verdict.decision() == Decision.NO_SIGN;
        String seen =
            sighting.isLabelled()
                ? "found as %s %.2f".formatted(sighting.labelName(), sighting.probability())
                : "found";
        console.say(
            "  %-8s %s, judged %s (probability %.2f), p-value %.4f, score %.3f, at %s",
            verdict.decision(),
            seen,
            verdict.labelName(),
            verdict.probability(),
            verdict.pValue(),
            verdict.score(),
            words(d.box()));
        verdict.reasons().forEach(reason -> console.say("           - %s", reason));
        ObjectNode node = put(found.addObject(), d.box());
        if (sighting.isLabelled()) {
          node.put("label", sighting.labelName()).put("probability", sighting.probability());
        }
        node.set("verdict", Verdicts.toJson(verdict));
        boxes.add(
            new RoadPictures.Box(
                d.box(), "%s %.2f".formatted(verdict.labelName(), verdict.probability()), verdict));
      }
      draw(console, path, image, boxes);
    }
    report.put("photographs", all);
    console.report(report.toJson());
    return nothing ? ExitCode.OK : ExitCode.FOUND;
  }

  private static Sighting sighting(ReadyGuard ready, Detection d, Region crop) {
    if (!ready.finder().rates()) {
      return Sighting.NONE;
    }
    List<String> labels = ready.finder().labels();
    boolean named = d.label() < labels.size();
    Region b = d.box();
    int left = Math.max(0, b.x() - crop.x());
    int top = Math.max(0, b.y() - crop.y());
    Region within =
        new Region(
            left,
            top,
            Math.max(1, Math.min(crop.width() - left, b.width())),
            Math.max(1, Math.min(crop.height() - top, b.height())));
    return new Sighting(
        named ? d.label() : -1,
        named ? labels.get(d.label()) : "",
        d.probability(),
        within,
        Course.UNKNOWN);
  }

  private void draw(Console console, Path path, Image image, List<RoadPictures.Box> boxes)
      throws IOException {
    Path folder = pictures;
    if (folder == null) {
      return;
    }
    Files.createDirectories(folder);
    String name = String.valueOf(path.getFileName()).replaceFirst("[.][A-Za-z]+$", "");
    Path file = folder.resolve(name + ".boxes.png");
    RoadPictures.boxes(image, boxes, file);
    console.note("drawn in %s", file);
  }

  private static String words(Region r) {
    return "%d,%d,%d,%d".formatted(r.x(), r.y(), r.width(), r.height());
  }

  private static ObjectNode put(ObjectNode node, Region r) {
    node.putArray("region").add(r.x()).add(r.y()).add(r.width()).add(r.height());
    return node;
  }
}
