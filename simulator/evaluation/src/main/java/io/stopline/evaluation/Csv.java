package io.stopline.evaluation;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Comma- or semicolon-separated tables with a header line (RFC 4180, quotes included). */
public final class Csv {

  /** One line of a table. */
  public static final class Row {
    private final Path file;
    private final int line;
    private final Map<String, Integer> columns;
    private final List<String> cells;

    private Row(Path file, int line, Map<String, Integer> columns, List<String> cells) {
      this.file = file;
      this.line = line;
      this.columns = columns;
      this.cells = cells;
    }

    /** The text in a column, empty if the table or the line lacks it. */
    public String text(String column) {
      Integer i = columns.get(column);
      return i == null || i >= cells.size() ? "" : cells.get(i);
    }

    /**
     * The whole number of at least 0 in a column.
     *
     * @throws UnusableDatasetException if it is none
     */
    public int number(String column) {
      String text = text(column);
      try {
        int value = Integer.parseInt(text);
        if (value >= 0) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw problem("column '%s' has '%s', not a whole number from 0 up".formatted(column, text));
    }

    /** The same, or a stand-in where the column is empty. */
    public int number(String column, int otherwise) {
      return text(column).isEmpty() ? otherwise : number(column);
    }

    /** What to throw about this line: the message begins with file and line. */
    public UnusableDatasetException problem(String what) {
      return new UnusableDatasetException(place() + ": " + what);
    }

    /** File and line, to begin an error with. */
    public String place() {
      return "%s, line %d".formatted(file, line);
    }
  }

  private Csv() {}

  /**
   * Reads a table.
   *
   * @throws UnusableDatasetException if the file cannot be read or lacks a column
   */
  public static List<Row> read(Path file, String... columnsNeeded) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new UnusableDatasetException("'%s' is missing".formatted(file), e);
    } catch (MalformedInputException e) {
      throw new UnusableDatasetException("'%s' is not UTF-8 text".formatted(file), e);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
    return parse(file, lines, columnsNeeded);
  }

  /**
   * Reads a table whose lines are at hand.
   *
   * @param file where they come from, for errors
   * @throws UnusableDatasetException if there is no line or a column is missing
   */
  public static List<Row> parse(Path file, List<String> lines, String... columnsNeeded) {
    if (lines.isEmpty()) {
      throw new UnusableDatasetException("'%s' is empty".formatted(file));
    }
    char separator = lines.get(0).indexOf(';') >= 0 ? ';' : ',';
    Map<String, Integer> columns = new LinkedHashMap<>();
    for (String name : cells(lines.get(0).replace("\uFEFF", ""), separator)) {
      columns.put(name.strip(), columns.size());
    }
    for (String needed : columnsNeeded) {
      if (!columns.containsKey(needed)) {
        throw new UnusableDatasetException(
            "'%s' has no column '%s'; its header is: %s".formatted(file, needed, lines.get(0)));
      }
    }
    List<Row> rows = new ArrayList<>(lines.size());
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        rows.add(new Row(file, i + 1, columns, cells(lines.get(i), separator)));
      }
    }
    return rows;
  }

  private static List<String> cells(String line, char separator) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
          cell.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == separator) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  /** A cell as it is written: quoted where it must be. */
  public static String quote(String cell) {
    return cell.matches("[^,;\"\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
