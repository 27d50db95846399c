package io.stopline.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which inputs of a split a run looks at: a text file with one input number a line (0-based
 * position in the split), the same for every run that is to be compared.
 */
public final class SampleList {

  private SampleList() {}

  /**
   * Reads a list. Blank lines and lines that begin with {@code #} are skipped.
   *
   * @param inputs how many the split has
   * @throws UnusableDatasetException if the file cannot be read, is empty, or a number is out of
   *     range or stands there twice
   */
  public static List<Integer> read(Path file, int inputs) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "sample list '%s' cannot be read (%s); it holds one input number a line"
              .formatted(file, e.getMessage()),
          e);
    }
    Set<Integer> numbers = new LinkedHashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int number = line.matches("\\d{1,9}") ? Integer.parseInt(line) : -1;
      if (number < 0 || number >= inputs || !numbers.add(number)) {
        throw new UnusableDatasetException(
            "sample list '%s', line %d: '%s' is not a number in 0..%d that stands here once"
                .formatted(file, i + 1, line, inputs - 1));
      }
    }
    if (numbers.isEmpty()) {
      throw new UnusableDatasetException(
          "sample list '%s' is empty; it holds one input number a line".formatted(file));
    }
    return List.copyOf(numbers);
  }

  /** Evenly spread input numbers, ascending; all if the limit is at least their number. */
  public static List<Integer> spread(int limit, int inputs) {
    int count = Math.min(limit, inputs);
    List<Integer> numbers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      numbers.add((int) ((long) i * inputs / count));
    }
    return numbers;
  }
}
