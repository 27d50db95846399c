package io.stopline.studio;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.files.WholeFile;
import io.stopline.telemetry.VisibleText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: its findings in words, its progress, and its report as JSON. With {@code
 * --json -} standard output carries the JSON alone, and words go to standard error.
 */
public final class Console {

  /** Names keep their characters, as escapes where a terminal would obey or hide them. */
  private static final ObjectMapper JSON =
      new ObjectMapper(new JsonFactoryBuilder().characterEscapes(new InvisibleEscapes()).build())
          .enable(SerializationFeature.INDENT_OUTPUT);

  private final PrintWriter out;
  private final PrintWriter err;
  private final @Nullable Path jsonFile;
  private final boolean jsonToStandardOutput;
  private final String command;

  /**
   * @param command that repeats the run
   */
  Console(
      PrintWriter out,
      PrintWriter err,
      @Nullable Path jsonFile,
      boolean jsonToStandardOutput,
      String command) {
    this.command = command;
    this.out = out;
    this.err = err;
    this.jsonFile = jsonFile;
    this.jsonToStandardOutput = jsonToStandardOutput;
  }

  /** For findings in words. */
  public PrintWriter words() {
    return jsonToStandardOutput ? err : out;
  }

  /** Prints a finding in words, formatted as {@link String#formatted} does. */
  public void say(String format, @Nullable Object... arguments) {
    PrintWriter writer = words();
    writer.println(visible(format, arguments));
    writer.flush();
  }

  /** Prints a note that is no finding (what is going on, what to mind) to standard error. */
  public void note(String format, @Nullable Object... arguments) {
    err.println(visible(format, arguments));
    err.flush();
  }

  /** A file's name may hold what a terminal would obey, and line feeds. */
  private static String visible(String format, @Nullable Object... arguments) {
    if (arguments.length == 0) {
      return VisibleText.lines(format);
    }
    @Nullable Object[] shown = arguments.clone();
    for (int i = 0; i < shown.length; i++) {
      if (shown[i] instanceof Path path) {
        shown[i] = VisibleText.of(path.toString());
      }
    }
    return VisibleText.lines(format.formatted(shown));
  }

  /** For what changes while work goes on; standard error. */
  PrintWriter errors() {
    return err;
  }

  /**
   * Shows how far long work has come, on standard error. Close it when done.
   *
   * @param unit what is counted, as a plural: {@code frames}
   */
  public Progress progress(String task, long total, String unit) {
    return new Progress(task, total, unit, err);
  }

  /** The same for work of which only the share that is done is known, told by a {@link Share}. */
  public Progress progress(String task) {
    return new Progress(task, Share.UNITS, "", err);
  }

  /** Whether {@link #report} writes anywhere. */
  public boolean reports() {
    return jsonToStandardOutput || jsonFile != null;
  }

  /**
   * Writes the report where {@code --json} says, or nowhere if it was not given. A report that does
   * not say by itself what repeats it gets the command line.
   *
   * @throws BadInputException if the file cannot be written
   */
  public void report(ObjectNode report) {
    if (!report.has("repeat")) {
      report.put("repeat", command);
    }
    if (jsonToStandardOutput) {
      out.print(text(report));
      out.flush();
    } else if (jsonFile != null) {
      write(jsonFile, report);
    }
  }

  /**
   * Writes a report to a file.
   *
   * @throws BadInputException if the file cannot be written
   */
  static void write(Path file, JsonNode report) {
    try {
      WholeFile.write(file, text(report));
    } catch (IOException e) {
      throw new BadInputException(
          "report '%s' cannot be written (%s); name a file in a folder that you may write to"
              .formatted(file, Failures.reason(e)),
          e);
    }
  }

  private static String text(JsonNode report) {
    try {
      return JSON.writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("report cannot be written as JSON", e);
    }
  }
}
