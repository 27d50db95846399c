package io.stopline.studio;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.evaluation.DataPacker;
import io.stopline.evaluation.Report;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline data pack}. */
@Command(
    name = "pack",
    description = {
      "Pack sign images into PNG sheets that 'evaluate', 'calibrate' and 'guard init' read.",
      "",
      "Takes GTSRB as published (Final_Training/Images/000CC/*.ppm with GT-000CC.csv,"
          + " Final_Test/Images/*.ppm with GT-final_test.csv) or as on Kaggle (Train, Test, Train.csv,"
          + " Test.csv), one folder of images per class, optionally below 'train', 'valid' and"
          + " 'test', and road frames with boxes, which are cut out (YOLO, COCO). Files named"
          + " TRACK_FRAME.ext in digits, or lines of tracks.csv (file,track), say which images show"
          + " one physical sign, that is one track; splits never divide a track.",
      ""
    })
final class DataPackCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(names = "--from", required = true, paramLabel = "DIR", description = "The images.")
  private Path from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The packed set; must be missing or empty.")
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "PX",
      defaultValue = "32",
      description = "Width and height of a cell (default: ${DEFAULT-VALUE}).")
  private int size;

  @Override
  public Integer call() {
    Console console = common.console();
    DataPacker packer = new DataPacker(size);
    DataPacker.Summary summary;
    try (Progress progress = console.progress("packing", packer.count(from), "images")) {
      summary = packer.pack(from, out, progress::step);
    }
    console.say(
        "packed %d training and %d test images of %d classes into %s, and read them back",
        summary.trainImages(), summary.testImages(), summary.classes(), out);
    summary.notes().forEach(note -> console.note("warning: %s", note));
    Report report = new Report("data pack", common.seed());
    summary.notes().forEach(report::warn);
    report.hash("train", summary.trainSha256()).hash("test", summary.testSha256());
    report.put("out", JsonNodeFactory.instance.textNode(out.toString()));
    report
        .fields()
        .put("classes", summary.classes())
        .put("trainImages", summary.trainImages())
        .put("testImages", summary.testImages())
        .put("cellSide", size);
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
