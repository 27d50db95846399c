package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.detection.DetectorTrials.Tried;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides by labelled frames how a detector is read. What somebody said stands, and another reading
 * that is clearly better is told with the options that say so; what nobody said is what does best.
 * Belongs to one thread.
 */
final class LabelledLook {

  /** Frames that other ranges and channels are first tried on. */
  private static final int SCREENED = 8;

  /** How much higher the average precision of a better reading must be. */
  private static final double MARGIN = 0.02;

  /**
   * In standard deviations of a difference: for another way than the usual one, where nobody said
   * anything. One object of ten is not enough.
   */
  private static final double ENOUGH = 2;

  /** In standard deviations of the objects that change sides: against what somebody said. */
  private static final double DEVIATIONS = 3;

  /** A detector that ranks its finds so well, in average precision, finds its objects. */
  private static final double RANKED = 0.5;

  /** Tried in this order where next to nothing passes the threshold. */
  private static final double[] THRESHOLDS = {0.4, 0.3, 0.2, 0.1, 0.05};

  private final DetectorReading reading;
  private final DetectorTrials trials;
  private final LabelledFrames frames;
  private final LabelledFrames ofEachLabel;
  private final DetectorWays ways;
  private final double threshold;

  /**
   * @param frames all of which have an object that the detector should find
   * @param ofEachLabel frames that show each label often, if the data do
   */
  LabelledLook(
      DetectorReading reading,
      DetectorTrials trials,
      LabelledFrames frames,
      LabelledFrames ofEachLabel) {
    this.reading = reading;
    this.ofEachLabel = ofEachLabel;
    this.trials = trials;
    this.frames = frames;
    this.ways = new DetectorWays(reading);
    this.threshold = reading.options().thresholdOrUsual();
  }

  DetectorLook.Outcome outcome() {
    LabelledFrames few = frames.spread(SCREENED);
    BoxNumbers numbers = BoxNumbers.of(reading, trials, few);
    List<String> because = new ArrayList<>(numbers.because());
    DetectorWay asRead = new DetectorWay(reading.encoding(), numbers.settled());
    LinkedHashSet<InputEncoding> encodings = new LinkedHashSet<>();
    encodings.add(reading.encoding());
    encodings.add(trials.screened(asRead, ways.encodings(), few, trials::findsObjects));
    List<Tried> tried = trials.all(ways.all(encodings, asRead.format(), numbers.format()), frames);
    Tried chosen = tried.get(0);
    for (Tried other : tried) {
      if (ways.isFree(other.way()) && exceeds(chosen, other)) {
        chosen = other;
      }
    }
    because.addAll(because(tried.get(0), chosen, tried));
    Tried best = chosen;
    Tried hint = chosen;
    for (Tried other : tried) {
      if (!ways.isFree(other.way()) && isClearly(chosen, other) && other.mean() > best.mean()) {
        best = other;
      }
      if (!ways.isFree(other.way()) && other.mean() > hint.mean() + MARGIN) {
        hint = other;
      }
    }
    LabelFigures labels = labels(chosen);
    if (!labels.isSound() && movesLabelsAlone(chosen, best)) {
      best = chosen; // told by the labels, and by more than one of them
    }
    if (best.equals(chosen)
        && !hint.equals(chosen)
        && (labels.isSound() || !movesLabelsAlone(chosen, hint))) {
      because.add(
          String.format(
              Locale.ROOT,
              "with %s its average precision would be %.3f, which may be chance in so few frames",
              hint.way().optionsAfter(chosen.way()),
              hint.mean()));
    }
    DetectorFigures.Better better =
        best.equals(chosen) ? contradiction(numbers, tried) : better(chosen.way(), best, "");
    Rate found = chosen.precision().found(AveragePrecision.USUAL, threshold);
    if (better == null) {
      better = lowerThreshold(chosen, found);
    }
    because.addAll(thresholdDoubt(chosen, found));
    DetectorFigures figures =
        new DetectorFigures(
            frames.objects().size(),
            chosen.precision().mean(),
            found,
            threshold,
            because,
            better,
            labels,
            null);
    return new DetectorLook.Outcome(
        reading.with(chosen.way().encoding(), chosen.way().format()), figures);
  }

  /** What is said of boxes or scores and cannot be, whatever few frames say. */
  private DetectorFigures.@Nullable Better contradiction(BoxNumbers numbers, List<Tried> tried) {
    String reasons = numbers.contradiction();
    if (reasons.isEmpty()) {
      return null;
    }
    DetectorWay asRead = tried.get(0).way();
    DetectorWay said = new DetectorWay(asRead.encoding(), numbers.format());
    return tried.stream()
        .filter(t -> t.way().equals(said))
        .findFirst()
        .map(t -> better(asRead, t, reasons))
        .orElse(null);
  }

  private static boolean exceeds(Tried one, Tried other) {
    double gain = other.mean() - one.mean();
    return gain > MARGIN
        && gain
            > ENOUGH
                * other.precision().deviationOfDifference(one.precision(), AveragePrecision.USUAL);
  }

  /** Beyond chance: a higher average precision, and by far more objects gained than lost. */
  private boolean isClearly(Tried one, Tried other) {
    if (other.mean() - one.mean() <= MARGIN) {
      return false;
    }
    int gained = 0;
    int lost = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      for (SignBox object : frames.objects().get(f)) {
        if (object.known()) {
          boolean before = finds(one, f, object);
          boolean after = finds(other, f, object);
          gained += after && !before ? 1 : 0;
          lost += before && !after ? 1 : 0;
        }
      }
    }
    return gained - lost > DEVIATIONS * Math.sqrt(gained + lost);
  }

  private boolean finds(Tried tried, int frame, SignBox object) {
    return tried.finds().get(frame).stream()
        .anyMatch(
            d ->
                d.label() == object.label()
                    && d.probability() >= threshold
                    && DetectorTrials.isAt(d, object.region()));
  }

  private DetectorFigures.Better better(DetectorWay from, Tried to, String because) {
    return new DetectorFigures.Better(
        to.way().optionsAfter(from),
        to.precision().mean(),
        to.precision().found(AveragePrecision.USUAL, threshold),
        because);
  }

  /** What frames decided that was only assumed, with the figures of both. */
  private List<String> because(Tried asRead, Tried chosen, List<Tried> all) {
    List<String> because = new ArrayList<>();
    if (!chosen.way().equals(asRead.way())) {
      because.add(
          String.format(
              Locale.ROOT,
              "read with %s, since its average precision is %.3f so and %.3f without",
              chosen.way().optionsAfter(asRead.way()),
              chosen.mean(),
              asRead.mean()));
    }
    Map<FrameFit, Double> byFit = new HashMap<>();
    for (Tried other : all) {
      if (other.way().encoding().equals(chosen.way().encoding())
          && DetectorReading.with(other.way().format(), chosen.way().format().fit())
              .equals(chosen.way().format())) {
        byFit.put(other.way().format().fit(), other.mean());
      }
    }
    if (byFit.size() > 1 && !reading.says(DetectorReading.Part.FIT)) {
      because.add(fitWords(chosen.way().format().fit(), byFit));
    }
    return because;
  }

  private static String fitWords(FrameFit fit, Map<FrameFit, Double> byFit) {
    double mine = byFit.getOrDefault(fit, Double.NaN);
    double others =
        byFit.entrySet().stream()
            .filter(e -> e.getKey() != fit)
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElse(Double.NaN);
    return mine - others > MARGIN
        ? String.format(
            Locale.ROOT,
            "frames are %s, since its average precision is %.3f so and at most %.3f otherwise",
            DetectorReading.fitWords(fit),
            mine,
            others)
        : String.format(
            Locale.ROOT,
            "frames are taken to be %s, as is usual; these frames do not tell (%.3f against %.3f; --fit says otherwise)",
            DetectorReading.fitWords(fit),
            mine,
            others);
  }

  /** Where it finds objects, but with probabilities below the threshold. */
  private DetectorFigures.@Nullable Better lowerThreshold(Tried chosen, Rate found) {
    if (found.value() >= DetectorFigures.OF_USE || chosen.mean() < RANKED) {
      return null;
    }
    for (double lower : THRESHOLDS) {
      Rate then = chosen.precision().found(AveragePrecision.USUAL, lower);
      if (lower < threshold && then.value() >= RANKED) {
        return new DetectorFigures.Better(
            "--threshold " + lower,
            chosen.precision().mean(),
            then,
            "it finds them with lower probabilities");
      }
    }
    return null;
  }

  /** A threshold above the usual one may be wanted; what it costs is said. */
  private List<String> thresholdDoubt(Tried chosen, Rate found) {
    Rate usual = chosen.precision().found(AveragePrecision.USUAL, DetectorSettings.USUAL_THRESHOLD);
    return threshold > DetectorSettings.USUAL_THRESHOLD && usual.value() - found.value() > MARGIN
        ? List.of(
            String.format(
                Locale.ROOT,
                "with --threshold %s it would find %d of the %d labelled objects, so %d",
                DetectorSettings.USUAL_THRESHOLD,
                usual.count(),
                usual.of(),
                found.count()))
        : List.of();
  }

  /** What is to be said of the order of the labels. */
  private LabelFigures labels(Tried chosen) {
    LabelFigures count = NamesForScores.of(reading).figures();
    if (!count.isSound()) {
      return count;
    }
    boolean same = ofEachLabel.data().frames().equals(frames.data().frames());
    List<List<Detection>> finds =
        same ? chosen.finds() : trials.all(List.of(chosen.way()), ofEachLabel).get(0).finds();
    return LabelOrder.of(
            reading.with(chosen.way().encoding(), chosen.way().format()),
            frames.data().classNames(),
            new LabelVotes(ofEachLabel.objects(), finds, threshold))
        .withDoubts(count.doubts());
  }

  private static boolean movesLabelsAlone(Tried from, Tried to) {
    String options = to.way().optionsAfter(from.way());
    return options.startsWith("--first-label") && options.split(" ").length == 2;
  }
}
