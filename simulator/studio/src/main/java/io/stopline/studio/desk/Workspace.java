package io.stopline.studio.desk;

import io.stopline.config.files.WholeFile;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files that the studio knows: scenarios and campaigns in the folders that it was given, and
 * what it wrote itself. The page names files by the paths that commands take, and only those that
 * were found are ever opened. Thread-safe.
 */
final class Workspace {

  /** More than anybody looks through. */
  private static final int MOST = 2000;

  private final Path work;
  private final List<Path> places;

  /**
   * @param work where what is made is written; made when it is needed
   * @param places folders and files with scenarios; those that do not exist are passed over
   */
  Workspace(Path work, List<Path> places) {
    this.work = work;
    this.places = List.copyOf(places);
  }

  /** A folder for one kind of things that are made here; made if it is not there. */
  Path folder(String kind) {
    Path folder = work.resolve(kind);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "'%s' cannot be made; give a folder that you may write to with --work".formatted(folder),
          e);
    }
    return folder;
  }

  /** Scenario files by the path that commands take, in the order of the places, then by name. */
  Map<String, Path> scenarios() {
    Map<String, Path> found = new LinkedHashMap<>();
    List<Path> all = new ArrayList<>(places);
    all.add(work.resolve("scenarios"));
    for (Path place : all) {
      for (Path file : yamlFiles(place)) {
        if (found.size() < MOST) {
          found.put(shown(file), file);
        }
      }
    }
    return found;
  }

  /**
   * The scenario file of this name.
   *
   * @throws RefusedException if none is called so
   */
  Path scenario(String name) {
    Path file = scenarios().get(name);
    if (file == null) {
      throw new RefusedException(
          "there is no scenario '%s' here; the list tells which there are".formatted(name));
    }
    return file;
  }

  /**
   * Writes a scenario that was changed on the page, named after what it holds: the same one is
   * written once.
   *
   * @return its file
   */
  Path keep(Scenario scenario, String comment) {
    Path folder = folder("scenarios");
    String text = ScenarioFile.text(scenario, folder, List.of(comment));
    String name =
        scenario
            .name()
            .replaceAll("[^A-Za-z0-9]+", "-")
            .replaceAll("^-|-$", "")
            .toLowerCase(Locale.ROOT);
    Path file =
        folder.resolve(
            "%s-%s.yaml".formatted(name.isEmpty() ? "scenario" : cut(name), digest(text)));
    try {
      if (!Files.exists(file)) {
        WholeFile.write(file, text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "'%s' cannot be written; give a folder that you may write to with --work".formatted(file),
          e);
    }
    return file;
  }

  private static String cut(String name) {
    return name.substring(0, Math.min(60, name.length()));
  }

  /** The first eight digits of a text's SHA-256. */
  static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }

  /** As commands take it: from the working folder where it lies below that. */
  static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    Path there = file.toAbsolutePath().normalize();
    String shown = (there.startsWith(here) ? here.relativize(there) : there).toString();
    // What begins so would be taken for an option.
    return shown.startsWith("-") ? "./" + shown : shown;
  }

  private static List<Path> yamlFiles(Path place) {
    if (Files.isRegularFile(place)) {
      return List.of(place);
    }
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(place)) {
      return files
          .filter(file -> file.toString().matches("(?i).*\\.ya?ml"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("folder '%s' cannot be read".formatted(place), e);
    }
  }
}
