package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.UnusableImageException;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.placing.PlacedScenes;
import io.stopline.evaluation.placing.SignCutout;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline data place}. */
@Command(
    name = "place",
    description = {
      "Put photographed signs into photographed roads: frames with boxes, to try detectors on.",
      "",
      "Each sign is put into one road, beside the carriageway; all roads are written, those without"
          + " a sign too. Signs of one colour that fill their picture are cut out by that colour.",
      ""
    })
final class DataPlaceCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--signs",
      required = true,
      paramLabel = "DIR",
      description = "Photographs that are filled by one sign each.")
  private Path signs;

  @Option(
      names = "--label",
      required = true,
      paramLabel = "NAME",
      description = "What the signs are, as the detector's labels call it.")
  private String label;

  @Option(
      names = "--roads",
      required = true,
      paramLabel = "DIR",
      description = "Photographs of roads.")
  private Path roads;

  @Option(
      names = "--boxes",
      paramLabel = "FILE",
      description =
          "Which pictures of --roads to take, and the signs of that kind that they show already:"
              + " image,left,top,right,bottom,label (default: all pictures, and they show none).")
  private @Nullable Path boxes;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the frames go; must be missing or empty.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    NewFolder.check(out);
    RoadData scenes =
        boxes == null ? RoadDatasets.photographs(roads) : RoadDatasets.listed(roads, boxes);
    if (!scenes.classNames().isEmpty() && !scenes.classNames().equals(List.of(label))) {
      throw new BadInputException(
          "'%s' has boxes of %s; only '%s' may be in it"
              .formatted(boxes, scenes.classNames(), label));
    }
    List<SignCutout> cutouts = new ArrayList<>();
    for (RoadFrame photograph : RoadDatasets.photographs(signs).frames()) {
      cutouts.add(cutout(photograph.file()));
    }
    try (Progress progress = console.progress("placing", scenes.frames().size(), "frames")) {
      new PlacedScenes(label, common.seed()).write(cutouts, scenes.frames(), out, progress::step);
    }
    console.say(
        "%d signs in %d roads written to '%s'", cutouts.size(), scenes.frames().size(), out);
    Report report = new Report("data place", common.seed());
    report.warn("signs were put into photographs: neither their light nor a pole is adapted");
    report.put("out", JsonNodeFactory.instance.textNode(out.toString()));
    report.fields().put("signs", cutouts.size()).put("roads", scenes.frames().size());
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static SignCutout cutout(Path file) {
    try {
      return SignCutout.of(String.valueOf(file.getFileName()), ImageFiles.read(file));
    } catch (UnusableImageException e) {
      throw new BadInputException("--signs: " + e.getMessage());
    }
  }
}
