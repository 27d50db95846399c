package io.stopline.studio;

import io.stopline.campaign.detectorattack.AttackGoal;
import io.stopline.campaign.detectorattack.ObjectSearch;
import io.stopline.campaign.detectorattack.PatchSetting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an attacker of a detector wants, paints and spends. Use as {@code @Mixin PatchOptions}. */
final class PatchOptions {

  @Option(
      names = "--goal",
      paramLabel = "GOAL",
      defaultValue = "hide",
      description =
          "hide: real objects are not found; create: an object is found where none is; mislabel: a"
              + " real object is found as another (default: ${DEFAULT-VALUE}).")
  private String goal;

  @Option(
      names = "--target-label",
      paramLabel = "NAME",
      description =
          "What is to be seen: needed for create; for mislabel any wrong label if not given.")
  private @Nullable String target;

  @Option(
      names = "--patch-area",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "What may be painted over, as a share of the object's box: above 0, at most 1 (default:"
              + " ${DEFAULT-VALUE}).")
  private double area;

  @Option(
      names = "--place",
      paramLabel = "WHERE",
      defaultValue = "on",
      description = "on the object or beside it (default: ${DEFAULT-VALUE}).")
  private String place;

  @Option(
      names = "--stickers",
      paramLabel = "N",
      description = "Paint N stickers that share the area, not one patch.")
  private @Nullable Integer stickers;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "200",
      description = "Steps of each search (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "Draws of place, size and light that each step averages over (default:"
              + " ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      defaultValue = "1",
      description = "Searches from another start; the best is kept (default: ${DEFAULT-VALUE}).")
  private int restarts;

  @Option(
      names = "--judge-draws",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Fresh draws of place, size and light that each painting is judged over (default:"
              + " ${DEFAULT-VALUE}).")
  int judgeDraws;

  @Option(
      names = "--controls",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Objects on which grey and random paint, a patch over everything and twice the steps are"
              + " tried too (default: ${DEFAULT-VALUE}; 0: none).")
  int controls;

  AttackGoal goal() {
    return Choices.of("--goal", goal, AttackGoal.values());
  }

  /**
   * @throws BadInputException if an option is out of its range
   */
  PatchSetting setting() {
    if (!(area > 0 && area <= 1)) {
      throw new BadInputException(
          "--patch-area is %s; give a share of the object's box above 0 and at most 1, such as 0.1"
              .formatted(area));
    }
    if (stickers != null && (stickers < 1 || stickers > 16)) {
      throw new BadInputException("--stickers is %d; give 1 to 16".formatted(stickers));
    }
    return new PatchSetting(
        stickers == null ? PatchSetting.Shape.PATCH : PatchSetting.Shape.STICKERS,
        Choices.of("--place", place, PatchSetting.Place.values()),
        area,
        stickers == null ? 1 : stickers);
  }

  /**
   * @throws BadInputException if an option is out of its range
   */
  ObjectSearch.Effort effort() {
    check("--steps", steps, 1, 100_000);
    check("--draws", draws, 1, 100);
    check("--restarts", restarts, 1, 100);
    check("--judge-draws", judgeDraws, 0, 1000);
    check("--controls", controls, 0, 10_000);
    return new ObjectSearch.Effort(steps, draws, restarts);
  }

  static void check(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new BadInputException("%s is %d; give %d to %d".formatted(option, value, low, high));
    }
  }

  /** For the report. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("steps", steps);
    settings.put("draws", draws);
    settings.put("restarts", restarts);
    settings.put("judgeDraws", judgeDraws);
    settings.put("controls", controls);
    return settings;
  }

  /**
   * The label that is wanted; −1 for any.
   *
   * @param guarded whether something behind the detector tells more labels apart
   * @throws BadInputException if it is unknown, or none is given where one is needed
   */
  int target(List<String> labels, boolean guarded) {
    AttackGoal wanted = goal();
    if (target == null) {
      if (wanted == AttackGoal.CREATE) {
        if (labels.size() == 1) {
          return 0;
        }
        throw new BadInputException(
            "--goal create needs --target-label NAME: what is to be seen where nothing is");
      }
      if (wanted == AttackGoal.MISLABEL && labels.size() == 1 && !guarded) {
        throw new BadInputException(
            "--goal mislabel: the detector has one label, '%s', so nothing can be seen as another; use --goal hide or create, or attack the guard around it (--bundle)"
                .formatted(labels.get(0)));
      }
      return -1;
    }
    if (wanted == AttackGoal.HIDE) {
      throw new BadInputException("--target-label is for the goals create and mislabel, not hide");
    }
    return index("--target-label", target, labels);
  }

  private static int index(String option, String name, List<String> labels) {
    String asked = form(name);
    return IntStream.range(0, labels.size())
        .filter(i -> form(labels.get(i)).equals(asked))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s is '%s'; the detector has no such label, its %d are %s"
                        .formatted(
                            option,
                            name,
                            labels.size(),
                            labels.stream().limit(12).map("'%s'"::formatted).toList())));
  }

  /** Letters and digits alone, in lower case. */
  private static String form(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{Nd}]", "");
  }
}
