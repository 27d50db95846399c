package io.stopline.studio;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Split;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which inputs a run looks at. Use as {@code @Mixin PartOfSplit}. */
final class PartOfSplit {

  /** What the option says of itself. */
  static final String DATA =
      "Labelled images: a packed set, a folder per class, GTSRB as published or as on Kaggle, YOLO or"
          + " COCO (docs/data.md).";

  @Option(names = "--data", required = true, paramLabel = "DIR", description = DATA)
  private Path data;

  @Mixin private SplitPart part;

  /** The data set. */
  Dataset dataset() {
    return Dataset.open(data);
  }

  /** The split's name. */
  String split() {
    return part.split();
  }

  /** Whether all of the split is looked at. */
  boolean isWhole() {
    return part.isWhole();
  }

  /** Positions in the split, in order. */
  List<Integer> numbers(Split whole) {
    return part.numbers(whole.samples().size());
  }

  /** The inputs that are looked at, as a split. */
  Split take(Split whole) {
    return take(part, whole);
  }

  /** The inputs of a split that are looked at, as a split. */
  static Split take(SplitPart part, Split whole) {
    return part.isWhole()
        ? whole
        : new Split(
            whole.name(),
            part.numbers(whole.samples().size()).stream().map(whole.samples()::get).toList(),
            List.of());
  }
}
