package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The statement about advisories that remain ({@code docs/security/vex.cdx.json}) is true of what
 * is resolved today: it names components of the class path in their versions, and the reasons that
 * a machine can look up hold.
 */
final class VexTest {
  private static final Path ROOT = Path.of(System.getProperty("stopline.root", "../.."));

  /** CycloneDX 1.6, {@code vulnerabilities[].analysis.state}. */
  private static final Set<String> STATES =
      Set.of(
          "resolved",
          "resolved_with_pedigree",
          "exploitable",
          "in_triage",
          "false_positive",
          "not_affected");

  /** CycloneDX 1.6, {@code vulnerabilities[].analysis.justification}. */
  private static final Set<String> JUSTIFICATIONS =
      Set.of(
          "code_not_present",
          "code_not_reachable",
          "requires_configuration",
          "requires_dependency",
          "requires_environment",
          "protected_by_compiler",
          "protected_at_runtime",
          "protected_at_perimeter",
          "protected_by_mitigating_control");

  private static JsonNode read() throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve("docs/security/vex.cdx.json").toFile());
  }

  private static List<JsonNode> list(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  /** The jars of all modules, since the studio depends on every one of them. */
  private static List<Path> jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  /**
   * Finds the jar of {@code group/name} or {@code group/name@version} by where the local repository
   * keeps it: {@code group/as/folders/name/version/name-version….jar}.
   */
  private static Optional<Path> jarOf(String component) {
    String[] groupAndRest = component.split("/", 2);
    String folder =
        "/" + groupAndRest[0].replace('.', '/') + "/" + groupAndRest[1].replace('@', '/') + "/";
    return jars().stream()
        .filter(jar -> jar.toString().replace(File.separatorChar, '/').contains(folder))
        .findFirst();
  }

  private static String component(String purl) {
    assertThat(purl).startsWith("pkg:maven/");
    return purl.substring("pkg:maven/".length());
  }

  /** What is said of components that are not, or no longer, on the class path in that version. */
  private static List<String> stale(JsonNode vex) {
    return list(vex.get("components")).stream()
        .map(c -> c.get("purl").asText())
        .filter(purl -> jarOf(component(purl)).isEmpty())
        .toList();
  }

  @Test
  void isACycloneDxDocumentWhoseReferencesLeadSomewhere() throws IOException {
    JsonNode vex = read();
    assertThat(vex.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(vex.get("specVersion").asText()).isEqualTo("1.6");
    assertThat(vex.get("version").isInt()).isTrue();
    assertThatCode(() -> URI.create(vex.get("serialNumber").asText())).doesNotThrowAnyException();

    Set<String> known = new HashSet<>();
    for (JsonNode c : list(vex.get("components"))) {
      String purl = c.get("purl").asText();
      assertThat(component(purl))
          .isEqualTo(
              c.get("group").asText()
                  + "/"
                  + c.get("name").asText()
                  + "@"
                  + c.get("version").asText());
      assertThat(c.get("bom-ref").asText()).isEqualTo(purl);
      assertThat(known.add(purl)).as("%s stands there once", purl).isTrue();
    }

    Set<String> ids = new HashSet<>();
    Set<String> affected = new HashSet<>();
    for (JsonNode v : list(vex.get("vulnerabilities"))) {
      String id = v.get("id").asText();
      assertThat(id).matches("CVE-\\d{4}-\\d{4,}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\\d{4}-\\d+");
      assertThat(ids.add(id)).as("%s is judged once", id).isTrue();
      assertThat(v.get("source").get("url").asText()).startsWith("https://").endsWith(id);
      JsonNode analysis = v.get("analysis");
      assertThat(analysis.get("state").asText()).as(id).isIn(STATES);
      assertThat(analysis.path("detail").asText()).as(id).isNotBlank();
      if (analysis.get("state").asText().equals("not_affected")) {
        assertThat(analysis.path("justification").asText()).as(id).isIn(JUSTIFICATIONS);
      }
      assertThat(v.get("affects")).as(id).isNotEmpty();
      list(v.get("affects")).forEach(a -> affected.add(a.get("ref").asText()));
    }
    assertThat(affected).isEqualTo(known);
  }

  @Test
  void eachComponentIsResolvedInThatVersion() throws IOException {
    JsonNode vex = read();
    assertThat(stale(vex)).isEmpty();

    ObjectNode first = (ObjectNode) vex.get("components").get(0);
    String moved = first.get("purl").asText() + ".9";
    first.put("purl", moved);
    assertThat(stale(vex)).as("a version that is not resolved is noticed").containsExactly(moved);
  }

  @Test
  void theReasonsThatCanBeLookedUpHold() throws IOException {
    String sources = sources();
    int looked = 0;
    for (JsonNode v : list(read().get("vulnerabilities"))) {
      String id = v.get("id").asText();
      for (JsonNode property : list(v.path("properties"))) {
        String value = property.get("value").asText();
        looked++;
        switch (property.get("name").asText()) {
          case "stopline:notOnClassPath" ->
              assertThat(jarOf(value)).as("%s: %s is not resolved", id, value).isEmpty();
          case "stopline:notInSources" ->
              assertThat(sources.contains(value))
                  .as("%s: no source of the simulator holds '%s'", id, value)
                  .isFalse();
          case "stopline:notInJar" -> {
            for (JsonNode a : list(v.get("affects"))) {
              Path jar = jarOf(component(a.get("ref").asText())).orElseThrow();
              assertThat(entries(jar)).as(id).isNotEmpty().noneMatch(e -> e.contains(value));
            }
          }
          default -> throw new AssertionError(id + ": unknown property " + property);
        }
      }
    }
    assertThat(looked).isPositive();
    assertThat(sources).as("the search sees what is there").contains("torch", "loadmodulehandle");
  }

  private static List<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(e -> e.getName().toLowerCase(Locale.ROOT)).toList();
    }
  }

  /**
   * All that the simulator, the one user of PyTorch and JLine, is compiled from, in small letters.
   */
  private static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("simulator"))) {
      return files
          .filter(
              f ->
                  f.toString().endsWith(".java")
                      && f.toString().contains("src/main".replace('/', File.separatorChar)))
          .map(
              f -> {
                try {
                  return Files.readString(f).toLowerCase(Locale.ROOT);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .collect(Collectors.joining());
    }
  }
}
