package io.stopline.evaluation;

import java.util.List;
import java.util.Map;

/** What both kinds of data set are once they are read: a name, classes and splits. */
abstract sealed class ReadDataset implements Dataset permits PackedDataset, FolderDataset {

  private final String name;
  private final List<String> classNames;
  private final Map<String, Split> splits;
  private final List<String> notes;

  /**
   * @param splits by name, in the order in which they are told; not changed afterwards
   * @param notes what must be known before figures are believed
   */
  ReadDataset(String name, List<String> classNames, Map<String, Split> splits, List<String> notes) {
    this.name = name;
    this.classNames = List.copyOf(classNames);
    this.splits = splits;
    this.notes = List.copyOf(notes);
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public List<String> splitNames() {
    return List.copyOf(splits.keySet());
  }

  @Override
  public Split split(String split) {
    Split found = splits.get(split);
    if (found == null) {
      throw new UnusableDatasetException(
          "data set '%s' has no split '%s'; it has %s".formatted(name, split, splits.keySet()));
    }
    return found;
  }
}
