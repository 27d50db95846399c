package io.stopline.studio;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which inputs a run looks at. Use as {@code @Mixin PartOfSplit}. */
final class PartOfSplit {

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "A packed set (see 'stopline data pack') or a folder per class.")
  private Path data;

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

  /** The data set. */
  Dataset dataset() {
    return Dataset.open(data);
  }

  /** The split's name. */
  String split() {
    return split;
  }

  /** Positions in the split, in order. */
  List<Integer> numbers(Split whole) {
    int inputs = whole.samples().size();
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

  /** The inputs that are looked at, as a split. */
  Split take(Split whole) {
    return part == null
        ? whole
        : new Split(
            whole.name(), numbers(whole).stream().map(whole.samples()::get).toList(), List.of());
  }
}
