package io.stopline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * What happens when disks fill, files are damaged and others are hostile: one line a case, from the
 * tests of all modules, printed where it is found out and kept in {@code target/faults.txt}. Tests
 * that add to it have the tag {@code faults}; {@code mvn -B -Pfaults verify} runs them in full.
 * Thread-safe, also across processes: a line is written at once.
 */
public final class FaultTable {

  private static final Path FILE =
      Path.of(System.getProperty("stopline.root", "."), "target", "faults.txt");

  private FaultTable() {}

  /** Whether the long form is asked for ({@code -Dstopline.faults=all}). */
  public static boolean inFull() {
    return "all".equals(System.getProperty("stopline.faults"));
  }

  /**
   * Adds a case.
   *
   * @param part what is hit, such as {@code outbox}
   * @param fault what happens to it
   * @param before what version 1.2.0 made of it
   * @param now what came of it in this run, with the figures
   */
  public static void add(String part, String fault, String before, String now) {
    String line =
        String.format(
            Locale.ROOT, "%-10s | %-52s | %-52s | %s%n", part, fault, before, now.strip());
    System.out.print("FAULT " + line);
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(
          FILE, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All lines so far, in order of part and fault; empty if there are none. */
  public static List<String> lines() throws IOException {
    return Files.exists(FILE)
        ? Files.readAllLines(FILE, StandardCharsets.UTF_8).stream().sorted().distinct().toList()
        : List.of();
  }

  /** Forgets the lines, so that the next run begins anew. */
  public static void clear() throws IOException {
    Files.deleteIfExists(FILE);
  }
}
