package io.stopline.evaluation;

/** The columns that all tables of GTSRB share. Stateless. */
final class GtsrbTable {

  private static final int MOST_CLASSES = 10_000;

  private GtsrbTable() {}

  /** The class of a row. */
  static int label(Csv.Row row) {
    int label = row.number("ClassId");
    if (label >= MOST_CLASSES) {
      throw row.problem("class %d is not in 0..%d".formatted(label, MOST_CLASSES - 1));
    }
    return label;
  }

  /** Where the sign lies; zeros where the table lacks a column. */
  static ListedSign.Place place(Csv.Row row) {
    return new ListedSign.Place(
        row.number("Width", 0),
        row.number("Height", 0),
        row.number("Roi.X1", 0),
        row.number("Roi.Y1", 0),
        row.number("Roi.X2", 0),
        row.number("Roi.Y2", 0));
  }
}
