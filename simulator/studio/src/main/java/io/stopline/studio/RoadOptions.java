package io.stopline.studio;

import io.stopline.attacks.Attack;
import io.stopline.campaign.stills.StillCamera;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How road frames are judged. Use as {@code @Mixin RoadOptions}. */
final class RoadOptions {

  private static final int USUAL_SIDE = 24;
  private static final int USUAL_STILLS = 50;

  @Option(
      names = "--minimum-side",
      paramLabel = "PX",
      description =
          "With --road: signs whose smaller side is below this need not be found (default: 24).")
  private @Nullable Integer minimumSide;

  @Option(
      names = "--ignore",
      paramLabel = "FILE",
      description =
          "With --road: real signs that the data do not label, image,left,top,right,bottom,what; a"
              + " find there is neither right nor false (default: ignore.csv in DIR,"
              + " or what Stopline knows of public pictures).")
  private @Nullable Path ignore;

  @Option(
      names = "--road-labels",
      paramLabel = "FILE",
      description =
          "With --road: which class of the data is which label of the models, class,label"
              + " (default: by name).")
  private @Nullable Path labels;

  @Option(
      names = "--stills",
      paramLabel = "N",
      description =
          "With --road: drive through N of the frames, evenly spread, 1.2 s each (default: 50; 0:"
              + " none).")
  private @Nullable Integer stills;

  @Option(
      names = "--camera",
      paramLabel = "SETTINGS",
      description =
          "With --road: what the stills' camera adds, such as drift=3,noise=2,exposure=-1,jpeg=60,"
              + " or 'standard' (default: nothing).")
  private @Nullable String camera;

  @Option(
      names = "--altered",
      paramLabel = "ATTACK",
      split = ",",
      description =
          "With --road: drive through the stills again, their signs altered by each of these"
              + " attacks, such as rp2,patch,shadow,laser,light; 'stopline attacks list' names them."
              + " The attacker knows the bare models.")
  private List<String> altered = new ArrayList<>();

  @Option(
      names = "--finds",
      paramLabel = "FILE.csv",
      description = "With --road: write every find, what it is and what the guard says of it.")
  private @Nullable Path finds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "With --road and --export: the folder for coco.json or openlabel.json.")
  private @Nullable Path out;

  @Option(
      names = "--sheet",
      paramLabel = "FILE.png",
      description =
          "With --road: draw the best-scoring false finds, to see which are real signs that are"
              + " not labelled.")
  private @Nullable Path sheet;

  @Option(
      names = "--picture",
      paramLabel = "FRAME=FILE.png",
      description = "With --road: draw a frame with finds and verdicts; may be given again.")
  private Map<String, Path> pictures = new LinkedHashMap<>();

  /** Which of the options was given, if any was. */
  @Nullable String given() {
    if (minimumSide != null) {
      return "--minimum-side";
    }
    if (ignore != null) {
      return "--ignore";
    }
    if (labels != null) {
      return "--road-labels";
    }
    if (stills != null) {
      return "--stills";
    }
    if (camera != null) {
      return "--camera";
    }
    if (!altered.isEmpty()) {
      return "--altered";
    }
    if (finds != null) {
      return "--finds";
    }
    if (out != null) {
      return "--out";
    }
    if (sheet != null) {
      return "--sheet";
    }
    return pictures.isEmpty() ? null : "--picture";
  }

  /**
   * Checks everything that can be checked before the work begins.
   *
   * @throws BadInputException naming the option that is wrong
   */
  void check() {
    if (minimumSide() < 1 || minimumSide() > 10_000) {
      throw new BadInputException(
          "--minimum-side is %d; give 1 to 10000 px".formatted(minimumSide()));
    }
    if (stills() < 0) {
      throw new BadInputException("--stills is %d; give 0 or more".formatted(stills()));
    }
    camera();
    if (stills() == 0 && !altered.isEmpty()) {
      throw new BadInputException(
          "--altered drives through stills, and --stills 0 asks for none; give some");
    }
    altered();
    for (Path file : new @Nullable Path[] {finds, sheet}) {
      if (file != null) {
        CommonOptions.checkWritable(file);
      }
    }
    pictures.values().forEach(CommonOptions::checkWritable);
  }

  int minimumSide() {
    return minimumSide == null ? USUAL_SIDE : minimumSide;
  }

  @Nullable Path ignore() {
    return ignore;
  }

  @Nullable Path labels() {
    return labels;
  }

  int stills() {
    return stills == null ? USUAL_STILLS : stills;
  }

  StillCamera camera() {
    return camera == null ? StillCamera.NONE : camera("--camera", camera);
  }

  /** Reads camera settings of an option. */
  static StillCamera camera(String option, String text) {
    try {
      return StillCamera.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("%s: %s".formatted(option, e.getMessage()), e);
    }
  }

  /**
   * The attacks that alter signs, with their own settings.
   *
   * @throws BadInputException if there is none of such a name
   */
  List<Attack> altered() {
    return altered.stream().distinct().map(name -> AttackListCommand.make(name, Map.of())).toList();
  }

  @Nullable Path finds() {
    return finds;
  }

  @Nullable Path out() {
    return out;
  }

  @Nullable Path sheet() {
    return sheet;
  }

  Map<String, Path> pictures() {
    return pictures;
  }
}
