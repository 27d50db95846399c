package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.campaign.RenderedSigns;
import io.stopline.evaluation.Report;
import io.stopline.scene.sign.SignArt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline data render}. */
@Command(
    name = "render",
    description = {
      "Render clean signs to learn from: a folder of images per class, a track per drive.",
      "",
      "The 43 German classes take turns; light, pose, wear, roadside, camera and JPEG are drawn for"
          + " each drive. 'harden --also DIR' learns from them besides photographs.",
      ""
    })
final class DataRenderCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the folders go; must be missing or empty.")
  private Path out;

  @Option(
      names = "--drives",
      paramLabel = "N",
      defaultValue = "1720",
      description = "Drives in all, each to another sign (default: ${DEFAULT-VALUE}, 40 a class).")
  private int drives;

  @Option(
      names = "--frames",
      paramLabel = "N",
      defaultValue = "8",
      description = "Frames of each drive, at random (default: ${DEFAULT-VALUE}).")
  private int frames;

  @Option(
      names = "--hard",
      description =
          "Signs that are hard to read: in rain, under snow, in fog, at night, by a camera that gets"
              + " too little light, before a sprayed wall.")
  private boolean hard;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "32",
      description = "Width and height of an image (default: ${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Drives side by side (default: the cores there are). Images do not change.")
  private @Nullable Integer threads;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (drives < SignArt.CLASSES || drives > 1_000_000) {
      throw new BadInputException(
          "--drives is %d; give %d (one a class) to 1000000".formatted(drives, SignArt.CLASSES));
    }
    if (frames < 1 || frames > 1000) {
      throw new BadInputException("--frames is %d; give 1 to 1000".formatted(frames));
    }
    if (size < 8 || size > 1024) {
      throw new BadInputException("--size is %d; give 8 to 1024".formatted(size));
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1 || workers > 256) {
      throw new BadInputException("--threads is %d; give 1 to 256".formatted(workers));
    }
    NewFolder.check(out);
    int images;
    try (Progress progress = console.progress("rendering", drives, "drives")) {
      images =
          new RenderedSigns(size, workers, hard)
              .write(out, drives, frames, common.seed(), progress::step);
    }
    console.say("rendered %,d images of %,d signs into %s", images, drives, out);
    Report report = new Report("data render", common.seed());
    report.warn("rendered, not photographed");
    report.put("out", JsonNodeFactory.instance.textNode(out.toString()));
    report
        .fields()
        .put("hard", hard)
        .put("classes", SignArt.CLASSES)
        .put("drives", drives)
        .put("images", images)
        .put("side", size);
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
