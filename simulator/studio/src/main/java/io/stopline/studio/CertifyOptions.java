package io.stopline.studio;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.TrackCalibrator;
import io.stopline.evaluation.certificate.TrackRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is to be certified, and on which inputs. Use as {@code @Mixin CertifyOptions}. */
final class CertifyOptions {

  /** Kinds of certificate. */
  enum Kind {
    PATCH,
    SMOOTHING,
    BOUNDS
  }

  /** How patches are hidden. */
  enum Method {
    WINDOWS,
    MASKS
  }

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      required = true,
      description =
          "patch (a square anywhere in the crop), smoothing (any change of bounded length in L2, of"
              + " the model under noise) or bounds (any change of bounded size in L∞, of small float"
              + " models).")
  Kind kind;

  @Option(
      names = "--method",
      paramLabel = "HOW",
      defaultValue = "windows",
      description =
          "For patches: windows (one inference, models that average local scores) or masks (any"
              + " classifier, hundreds of inferences; default: ${DEFAULT-VALUE}).")
  Method method;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = PartOfSplit.DATA)
  private Path data;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "calibration",
      description =
          "train, validation, calibration or test; of calibration, the tracks that no model saw"
              + " where the data say so (default: ${DEFAULT-VALUE}).")
  String split;

  /** Which part of it. */
  static final class Part {
    @Option(
        names = "--limit",
        paramLabel = "N",
        required = true,
        description = "Look at N inputs, evenly spread; nothing is then said of tracks.")
    @Nullable Integer limit;

    @Option(
        names = "--tracks",
        paramLabel = "N",
        required = true,
        description = "Look at N whole tracks, evenly spread.")
    @Nullable Integer tracks;

    @Option(
        names = "--sample",
        paramLabel = "FILE",
        required = true,
        description = "Look at the inputs listed in FILE, one 0-based number a line.")
    @Nullable Path sample;
  }

  @ArgGroup private @Nullable Part part;

  @Option(
      names = "--all-tracks",
      description = "Also use tracks that the data mark as seen by the models.")
  private boolean allTracks;

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description =
          "Look-alike classes: a YAML file with 'groups:', by the numbers of the model's outputs"
              + " (default: the bundle's appearance table; without either, classes only).")
  @Nullable Path groups;

  @Option(
      names = "--patch-side",
      paramLabel = "PX,…",
      defaultValue = "5,8",
      split = ",",
      description = "Sides of the patch, px of the model's input (default: ${DEFAULT-VALUE}).")
  private List<Integer> sides;

  @Option(
      names = "--masks",
      paramLabel = "N",
      defaultValue = "6",
      description = "Masks along each side of the picture (default: ${DEFAULT-VALUE}).")
  int masks;

  @Option(
      names = "--no-recovery",
      description = "Ask for certified detection only, which needs far fewer masks.")
  boolean noRecovery;

  @Option(
      names = "--statistic",
      paramLabel = "M/N",
      defaultValue = "5/10",
      description =
          "A track is suspect if at least M of its last N frames are beyond the threshold (default:"
              + " ${DEFAULT-VALUE}).")
  private String statistic;

  @Option(
      names = "--judged-from",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Besides at its end, judge a track at every frame from the Nth on (default:"
              + " ${DEFAULT-VALUE}).")
  private int from;

  @Option(
      names = "--false-alarm-rate",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description =
          "False alarms a track that the threshold promises, or the smallest that half of the tracks"
              + " can promise (default: ${DEFAULT-VALUE}).")
  double falseAlarmRate;

  @Option(
      names = "--sigma",
      paramLabel = "S,…",
      defaultValue = "0.06,0.12,0.25",
      split = ",",
      description =
          "Standard deviations of the noise, over pixels 0..1 (default: ${DEFAULT-VALUE}).")
  List<Double> sigmas;

  @Option(
      names = "--first-samples",
      paramLabel = "N",
      defaultValue = "100",
      description = "Noisy copies that choose the class (default: ${DEFAULT-VALUE}).")
  int firstSamples;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Noisy copies that certify it (default: ${DEFAULT-VALUE}).")
  int samples;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.001",
      description =
          "Chance that a smoothing certificate does not hold (default: ${DEFAULT-VALUE}).")
  double alpha;

  @Option(
      names = "--eps",
      paramLabel = "E,…",
      defaultValue = "0.25/255,0.5/255,1/255",
      split = ",",
      description = "Budgets of bounds in L∞, over pixels 0..1 (default: ${DEFAULT-VALUE}).")
  private List<String> eps;

  @Option(
      names = "--attack",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Attack N certified inputs of each result, and as a control one pixel beyond what is"
              + " certified. One that falls fails the run (default: ${DEFAULT-VALUE}).")
  int attack;

  /** Checked before anything is read. */
  void check() {
    if (sides.stream().anyMatch(s -> s < 1 || s > 4096)) {
      throw new BadInputException("--patch-side is %s; give pixels, such as 5,8".formatted(sides));
    }
    if (masks < 2 || masks > 64) {
      throw new BadInputException("--masks is %d; give 2 to 64".formatted(masks));
    }
    if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
      throw new BadInputException(
          "--false-alarm-rate is %s; give a number between 0 and 1".formatted(falseAlarmRate));
    }
    if (attack < 0) {
      throw new BadInputException("--attack is %d; give 0 or more".formatted(attack));
    }
    statistics();
    budgets();
  }

  /** Sides of the patch, in order. */
  List<Integer> sides() {
    return sides.stream().sorted().distinct().toList();
  }

  /** Budgets in L∞, in order. */
  List<Double> budgets() {
    return eps.stream().map(e -> Budgets.linf("--eps", e)).sorted().distinct().toList();
  }

  /** How a track is judged: at its end, and from a frame on. */
  List<TrackRule> statistics() {
    try {
      String[] parts = statistic.split("/", -1);
      int least = Integer.parseInt(parts[0].strip());
      int of = Integer.parseInt(parts[1].strip());
      List<TrackRule> all = new ArrayList<>(List.of(new TrackRule(least, of, 0)));
      if (from > 0) {
        all.add(new TrackRule(least, of, from));
      }
      return all;
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new BadInputException(
          "--statistic is '%s' and --judged-from is %d; give M/N with M of at most N, such as 5/10, and 0 or a frame's number"
              .formatted(statistic, from),
          e);
    }
  }

  /** The data in their own order. */
  Dataset dataset() {
    return Dataset.open(data);
  }

  /** Whether whole tracks are looked at, as far as the data know tracks. */
  boolean wholeTracks() {
    return part == null || part.tracks != null;
  }

  /** Positions of the inputs in the split, in order. */
  List<Integer> numbers(Dataset set) {
    Split whole = set.split(split);
    List<Integer> allowed = IntStream.range(0, whole.samples().size()).boxed().toList();
    if (!whole.tracks().isEmpty()) {
      List<Track> tracks =
          split.equals("calibration")
              ? TrackCalibrator.tracks(set, split, !allTracks)
              : whole.tracks();
      if (part != null && part.tracks != null) {
        tracks =
            SampleList.spread(positive("--tracks", part.tracks), tracks.size()).stream()
                .map(tracks::get)
                .toList();
      }
      Set<String> ids = new HashSet<>(tracks.stream().map(Track::id).toList());
      allowed = allowed.stream().filter(i -> ids.contains(whole.samples().get(i).track())).toList();
    } else if (part != null && part.tracks != null) {
      throw new BadInputException(
          "--tracks: split '%s' of '%s' does not know its tracks; use --limit"
              .formatted(split, set.name()));
    }
    if (part != null && part.sample != null) {
      return SampleList.read(part.sample, whole.samples().size());
    }
    if (part != null && part.limit != null) {
      List<Integer> all = allowed;
      return SampleList.spread(positive("--limit", part.limit), all.size()).stream()
          .map(all::get)
          .toList();
    }
    return allowed;
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw new BadInputException("%s is %d; give at least 1".formatted(option, value));
    }
    return value;
  }

  /** All that decides what comes out, in words. */
  String settings() {
    return String.join(
        "; ",
        List.of(
            kind.name(),
            method.name(),
            String.valueOf(sides()),
            "masks " + masks,
            "recovery " + !noRecovery,
            "sigma " + sigmas,
            "copies %d/%d".formatted(firstSamples, samples),
            "alpha " + alpha,
            "eps " + Arrays.toString(budgets().toArray())));
  }
}
