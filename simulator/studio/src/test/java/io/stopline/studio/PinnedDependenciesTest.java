package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The build's gate against old dependencies sees what it shall refuse. To take a pin back needs the
 * old version's pom, which a machine without a network may not have; to raise every floor above
 * what is resolved asks the same question of the rule, in one run of Maven, offline.
 */
final class PinnedDependenciesTest {
  private static final Path ROOT = Path.of(System.getProperty("stopline.root", "../.."));

  /** {@code <exclude>group:artifact:(,${floor.name})</exclude>} of the parent's pom. */
  private static final Pattern RULE =
      Pattern.compile("<exclude>([^:<]+:[^:<]+):\\(,\\$\\{(floor\\.[^}]+)}\\)</exclude>");

  /** A dependency or plugin of a module, with what it is configured to fetch. */
  private static final Pattern PART =
      Pattern.compile("<(dependency|plugin|artifactItem)>.*?</\\1>", Pattern.DOTALL);

  private static final Pattern VERSION = Pattern.compile("<version>([^<]*)</version>");

  @Test
  void whatIsOlderThanItsFloorFailsTheBuildAndTheMessageSaysWhyAndWhatToDo() throws Exception {
    Map<String, List<String>> floors = floors();
    assertThat(floors).hasSizeGreaterThanOrEqualTo(10);

    String output = validate(floors.keySet());

    assertThat(output)
        .contains("BannedDependencies failed with message")
        .contains("io.netty 9999 (netty.version): CVE-2025-67735")
        .contains("Cure: pin it in the parent pom.xml");
    // One artifact a floor: below one that is refused, the plugin looks no further.
    floors.forEach(
        (floor, refused) ->
            assertThat(refused)
                .as("something is refused for %s, in:%n%s", floor, output)
                .anyMatch(artifact -> Pattern.compile(banned(artifact)).matcher(output).find()));
  }

  @Test
  void versionsStandInTheParentAlone() throws IOException {
    List<Path> modules;
    try (Stream<Path> files = Files.walk(ROOT, 4)) {
      modules =
          files.filter(f -> f.endsWith("pom.xml") && !f.equals(ROOT.resolve("pom.xml"))).toList();
    }
    assertThat(modules).hasSizeGreaterThan(10);
    for (Path module : modules) {
      Matcher part = PART.matcher(Files.readString(module));
      while (part.find()) {
        Matcher version = VERSION.matcher(part.group());
        while (version.find()) {
          assertThat(version.group(1)).as("a version in %s", module).matches("\\$\\{[^}]+}");
        }
      }
    }
  }

  /** From a floor's property to what it is a floor of, as {@code group:artifact} with stars. */
  private static Map<String, List<String>> floors() throws IOException {
    Map<String, List<String>> floors = new LinkedHashMap<>();
    Matcher rule = RULE.matcher(Files.readString(ROOT.resolve("pom.xml")));
    while (rule.find()) {
      floors.computeIfAbsent(rule.group(2), floor -> new ArrayList<>()).add(rule.group(1));
    }
    return floors;
  }

  /**
   * Matches {@code io.netty:netty-codec:jar:1.2 <--- banned} for {@code io.netty:*}; a star stands
   * for anything between two colons.
   */
  private static String banned(String artifact) {
    return Pattern.quote(artifact).replace("*", "\\E[^:\\s]*\\Q") + ":jar:\\S+ <--- banned";
  }

  /**
   * Maven's first phase on the fleet monitor, which has every refused artifact, and what it needs;
   * {@code --fail-never} goes on after the first module that fails.
   */
  private static String validate(Iterable<String> floors) throws Exception {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    List<String> command = new ArrayList<>(List.of(windows ? "mvn.cmd" : "mvn", "-B", "-q", "-o"));
    command.addAll(List.of("--fail-never", "-pl", "fleet-monitor", "-am", "validate"));
    command.add("-Dspotless.check.skip=true");
    // Takes what lies there, whatever mirror of the settings in use brought it.
    command.add("-Daether.enhancedLocalRepository.trackingFilename=untracked");
    String repository = System.getProperty("localRepository"); // the one of the Maven that runs us
    if (repository != null) {
      command.add("-Dmaven.repo.local=" + repository);
    }
    floors.forEach(floor -> command.add("-D" + floor + "=9999"));
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      Assumptions.abort("Maven is not on the PATH: " + e.getMessage());
      throw e;
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
