package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that a terminal would obey are shown, in words, reports and logs. */
final class VisibleOutputTest {

  /** Clears the screen, goes back to the line's start, and is read backwards from the mark on. */
  private static final String NAME = "a\u001b[2J\rok\u202egnp";

  private static final String SHOWN = "a\\u001B[2J\\rok\\u202Egnp";

  @TempDir Path folder;

  @Test
  void errorsShowNames() throws Exception {
    Path file = Files.writeString(folder.resolve(NAME + ".png"), "no image");
    CommandLineRun run = CommandLineRun.of("inspect", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(SHOWN + ".png");
    theTerminalIsLeftAlone(run.err());
    CommandLineRun misused = CommandLineRun.of("inspect", "--" + NAME);
    assertThat(misused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    theTerminalIsLeftAlone(misused.err());
  }

  @Test
  void wordsAndReportsShowNamesAndTheReportKeepsThem() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), null, true, "");
    console.say("SUSPECT %s: %s", Path.of(NAME + "\n.png"), "two\nlines");
    console.note("reading '%s'", NAME);
    assertThat(err.toString())
        .contains("SUSPECT " + SHOWN + "\\n.png: two\nlines", "reading '" + SHOWN + "'");
    theTerminalIsLeftAlone(err.toString());
    ObjectMapper json = new ObjectMapper();
    String all = NAME + "\u007f\u2066\ufeff \u00e4\u505c \ud83d\uded1";
    console.report(json.createObjectNode().put("image", all));
    theTerminalIsLeftAlone(out.toString());
    assertThat(out.toString()).contains("\\u202E", "\\u2066", "ä停 \ud83d\uded1");
    assertThat(json.readTree(out.toString()).path("image").asText()).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({
    "io/stopline/agent/logback.xml, err",
    "io/stopline/fleet/logback.xml, err",
    "stopline-studio-logback.xml, stderr"
  })
  void logsShowNamesAndNoLineIsForged(String configuration, String appender) throws Exception {
    LoggerContext context = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(getClass().getClassLoader().getResource(configuration)));
    Logger logger = context.getLogger(Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> to =
        (ConsoleAppender<ILoggingEvent>) logger.getAppender(appender);
    LoggingEvent event =
        new LoggingEvent(
            "x",
            logger,
            Level.WARN,
            "camera '{}': {}",
            new IllegalStateException(NAME),
            new Object[] {NAME, "bad\n12:00:00.000 INFO  all is well"});
    String line = new String(to.getEncoder().encode(event), StandardCharsets.UTF_8);
    theTerminalIsLeftAlone(line);
    assertThat(line)
        .contains(
            "camera 'a\uFFFD[2J\uFFFDok\uFFFDgnp': bad\n    12:00:00.000 INFO  all is well\n");
    context.stop();
  }

  @Test
  void ordinaryNamesStayAsTheyAre() throws Exception {
    Path file = folder.resolve("Überholverbot 停.png");
    ImageFiles.writePng(Image.black(4, 4), file);
    CommandLineRun run = CommandLineRun.of("inspect", "--region", "0,0,9,9", file.toString());
    assertThat(run.err()).contains("Überholverbot 停.png");
  }

  private static void theTerminalIsLeftAlone(String text) {
    assertThat(text).doesNotContain("\u001b", "\r", "\u202e", "\u2066", "\u007f", "\ufeff");
  }
}
