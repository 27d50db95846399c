package io.stopline.evaluation.road;

import io.stopline.evaluation.Csv;

/** Reads boxes from the columns {@code left,top,right,bottom}: px, both ends inclusive. */
final class BoxTable {

  private BoxTable() {}

  static ListedBox box(Csv.Row row, int label, String where) {
    return new ListedBox(
        pixels(row, "left"),
        pixels(row, "top"),
        pixels(row, "right") + 1,
        pixels(row, "bottom") + 1,
        false,
        label,
        where);
  }

  private static double pixels(Csv.Row row, String column) {
    String text = row.text(column).strip();
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw row.problem("column '%s' has '%s', not a number of pixels".formatted(column, text));
  }
}
