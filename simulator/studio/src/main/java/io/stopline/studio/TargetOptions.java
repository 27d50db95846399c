package io.stopline.studio;

import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.Pull;
import io.stopline.campaign.robustness.AttackTarget;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.campaign.robustness.Defence;
import io.stopline.campaign.robustness.DefendedTarget;
import io.stopline.campaign.robustness.GuardAttacker;
import io.stopline.campaign.robustness.GuardTarget;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.evaluation.model.ModelReading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is attacked, and what the attacker knows of it. Use as {@code @Mixin TargetOptions}. */
final class TargetOptions {

  /** One of the two. */
  static final class Subject {
    @Option(
        names = "--model",
        paramLabel = "FILE.tflite",
        required = true,
        description = "The classifier to attack.")
    @Nullable Path model;

    @Option(
        names = "--guard",
        paramLabel = "NAME|DIR",
        required = true,
        description = "The guard to attack: a shipped bundle or the folder of one.")
    @Nullable String guard;
  }

  @ArgGroup(multiplicity = "1")
  Subject subject;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "A policy of the guard's bundle (default: the bundle's own).")
  private @Nullable String policy;

  @Option(
      names = "--defence",
      paramLabel = "NAME",
      description = "A broken defence around the model, as a positive control: resize-pad or dct.")
  private @Nullable String defence;

  @Option(
      names = "--adaptive",
      description = "The attacker knows the guard or defence and aims at all of it.")
  boolean adaptive;

  @Option(
      names = "--knowledge",
      paramLabel = "LEVEL",
      defaultValue = "calibration",
      description =
          "What an adaptive attacker knows of a guard, each level with those before it: one-model,"
              + " all-models, policy or calibration (default: ${DEFAULT-VALUE}). Never its draws.")
  private String knowledge;

  @Option(
      names = "--draws",
      paramLabel = "N|auto",
      defaultValue = "4",
      description =
          "Random draws that an adaptive attacker averages over (default: ${DEFAULT-VALUE}). auto:"
              + " doubled on the inputs of --study until twice as many break no more, against a"
              + " guard.")
  private String draws;

  @Option(
      names = "--pull",
      paramLabel = "KIND",
      defaultValue = "joint",
      description =
          "How an adaptive attacker on a guard goes for a wrong label and for its acceptance: joint,"
              + " selective or orthogonal (default: ${DEFAULT-VALUE}).")
  private String pull;

  @Option(
      names = "--looks",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Fresh draws that a guard judges every candidate by (default: ${DEFAULT-VALUE}).")
  int looks;

  /** What an adaptive attacker knows. */
  GuardKnowledge knowledge() {
    List<GuardKnowledge> levels =
        List.of(
            GuardKnowledge.ONE_MODEL,
            GuardKnowledge.ALL_MODELS,
            GuardKnowledge.POLICY,
            GuardKnowledge.CALIBRATION);
    return levels.stream()
        .filter(level -> id(level).equals(knowledge))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "--knowledge is '%s'; give one of %s"
                        .formatted(
                            knowledge,
                            levels.stream()
                                .map(TargetOptions::id)
                                .collect(Collectors.joining(", ")))));
  }

  /** How an adaptive attacker steps. */
  Pull pull() {
    Pull kind =
        Arrays.stream(Pull.values())
            .filter(p -> p.name().toLowerCase(Locale.ROOT).equals(pull))
            .findFirst()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "--pull is '%s'; give one of joint, selective, orthogonal"
                            .formatted(pull)));
    if (kind != Pull.JOINT && (subject.guard == null || !adaptive)) {
      throw new BadInputException(
          "--pull is for a guard that is attacked with --adaptive; leave it out");
    }
    return kind;
  }

  /** Whether the number of draws is to be found. */
  boolean autoDraws() {
    return draws.equals("auto");
  }

  /** What {@code --draws} says, for reports and run folders. */
  String drawsAsGiven() {
    return draws;
  }

  /** What {@code --draws} says; 1 for {@code auto}, to begin with. */
  int draws() {
    if (autoDraws()) {
      if (subject.guard == null || !adaptive) {
        throw new BadInputException(
            "--draws auto is for a guard that is attacked with --adaptive; give a number");
      }
      return 1;
    }
    try {
      int number = Integer.parseInt(draws.strip());
      if (number >= 1 && number <= 1000) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new BadInputException("--draws is '%s'; give 1 to 1000, or auto".formatted(draws), e);
    }
    throw new BadInputException("--draws is '%s'; give 1 to 1000, or auto".formatted(draws));
  }

  private static String id(GuardKnowledge level) {
    return level.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads what is attacked: the model, or the members of the guard.
   *
   * @param paired whether labels are the data's; if they are the model's own, a model of any
   *     classes will do, and nothing is checked
   */
  List<ReadModel> read(Console console, Dataset data, boolean paired) throws IOException {
    String guard = subject.guard;
    if (guard != null) {
      if (!modelOptions.given().isEmpty()) {
        throw new BadInputException(
            "%s is for a model file; a guard's bundle says that itself"
                .formatted(modelOptions.given().get(0)));
      }
      Bundle bundle = Bundle.load(Bundle.locate(guard));
      return paired
          ? ReadModel.members(
              console,
              bundle,
              bundle.policy(policy),
              modelOptions.reading(),
              data,
              ReadModel.Unsound.REFUSED)
          : List.of();
    }
    Path model = subject.model;
    if (model == null) {
      throw new BadInputException("nothing to attack: name a model with --model FILE.tflite");
    }
    if (DetectorReading.looksLikeOne(ModelBytes.read(model))) {
      throw new BadInputException(
          "model '%s' is a detector; name it with 'stopline attack --detector', which has options of its own"
              .formatted(model));
    }
    return List.of(
        paired
            ? ReadModel.of(console, model, modelOptions.reading(), data, ReadModel.Unsound.REFUSED)
            : ReadModel.unpaired(console, model, modelOptions.reading(), data));
  }

  /** Opens what is attacked. */
  AttackTarget open(
      Console console, List<ReadModel> read, List<Path> surrogates, int threads, long seed)
      throws IOException {
    if (looks < 1 || looks > 1000) {
      throw new BadInputException("--looks is %d; give 1 to 1000".formatted(looks));
    }
    int draws = draws();
    String guard = subject.guard;
    if (guard != null) {
      if (defence != null) {
        throw new BadInputException("--defence is for a model; a guard has its own");
      }
      Bundle bundle = Bundle.load(Bundle.locate(guard));
      PolicyFile file = bundle.policy(policy);
      bundle.calibration(file);
      return GuardTarget.open(
          bundle, file, new GuardAttacker(adaptive, knowledge(), draws, pull()), looks, seed);
    }
    if (policy != null) {
      throw new BadInputException("--policy is for a guard; a model has none");
    }
    if (adaptive && defence == null) {
      throw new BadInputException(
          "--adaptive means an attacker who knows a guard or a defence, and a bare model has none; name --guard or --defence");
    }
    ReadModel first = read.get(0);
    List<ModelReading> others = new ArrayList<>();
    for (Path surrogate : surrogates) {
      others.add(first.also(console, surrogate).model());
    }
    AttackedModel opened = AttackedModel.open(first.model(), others, threads);
    return defence == null
        ? opened
        : new DefendedTarget(opened, defence(defence), adaptive, draws, seed);
  }

  private static Defence defence(String name) {
    return Arrays.stream(Defence.values())
        .filter(d -> d.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "--defence is '%s'; give one of %s"
                        .formatted(
                            name,
                            Arrays.stream(Defence.values())
                                .map(Defence::id)
                                .collect(Collectors.joining(", ")))));
  }
}
