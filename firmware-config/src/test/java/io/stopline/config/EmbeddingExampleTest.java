package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.EmbedStopline;
import io.stopline.config.images.ImageFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example that the README shows is this very source, and it runs. */
final class EmbeddingExampleTest {

  private static final Path ROOT = Path.of(System.getProperty("stopline.root", ".."));
  private static final Pattern BLOCK =
      Pattern.compile(
          "<!-- embedding-example -->\\s*```java\n(.*?)```\\s*<!-- /embedding-example -->",
          Pattern.DOTALL);
  private static final Pattern MARKED =
      Pattern.compile("// README: begin\n(.*?)// README: end", Pattern.DOTALL);

  @TempDir Path temporary;

  @Test
  void theReadmeShowsTheSourceThatIsCompiledHere() throws IOException {
    String source =
        Files.readString(
            ROOT.resolve("firmware-config/src/test/java/com/example/EmbedStopline.java"));
    assertThat(first(BLOCK, Files.readString(ROOT.resolve("README.md")), "README.md"))
        .isEqualTo(first(MARKED, source, "EmbedStopline.java"));
  }

  private static String first(Pattern pattern, String text, String where) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s has the marked example", where).isTrue();
    return matcher.group(1);
  }

  @Test
  void itIsShort() throws IOException {
    String source =
        first(
            MARKED,
            Files.readString(
                ROOT.resolve("firmware-config/src/test/java/com/example/EmbedStopline.java")),
            "source");
    assertThat(source.lines().count()).isLessThanOrEqualTo(21);
  }

  @Test
  void itRuns() throws IOException {
    Path image = temporary.resolve("sign.png");
    ImageFiles.writePng(ReferenceImages.of(3, 2, 48, 48).get(1), image);
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      EmbedStopline.main(new String[] {Shipped.DIRECTORY.toString(), image.toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("(?m)^(ACCEPT|SUSPECT|ABSTAIN): .+, p = [01][.,][0-9]{3}$");
  }
}
