package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each claim of SECURITY.md that {@code docs/security/claims.md} quotes has a test that exists. */
final class SecurityClaimsTest {

  private static final Path ROOT = Path.of(System.getProperty("stopline.root", "../.."));
  private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

  /**
   * @param quote of SECURITY.md
   * @param proof what the table says of it
   */
  private record Claim(String quote, String proof) {}

  @Test
  void everyQuoteStandsInSecurityMd() throws IOException {
    String security = oneLine(Files.readString(ROOT.resolve("SECURITY.md")));
    assertThat(claims())
        .hasSizeGreaterThan(25)
        .allSatisfy(claim -> assertThat(security).contains(claim.quote()));
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, String> tests = tests();
    List<String> missing = new ArrayList<>();
    for (Claim claim : claims()) {
      Matcher named = NAMED.matcher(claim.proof());
      int count = 0;
      while (named.find()) {
        count++;
        // A test method: annotated, without a return value.
        if (!Pattern.compile(
                "@(Test|ParameterizedTest)\\b[^;{]*(\\{[^}]*}[^;{]*)?\\bvoid "
                    + named.group(2)
                    + "\\(")
            .matcher(tests.getOrDefault(named.group(1), ""))
            .find()) {
          missing.add(named.group(1) + "#" + named.group(2) + " for: " + claim.quote());
        }
      }
      if (count == 0 && !claim.proof().startsWith("no test: ")) {
        missing.add("any test, or 'no test: ' and why, for: " + claim.quote());
      }
    }
    assertThat(missing).as("tests that docs/security/claims.md names").isEmpty();
  }

  @Test
  void noSentenceOfTheDefaultsIsLeftOut() throws IOException {
    String defaults = Files.readString(ROOT.resolve("SECURITY.md"));
    defaults = oneLine(defaults.substring(defaults.indexOf("## Defaults") + 11));
    defaults = defaults.substring(0, defaults.indexOf("##"));
    List<String> quotes = claims().stream().map(Claim::quote).toList();
    for (String sentence : defaults.strip().split("(?<=\\.) ", -1)) {
      assertThat(quotes).as("a claim of: %s", sentence).anyMatch(sentence::contains);
    }
  }

  private static List<Claim> claims() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("docs/security/claims.md"));
    List<Claim> claims = new ArrayList<>();
    for (String line : lines.subList(lines.indexOf("|---|---|") + 1, lines.size())) {
      String[] cells = line.split("\\|", -1);
      assertThat(cells).as("claims.md: %s", line).hasSize(4);
      claims.add(new Claim(cells[1].strip(), cells[2].strip()));
    }
    return claims;
  }

  /** Sources of test classes by their simple names. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (String part :
        List.of("sdk", "firmware-config", "device-agent", "fleet-monitor", "simulator")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
        for (Path file : files.filter(SecurityClaimsTest::isTest).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          tests.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return tests;
  }

  private static boolean isTest(Path file) {
    return file.toString().endsWith("Test.java") && file.toString().contains("/src/test/java/");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }
}
