package io.stopline.campaign.proving;

import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a campaign that repeats, in one table: {@code history.csv}, a line a run and criterion
 * (RFC 4180, UTF-8). Each run drives other roads, so together they see more than any of them, and
 * all earlier ones of the same campaign are the baseline of the next.
 */
public final class History {

  private static final String HEAD =
      "run,began,version,campaignSha256,seed,guard,policySha256,criterion,count,of";
  private static final int COLUMNS = 10;

  /**
   * One line.
   *
   * @param run from 0
   * @param campaign SHA-256 of what was driven
   * @param criterion in words
   */
  public record Entry(
      int run,
      Instant began,
      String version,
      String campaign,
      long seed,
      String guard,
      String policy,
      String criterion,
      long count,
      long of) {}

  private final Path file;
  private final List<Entry> entries;

  private History(Path file, List<Entry> entries) {
    this.file = file;
    this.entries = new ArrayList<>(entries);
  }

  /**
   * Reads a table, or begins one.
   *
   * @param folder holds or is to hold {@code history.csv}
   * @throws InvalidCampaignException if the file is no such table; the message names the line
   * @throws IOException if it cannot be read
   */
  public static History open(Path folder) throws IOException {
    Path file = folder.resolve("history.csv");
    List<Entry> entries = new ArrayList<>();
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (i == 0 && !lines.get(0).equals(HEAD)) {
          throw invalid(file, 1, "its columns are not those of a history");
        }
        if (i > 0 && !lines.get(i).isEmpty()) {
          entries.add(entry(file, i + 1, lines.get(i)));
        }
      }
    }
    return new History(file, entries);
  }

  private static InvalidCampaignException invalid(Path file, int line, String what) {
    return new InvalidCampaignException(
        "%s:%d: %s; name another folder for the history, or mend the line"
            .formatted(file, line, what));
  }

  private static Entry entry(Path file, int line, String text) {
    String[] cells = text.split(",", -1);
    try {
      if (cells.length == COLUMNS) {
        return new Entry(
            Integer.parseInt(cells[0]),
            Instant.parse(cells[1]),
            cells[2],
            cells[3],
            Long.parseLong(cells[4]),
            cells[5],
            cells[6],
            // Commas of a criterion are kept as semicolons.
            cells[7],
            Long.parseLong(cells[8]),
            Long.parseLong(cells[9]));
      }
    } catch (NumberFormatException | DateTimeParseException e) {
      throw invalid(file, line, "it has a cell that cannot be read (%s)".formatted(e.getMessage()));
    }
    throw invalid(file, line, "it has %d cells, not %d".formatted(cells.length, COLUMNS));
  }

  /** How many runs there are; the number of the next one. */
  public int runs() {
    return entries.stream().mapToInt(e -> e.run() + 1).max().orElse(0);
  }

  /** All lines, in order. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /**
   * A criterion's figure over all earlier runs of the same campaign.
   *
   * @param campaign SHA-256 of what is driven
   * @return null if there was none
   */
  public @Nullable Rate before(String campaign, String guard, Gate.Criterion criterion) {
    long count = 0;
    long of = 0;
    for (Entry e : entries) {
      if (e.campaign().equals(campaign)
          && e.guard().equals(guard)
          && e.criterion().equals(words(criterion))) {
        count += e.count();
        of += e.of();
      }
    }
    return of == 0 ? null : Rate.of(count, of);
  }

  /**
   * Appends a run and writes the table, whole or not at all.
   *
   * @param seed of this run
   * @param policies SHA-256 of each guard's policy, by its name
   * @throws IOException if it cannot be written
   */
  public void append(
      Campaign campaign,
      long seed,
      String version,
      Instant began,
      GateResult result,
      Map<String, String> policies)
      throws IOException {
    int run = runs();
    for (GateResult.Checked c : result.criteria()) {
      entries.add(
          new Entry(
              run,
              began,
              version,
              campaign.sha256(),
              seed,
              result.guard(),
              policies.getOrDefault(result.guard(), ""),
              words(c.criterion()),
              c.rate().count(),
              c.rate().of()));
    }
    StringBuilder csv = new StringBuilder(HEAD).append('\n');
    for (Entry e : entries) {
      csv.append(
          String.join(
              ",",
              List.of(
                  String.valueOf(e.run()),
                  e.began().toString(),
                  e.version(),
                  e.campaign(),
                  String.valueOf(e.seed()),
                  e.guard(),
                  e.policy(),
                  e.criterion(),
                  String.valueOf(e.count()),
                  String.valueOf(e.of()))));
      csv.append('\n');
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    WholeFile.write(file, csv.toString());
  }

  private static String words(Gate.Criterion criterion) {
    return criterion.words().replace(',', ';');
  }

  /** Lines of one criterion and guard, in order, by the criterion's words. */
  Map<String, List<Entry>> byCriterion() {
    Map<String, List<Entry>> lines = new LinkedHashMap<>();
    for (Entry e : entries) {
      lines
          .computeIfAbsent("%s (%s)".formatted(e.criterion(), e.guard()), k -> new ArrayList<>())
          .add(e);
    }
    return lines;
  }
}
