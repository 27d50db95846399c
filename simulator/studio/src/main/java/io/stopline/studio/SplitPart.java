package io.stopline.studio;

import io.stopline.evaluation.SampleList;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which split of a data set, and which part of it. Use as {@code @Mixin SplitPart}. */
final class SplitPart {

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "validation",
      description = "train, validation, calibration or test (default: ${DEFAULT-VALUE}).")
  private String split;

  /** Which part of the split. */
  static final class Part {
    @Option(
        names = "--limit",
        paramLabel = "N",
        required = true,
        description = "Look at N inputs, evenly spread over the split.")
    @Nullable Integer limit;

    @Option(
        names = "--sample",
        paramLabel = "FILE",
        required = true,
        description = "Look at the inputs listed in FILE, one 0-based number a line.")
    @Nullable Path sample;
  }

  @ArgGroup private @Nullable Part part;

  /** The split's name. */
  String split() {
    return split;
  }

  /** Whether all of the split is looked at. */
  boolean isWhole() {
    return part == null;
  }

  /**
   * Positions in the split, in order.
   *
   * @param inputs how many the split has
   */
  List<Integer> numbers(int inputs) {
    if (part == null) {
      return IntStream.range(0, inputs).boxed().toList();
    }
    if (part.sample != null) {
      return SampleList.read(part.sample, inputs);
    }
    int limit = part.limit == null ? 0 : part.limit;
    if (limit < 1) {
      throw new BadInputException("--limit is %d; give at least 1".formatted(limit));
    }
    return SampleList.spread(limit, inputs);
  }
}
