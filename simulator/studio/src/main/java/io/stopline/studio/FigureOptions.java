package io.stopline.studio;

import io.stopline.campaign.hardening.FigureRun;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.Split;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is measured after a training. Use as {@code @Mixin FigureOptions}. */
final class FigureOptions {

  private static final int DEFAULT_LIMIT = 100;

  /** The part of AutoAttack that does nearly all of its work, in a fraction of its time. */
  private static final String DEFAULT_ATTACKS = "apgd-ce,apgd-t";

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "validation",
      description =
          "What the figures are measured on: validation, or test, which is noted in"
              + " .stopline/test-runs.log (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--attack",
      paramLabel = "NAME",
      description =
          "Attacks of the figures, separated by commas; 'stopline attacks list' names them (default:"
              + " apgd-ce,apgd-t, the larger part of autoattack; say autoattack for what is"
              + " published).")
  private @Nullable String attack;

  @Option(
      names = "--attack-eps",
      paramLabel = "E",
      description =
          "L∞ budgets of the figures, separated by commas (default: 4/255,8/255; with --eps that"
              + " one too).")
  private @Nullable String budgets;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "How many inputs are attacked, evenly spread over the split (default: 100; 0: none).")
  private @Nullable Integer limit;

  @Option(
      names = "--sample",
      paramLabel = "FILE",
      description = "Attack the inputs listed in FILE instead, one 0-based number a line.")
  private @Nullable Path sample;

  /** As --limit was called here; scripts may still say so. */
  @Option(names = "--attack-limit", paramLabel = "N", hidden = true)
  void formerLimit(Integer inputs) {
    limit = inputs;
  }

  /** As --sample was called here; scripts may still say so. */
  @Option(names = "--attack-sample", paramLabel = "FILE", hidden = true)
  void formerSample(Path file) {
    sample = file;
  }

  @Option(
      names = "--no-sanity",
      description = "Leave out the probes that show whether the attacks can be believed.")
  private boolean noSanity;

  private @Nullable String trainedAgainst;

  /** Takes from a recipe what the command line does not say. */
  void take(HardenOptions options) {
    attack = attack == null ? options.figure("attack") : attack;
    budgets = budgets == null ? options.figure("attack-eps") : budgets;
    String ofRecipe = options.figure("attack-limit");
    if (limit == null && sample == null && ofRecipe != null) {
      limit = Integer.valueOf(ofRecipe);
    }
    if (options.settings().getOrDefault("norm", "linf").equals("linf")) {
      trainedAgainst = options.settings().get("eps");
    }
  }

  /** The split's name. */
  String split() {
    if (!List.of("validation", "test").contains(split)) {
      throw new BadInputException(
          "--split is '%s'; give validation or test (training images say nothing, calibration tracks are kept for thresholds)"
              .formatted(split));
    }
    return split;
  }

  /** All of it, checked. */
  FigureRun.Plan plan(Split split, long seed) {
    return new FigureRun.Plan(
        split.samples(), numbers(split), attacks(), epsilons(), !noSanity, seed);
  }

  /** Names of the attacks, in order. */
  private List<String> attacks() {
    List<String> names = List.of((attack == null ? DEFAULT_ATTACKS : attack).split(",", -1));
    names.forEach(name -> AttackListCommand.make(name, java.util.Map.of()));
    return names;
  }

  /** L∞ budgets. */
  private List<Double> epsilons() {
    List<Double> values = new ArrayList<>();
    for (String text : (budgets == null ? "4/255,8/255" : budgets).split(",", -1)) {
      values.add(Budgets.linf("--attack-eps", text));
    }
    if (budgets == null && trainedAgainst != null) {
      values.add(Budgets.number("eps", trainedAgainst));
    }
    return values.stream().filter(e -> e > 0).sorted().distinct().toList();
  }

  /** Positions in the split that are attacked. */
  private List<Integer> numbers(Split whole) {
    if (sample != null) {
      if (limit != null) {
        throw new BadInputException(
            "--limit and --sample both say what is attacked; give one of them");
      }
      return SampleList.read(sample, whole.samples().size());
    }
    int count = limit == null ? DEFAULT_LIMIT : limit;
    if (count < 0) {
      throw new BadInputException("--limit is %d; give 0 or more".formatted(count));
    }
    return SampleList.spread(count, whole.samples().size());
  }
}
