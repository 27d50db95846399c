package io.stopline.studio;

import io.stopline.campaign.hardening.Durations;
import io.stopline.campaign.hardening.Recipe;
import io.stopline.campaign.hardening.RecipeFile;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.Dataset;
import io.stopline.sdk.model.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What is trained, and how. What the command line says goes before what a recipe says. Use as
 * {@code @Mixin HardenOptions}.
 */
final class HardenOptions {

  /** Nobody waits a day for a first try; who wants to, says so. */
  static final Duration LIMIT = Duration.ofMinutes(60);

  @Option(
      names = "--model",
      paramLabel = "FILE.tflite",
      description = "The classifier to harden: float32, anybody's.")
  private @Nullable Path model;

  @Option(
      names = "--architecture",
      paramLabel = "NAME|FILE",
      description = "Start from fresh weights instead: a built-in architecture, or a YAML file.")
  private @Nullable String architecture;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          PartOfSplit.DATA
              + " Learns from its training"
              + " tracks, decides by its validation tracks.")
  private @Nullable Path data;

  @Option(
      names = "--also",
      paramLabel = "DIR",
      description =
          "Learn from these images too, such as those of 'stopline data render': all but their test"
              + " split. Decisions stay with --data. May stand repeatedly.")
  private List<Path> also = new ArrayList<>();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "How to train; 'stopline harden list' names the methods (default: trades).")
  private @Nullable String method;

  @Option(
      names = "--eps",
      paramLabel = "E",
      description =
          "What the method trains against, over values in 0..1: a number or a fraction such as"
              + " 8/255. The same as eps=E.")
  private @Nullable String epsilon;

  @Option(
      names = "--teacher",
      paramLabel = "FILE",
      description = "A model that the method learns from or keeps away from; may stand repeatedly.")
  private List<Path> teachers = new ArrayList<>();

  @Option(
      names = "--recipe",
      paramLabel = "FILE.yaml",
      description = "Take what is not said here from a file; see docs/hardening.md.")
  private @Nullable Path recipeFile;

  @Option(
      names = "--out",
      paramLabel = "FILE.tflite",
      description = "Where the hardened model goes; its card and checkpoint go beside it.")
  private @Nullable Path out;

  @Option(
      names = "--int8",
      negatable = true,
      description = "Make a full-integer file too: FILE-int8.tflite.")
  private @Nullable Boolean int8;

  @Option(
      names = "--time",
      paramLabel = "T",
      description =
          "Training may take this long, for example 24h; the schedule is shortened to fit, and time"
              + " before an interruption counts (default: 60m).")
  private @Nullable String time;

  @Option(
      names = "--resume",
      description = "Go on from the checkpoint beside --out, if there is one.")
  boolean resume;

  @Option(
      names = "--overwrite",
      description = "Replace what lies at --out, its checkpoint included.")
  boolean overwrite;

  @Parameters(
      paramLabel = "KEY=VALUE",
      arity = "0..*",
      description =
          "Settings of the method, the schedule and the augmentation; 'stopline harden list NAME'"
              + " tells them.")
  private Map<String, String> settings = new LinkedHashMap<>();

  private Recipe recipe = Recipe.NONE;

  /** Reads the recipe; everything else may be asked for after it. */
  void read() {
    if (recipeFile != null) {
      recipe = RecipeFile.read(recipeFile);
    }
    if (model != null && architecture != null) {
      throw new BadInputException(
          "--model and --architecture both say what to start from; give one of them");
    }
  }

  /** The recipe's file, if there is one. */
  @Nullable Path recipeFile() {
    return recipeFile;
  }

  /** The file to start from; null for an architecture. */
  @Nullable Path model() {
    if (architecture != null) {
      return null;
    }
    Path file = model == null ? recipe.model().orElse(null) : model;
    String problem = file == null ? "" : GivenFile.problem(file, ModelFile.MAX_BYTES);
    if (!problem.isEmpty()) {
      throw new BadInputException("model '%s' %s; name a .tflite file".formatted(file, problem));
    }
    return file;
  }

  /** The architecture to start from, where there is no model. */
  String architecture() {
    String name = architecture == null ? recipe.architecture().orElse(null) : architecture;
    if (name == null) {
      throw new BadInputException(
          "nothing to start from: give --model FILE.tflite, --architecture NAME, or a recipe that has one of them");
    }
    return name;
  }

  /** Where the data are. */
  Path data() {
    if (data == null) {
      throw new BadInputException("no data to learn from: give --data DIR");
    }
    return data;
  }

  /** What else to learn from. */
  List<Dataset> also() {
    return also.stream().map(Dataset::open).toList();
  }

  /** Name of the method. */
  String method() {
    return method == null ? recipe.method().orElse("trades") : method;
  }

  /** All key=value settings, the recipe's first. */
  Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(recipe.settings());
    all.putAll(settings);
    if (epsilon != null) {
      if (settings.containsKey("eps")) {
        throw new BadInputException(
            "--eps %s and eps=%s say the same thing; give one of them"
                .formatted(epsilon, settings.get("eps")));
      }
      all.put("eps", epsilon);
    }
    return all;
  }

  /** Files of other models. */
  List<Path> teachers() {
    List<Path> files = teachers.isEmpty() ? recipe.teachers() : teachers;
    for (Path file : files) {
      String problem = GivenFile.problem(file, ModelFile.MAX_BYTES);
      if (!problem.isEmpty()) {
        throw new BadInputException(
            "teacher '%s' %s; name a .tflite file".formatted(file, problem));
      }
    }
    return files;
  }

  /** Whether a quantised file is wanted. */
  boolean int8() {
    return int8 == null ? recipe.int8().orElse(false) : int8;
  }

  /** The limit, or what holds without one. */
  Duration limit(Duration otherwise) {
    OptionalLong seconds = time == null ? recipe.time() : OptionalLong.of(Durations.seconds(time));
    return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : otherwise;
  }

  /** The recipe's seed, unless the command line has one. */
  long seed(boolean given, long ofCommandLine) {
    return given ? ofCommandLine : recipe.seed().orElse(ofCommandLine);
  }

  /** A setting of the figures that the recipe has, for where the command line has none. */
  @Nullable String figure(String name) {
    return recipe.figures().get(name);
  }

  /**
   * Where the model goes.
   *
   * @throws BadInputException if it cannot be written, or something lies there
   */
  Path out() {
    if (out == null) {
      throw new BadInputException("no place for the hardened model: give --out FILE.tflite");
    }
    if (!String.valueOf(out.getFileName()).endsWith(".tflite")) {
      throw new BadInputException("--out is '%s'; name a file that ends in .tflite".formatted(out));
    }
    checkOutput(out, resume || overwrite);
    if (int8()) {
      checkOutput(int8File(out), resume || overwrite);
    }
    return out;
  }

  /**
   * Told now, not after an hour of work.
   *
   * @param replaceable whether something may lie there
   */
  static void checkOutput(Path file, boolean replaceable) {
    Path there = file.toAbsolutePath().normalize();
    if (Files.isDirectory(there)) {
      throw new BadInputException("'%s' is a folder; name a file".formatted(file));
    }
    if (Files.exists(there) && !replaceable) {
      throw new BadInputException(
          "'%s' is there already; name another file, or say --overwrite".formatted(file));
    }
    Path folder = there.getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new BadInputException(
          "'%s' cannot be written; name a file in a folder that you may write to".formatted(file));
    }
  }

  /** {@code sign.tflite}: {@code sign-int8.tflite}. */
  static Path int8File(Path out) {
    return beside(out, "-int8.tflite");
  }

  /** A file beside the model, named after it. */
  static Path beside(Path out, String ending) {
    return out.resolveSibling(
        String.valueOf(out.getFileName()).replaceFirst("\\.tflite$", "") + ending);
  }
}
