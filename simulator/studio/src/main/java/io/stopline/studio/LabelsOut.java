package io.stopline.studio;

import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.detection.LabelFigures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a detector's labels are written in its own order. Use as {@code @Mixin LabelsOut}. */
final class LabelsOut {

  @Option(
      names = "--labels-out",
      paramLabel = "FILE",
      description =
          "If clean frames show that the labels of --detector stand in another order, write its"
              + " names in the order that they tell, for --labels.")
  private @Nullable Path file;

  /** Whether it is given. */
  boolean isGiven() {
    return file != null;
  }

  /**
   * Writes the names, if their order is wrong and another one is known.
   *
   * @return what was done or can be, in words; empty if there is nothing to write
   * @throws BadInputException if the file is there already
   * @throws IOException if it cannot be written
   */
  String write(LabelFigures labels) throws IOException {
    if (labels.corrected().isEmpty()) {
      return "";
    }
    Path to = file;
    if (to == null) {
      return "--labels-out FILE writes them, as far as is known";
    }
    if (Files.exists(to)) {
      throw new BadInputException(
          "--labels-out '%s' is there already; name a new file".formatted(to));
    }
    WholeFile.write(
        to, (String.join("\n", labels.corrected()) + "\n").getBytes(StandardCharsets.UTF_8));
    long unknown = labels.corrected().stream().filter(n -> n.startsWith("unknown-")).count();
    return "they are in '%s', where names that nobody has checked stand as before%s; add --labels %s"
        .formatted(
            to,
            unknown == 0
                ? ""
                : ", but for %d that frames do not tell: complete the lines 'unknown-…'"
                    .formatted(unknown),
            RepeatedCommand.quoted(to.toString()));
  }
}
