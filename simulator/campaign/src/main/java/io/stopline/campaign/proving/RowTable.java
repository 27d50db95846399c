package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A campaign's rows as CSV (RFC 4180, UTF-8, line feeds), one row a line, as DuckDB and pandas read
 * it. Stateless.
 */
public final class RowTable {

  private RowTable() {}

  /** The table with its head. */
  public static String csv(List<Row> rows) {
    StringBuilder csv = new StringBuilder();
    for (Row row : rows) {
      List<String> names = new ArrayList<>();
      List<String> cells = new ArrayList<>();
      for (Map.Entry<String, JsonNode> field : row.toJson().properties()) {
        names.add(field.getKey());
        cells.add(field.getValue().isNull() ? "" : quoted(field.getValue().asText()));
      }
      if (csv.isEmpty()) {
        csv.append(String.join(",", names)).append('\n');
      }
      csv.append(String.join(",", cells)).append('\n');
    }
    return csv.toString();
  }

  private static String quoted(String text) {
    return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
