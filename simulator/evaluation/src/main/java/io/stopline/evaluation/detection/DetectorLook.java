package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.model.PixelRange;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets clean frames decide how a detector is read. What somebody said stands, and another reading
 * that is clearly better is told with the options that say so; what nobody said is what does best.
 * In which unit boxes are and what scores are, the numbers that come out tell; range, channels, fit
 * and first label, the average precision on labelled frames tells. Some hundred inferences. Belongs
 * to one thread.
 */
public final class DetectorLook {

  /** Labelled frames that the figures are taken from. */
  private static final int LOOKED_AT = 40;

  /** Frames that other ranges and channels are first tried on. */
  private static final int SCREENED = 8;

  /** Finds below are of no use to anybody. */
  private static final double LEAST_PROBABILITY = 0.05;

  private static final int MOST_FINDS = 100;

  /** Objects whose smaller side is less in the input, px, are too small for any detector. */
  private static final double LEAST_SIDE = 8;

  /** How much higher the average precision of a better reading must be. */
  private static final double MARGIN = 0.02;

  /**
   * In standard deviations of a difference: for another way than the usual one, where nobody said
   * anything. One object of ten is not enough.
   */
  private static final double ENOUGH = 2;

  /** In standard deviations of the objects that change sides: against what somebody said. */
  private static final double DEVIATIONS = 3;

  /** From this average precision on, no other range is looked for. */
  private static final double FINE = 0.9;

  private final DetectorReading reading;
  private final LabelledFrames frames;
  private final long seed;
  private final double threshold;

  /** One way of reading it. */
  private record Way(InputEncoding encoding, DetectorFormat format) {}

  /** A way and what it finds. */
  private record Tried(Way way, AveragePrecision precision, List<List<Detection>> finds) {}

  private DetectorLook(DetectorReading reading, LabelledFrames frames, long seed) {
    this.reading = reading;
    this.frames = frames;
    this.seed = seed;
    this.threshold = reading.options().thresholdOrUsual();
  }

  /**
   * What came of it.
   *
   * @param reading as it was, but for what nobody had said and frames decided
   */
  public record Outcome(DetectorReading reading, DetectorFigures figures) {}

  /**
   * Looks.
   *
   * @param frames clean ones; where nothing in them has a label of the detector, only whether it
   *     agrees with itself can be seen
   * @param seed of the resampling
   * @throws InvalidModelException if the model cannot be run, or its tensors cannot be read
   */
  public static Outcome of(DetectorReading reading, LabelledFrames frames, long seed) {
    LabelledFrames labelled = frames.withObjects(LOOKED_AT);
    boolean checked = labelled.known() > 0;
    DetectorLook look =
        new DetectorLook(
            reading, checked ? largeEnough(reading, labelled) : frames.spread(LOOKED_AT / 2), seed);
    try (TfLiteModel model =
        TfLiteModel.load(reading.name(), reading.file(), RuntimeOptions.defaults())) {
      return checked ? look.labelled(model) : look.unlabelled(model);
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Objects too small to be seen count neither way, unless all are. */
  private static LabelledFrames largeEnough(DetectorReading reading, LabelledFrames frames) {
    ImageLayout layout = ImageLayout.of(reading.input().shape());
    List<List<SignBox>> objects = new ArrayList<>();
    int known = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      double factor =
          Math.max(
              (double) frames.data().frames().get(f).width() / layout.width(),
              (double) frames.data().frames().get(f).height() / layout.height());
      List<SignBox> here = new ArrayList<>();
      for (SignBox object : frames.objects().get(f)) {
        boolean seen = object.known() && object.side() / factor >= LEAST_SIDE;
        known += seen ? 1 : 0;
        here.add(seen ? object : new SignBox(object.region(), SignBox.OTHER));
      }
      objects.add(here);
    }
    return known == 0
        ? frames
        : new LabelledFrames(frames.data(), objects, known, frames.paired(), frames.unknown());
  }

  private Outcome labelled(TfLiteModel model) {
    List<String> because = new ArrayList<>();
    RawYolo raw = raw(model, frames.spread(SCREENED));
    DetectorFormat settled = settle(raw, because);
    Way asRead = new Way(reading.encoding(), settled);
    LinkedHashSet<InputEncoding> encodings = new LinkedHashSet<>();
    encodings.add(reading.encoding());
    encodings.add(screened(model, asRead, this::objectMass));
    List<Tried> tried = tryAll(model, ways(encodings, settled, raw));
    Tried chosen = tried.get(0);
    for (Tried other : tried) {
      if (isFree(other.way) && exceeds(chosen, other)) {
        chosen = other;
      }
    }
    because.addAll(because(tried.get(0), chosen, tried));
    Tried best = chosen;
    Tried hint = chosen;
    for (Tried other : tried) {
      if (!isFree(other.way) && isClearly(chosen, other) && mean(other) > mean(best)) {
        best = other;
      }
      if (!isFree(other.way) && mean(other) > mean(hint) + MARGIN) {
        hint = other;
      }
    }
    if (best.way.equals(chosen.way) && !hint.way.equals(chosen.way)) {
      because.add(
          String.format(
              Locale.ROOT,
              "with %s its average precision would be %.3f, which may be chance in so few frames",
              String.join(" ", options(chosen.way, hint.way)),
              mean(hint)));
    }
    DetectorFigures.Better better =
        best.way.equals(chosen.way) ? contradiction(raw, tried) : better(chosen.way, best, "");
    DetectorFigures figures =
        new DetectorFigures(
            frames.objects().size(),
            chosen.precision.mean(),
            chosen.precision.found(AveragePrecision.USUAL, threshold),
            threshold,
            because,
            better,
            better == null ? confusion(chosen) : "",
            null);
    return new Outcome(reading.with(chosen.way.encoding, chosen.way.format), figures);
  }

  private static double mean(Tried tried) {
    return tried.precision.mean().value();
  }

  // What comes out of a YOLO.

  private @Nullable RawYolo raw(TfLiteModel model, LabelledFrames few) {
    if (!(reading.format() instanceof Yolo yolo)) {
      return null;
    }
    RawYolo raw = new RawYolo(yolo, reading.labels().size());
    Detector detector = reading.open(new LastRun(model), LEAST_PROBABILITY, 1);
    for (int f = 0; f < few.objects().size(); f++) {
      detect(detector, few.data().frames().get(f).image());
      raw.look(model);
    }
    if (!raw.sawAny()) {
      throw new InvalidModelException(
          "detector '%s' gives no finite number for clean frames; its weights or its input range (--input-range) are wrong"
              .formatted(reading.name()));
    }
    if (raw.scoresSayNothing()) {
      throw new InvalidModelException(
          "detector '%s' gives the same score, %s, for every candidate of every frame: its 8-bit output cannot hold boxes in pixels and scores at one scale; export it with normalised boxes, or with a float output"
              .formatted(reading.name(), raw.scoreWords()));
    }
    return raw;
  }

  /** What nobody said of boxes and scores is as the numbers have it. */
  private DetectorFormat settle(@Nullable RawYolo raw, List<String> because) {
    if (raw == null || !(reading.format() instanceof Yolo y)) {
      return reading.format();
    }
    Yolo.BoxUnit unit = reading.says(DetectorReading.Part.BOXES) ? y.unit() : raw.unit();
    Yolo.Scores scores = reading.says(DetectorReading.Part.SCORES) ? y.scores() : raw.scores();
    if (!reading.says(DetectorReading.Part.BOXES)) {
      because.add(
          "boxes are %s, since %s"
              .formatted(
                  unit == Yolo.BoxUnit.PIXELS ? "in pixels" : "shares of the input",
                  raw.boxWords()));
    }
    if (!reading.says(DetectorReading.Part.SCORES)) {
      because.add("scores are %s, since %s".formatted(word(scores), raw.scoreWords()));
    }
    return new Yolo(y.layout(), y.fit(), unit, scores, y.byLabel(), y.overlap());
  }

  /** What is said of boxes or scores and cannot be, whatever few frames say. */
  private DetectorFigures.@Nullable Better contradiction(@Nullable RawYolo raw, List<Tried> tried) {
    if (raw == null || !(tried.get(0).way.format instanceof Yolo y)) {
      return null;
    }
    List<String> reasons = new ArrayList<>();
    if (y.unit() != raw.unit()) {
      reasons.add(raw.boxWords());
    }
    if (y.scores() != raw.scores()) {
      reasons.add(raw.scoreWords());
    }
    if (reasons.isEmpty()) {
      return null;
    }
    for (Tried other : tried) {
      if (other.way.format instanceof Yolo o
          && o.unit() == raw.unit()
          && o.scores() == raw.scores()
          && o.fit() == y.fit()
          && other.way.encoding.equals(tried.get(0).way.encoding)) {
        return better(tried.get(0).way, other, String.join(" and ", reasons));
      }
    }
    return null;
  }

  // Ways.

  private List<Way> ways(
      Set<InputEncoding> encodings, DetectorFormat settled, @Nullable RawYolo raw) {
    LinkedHashSet<Way> ways = new LinkedHashSet<>();
    for (InputEncoding encoding : encodings) {
      for (DetectorFormat format : formats(settled, raw)) {
        ways.add(new Way(encoding, format));
      }
    }
    // Grouped by what goes in, so that each is run once; as it is read comes first.
    List<Way> sorted = new ArrayList<>(ways);
    return sorted;
  }

  private static List<DetectorFormat> formats(DetectorFormat settled, @Nullable RawYolo raw) {
    List<DetectorFormat> formats = new ArrayList<>();
    LinkedHashSet<FrameFit> fits = new LinkedHashSet<>();
    fits.add(settled.fit());
    if (!(settled instanceof DetectorFormat.HeatMap)) {
      fits.addAll(List.of(FrameFit.STRETCH, FrameFit.LETTERBOX, FrameFit.TOP_LEFT));
    }
    for (FrameFit fit : fits) {
      DetectorFormat fitted = DetectorReading.with(settled, fit);
      formats.add(fitted);
      if (fitted instanceof SsdPostProcess ssd) {
        for (int first : new int[] {0, 1, -1}) {
          if (first != ssd.firstLabel()) {
            formats.add(new SsdPostProcess(fit, first, ssd.outputs()));
          }
        }
      }
      if (fitted instanceof Yolo y
          && raw != null
          && (y.unit() != raw.unit() || y.scores() != raw.scores())) {
        formats.add(new Yolo(y.layout(), fit, raw.unit(), raw.scores(), y.byLabel(), y.overlap()));
      }
    }
    return formats;
  }

  private List<InputEncoding> encodings() {
    List<InputEncoding> all = new ArrayList<>();
    boolean colours = ImageLayout.of(reading.input().shape()).channels() == 3;
    for (ChannelOrder order : ChannelOrder.values()) {
      if (!colours && order != reading.encoding().channels()) {
        continue;
      }
      all.add(reading.encoding().with(order));
      if (reading.input().type() == ElementType.FLOAT32) {
        for (PixelRange range : PixelRange.values()) {
          all.add(range.encoding(order));
        }
      } else {
        all.add(ModelInput.INFERRED.encoding(reading.input()).with(order));
      }
    }
    all.removeIf(e -> e.equals(reading.encoding()));
    return List.copyOf(new LinkedHashSet<>(all));
  }

  /** How good an encoding is by what it finds in a few frames. */
  private interface Goodness {
    double of(TfLiteModel model, Way way, LabelledFrames few);
  }

  /** The range and order of channels under which most is found in a few frames. */
  private InputEncoding screened(TfLiteModel model, Way asRead, Goodness goodness) {
    LabelledFrames few = frames.spread(SCREENED);
    double most = goodness.of(model, asRead, few);
    if (most >= FINE) {
      return reading.encoding();
    }
    InputEncoding best = reading.encoding();
    for (InputEncoding other : encodings()) {
      double good = goodness.of(model, new Way(other, asRead.format), few);
      if (good > most * (1 + MARGIN) && good > most + MARGIN) {
        most = good;
        best = other;
      }
    }
    return best;
  }

  /** The mean over the objects of the highest probability of a find there, whatever its label. */
  private double objectMass(TfLiteModel model, Way way, LabelledFrames few) {
    Detector detector = open(model, way);
    double sum = 0;
    for (int f = 0; f < few.objects().size(); f++) {
      List<Detection> finds = detect(detector, few.data().frames().get(f).image());
      for (SignBox object : few.objects().get(f)) {
        if (object.known()) {
          sum +=
              finds.stream()
                  .filter(
                      d ->
                          d.region().intersectionOverUnion(object.region())
                              >= AveragePrecision.USUAL)
                  .mapToDouble(Detection::probability)
                  .max()
                  .orElse(0);
        }
      }
    }
    return few.known() == 0 ? 0 : sum / few.known();
  }

  private Detector open(TfLiteModel model, Way way) {
    return reading
        .with(way.encoding, way.format)
        .open(new LastRun(model), LEAST_PROBABILITY, MOST_FINDS);
  }

  /** A frame that the model fails on has no finds: another reading may not fail. */
  private static List<Detection> detect(Detector detector, Image frame) {
    try {
      return detector.detect(frame);
    } catch (InferenceException e) {
      return List.of();
    }
  }

  private List<Tried> tryAll(TfLiteModel model, List<Way> ways) {
    LastRun shared = new LastRun(model);
    List<Detector> detectors = new ArrayList<>();
    List<List<List<Detection>>> finds = new ArrayList<>();
    for (Way way : ways) {
      detectors.add(
          reading.with(way.encoding, way.format).open(shared, LEAST_PROBABILITY, MOST_FINDS));
      finds.add(new ArrayList<>());
    }
    for (int f = 0; f < frames.objects().size(); f++) {
      Image image = frames.data().frames().get(f).image();
      for (int w = 0; w < ways.size(); w++) {
        finds.get(w).add(detect(detectors.get(w), image));
      }
    }
    List<Tried> tried = new ArrayList<>();
    for (int w = 0; w < ways.size(); w++) {
      tried.add(
          new Tried(
              ways.get(w),
              new AveragePrecision(frames.objects(), finds.get(w), reading.labels().size(), seed),
              finds.get(w)));
    }
    return tried;
  }

  // Comparing.

  /** Whether a way contradicts nothing that somebody said. */
  private boolean isFree(Way way) {
    InputEncoding as = reading.encoding();
    DetectorFormat format = reading.format();
    boolean sameRange = way.encoding.with(as.channels()).equals(as);
    boolean free =
        (sameRange || !reading.says(DetectorReading.Part.RANGE))
            && (way.encoding.channels() == as.channels()
                || !reading.says(DetectorReading.Part.CHANNELS))
            && (way.format.fit() == format.fit() || !reading.says(DetectorReading.Part.FIT));
    if (way.format instanceof SsdPostProcess ssd && format instanceof SsdPostProcess old) {
      free &=
          ssd.firstLabel() == old.firstLabel() || !reading.says(DetectorReading.Part.FIRST_LABEL);
    }
    if (way.format instanceof Yolo y && format instanceof Yolo old) {
      free &=
          (y.unit() == old.unit() || !reading.says(DetectorReading.Part.BOXES))
              && (y.scores() == old.scores() || !reading.says(DetectorReading.Part.SCORES));
    }
    return free;
  }

  private static boolean exceeds(Tried one, Tried other) {
    double gain = mean(other) - mean(one);
    return gain > MARGIN
        && gain
            > ENOUGH * other.precision.deviationOfDifference(one.precision, AveragePrecision.USUAL);
  }

  /** Beyond chance: a higher average precision, and by far more objects gained than lost. */
  private boolean isClearly(Tried one, Tried other) {
    if (mean(other) - mean(one) <= MARGIN) {
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
    return tried.finds.get(frame).stream()
        .anyMatch(
            d ->
                d.label() == object.label()
                    && d.probability() >= threshold
                    && d.region().intersectionOverUnion(object.region()) >= AveragePrecision.USUAL);
  }

  private DetectorFigures.Better better(Way from, Tried to, String because) {
    return new DetectorFigures.Better(
        String.join(" ", options(from, to.way)),
        to.precision.mean(),
        to.precision.found(AveragePrecision.USUAL, threshold),
        because);
  }

  /** What frames decided that was only assumed, with the figures of both. */
  private List<String> because(Tried asRead, Tried chosen, List<Tried> all) {
    List<String> because = new ArrayList<>();
    if (!chosen.way.equals(asRead.way)) {
      because.add(
          String.format(
              Locale.ROOT,
              "read with %s, since its average precision is %.3f so and %.3f without",
              String.join(" ", options(asRead.way, chosen.way)),
              mean(chosen),
              mean(asRead)));
    }
    Map<FrameFit, Double> byFit = new HashMap<>();
    for (Tried other : all) {
      if (other.way.encoding.equals(chosen.way.encoding)
          && DetectorReading.with(other.way.format, chosen.way.format.fit())
              .equals(chosen.way.format)) {
        byFit.put(other.way.format.fit(), mean(other));
      }
    }
    if (byFit.size() > 1 && !reading.says(DetectorReading.Part.FIT)) {
      FrameFit fit = chosen.way.format.fit();
      double mine = byFit.getOrDefault(fit, Double.NaN);
      double others =
          byFit.entrySet().stream()
              .filter(e -> e.getKey() != fit)
              .mapToDouble(Map.Entry::getValue)
              .max()
              .orElse(Double.NaN);
      because.add(
          mine - others > MARGIN
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
                  others));
    }
    return because;
  }

  /** The options that say how the second way differs from the first. */
  private static List<String> options(Way from, Way to) {
    List<String> options = new ArrayList<>();
    if (!to.encoding.with(ChannelOrder.RGB).equals(from.encoding.with(ChannelOrder.RGB))) {
      options.add("--input-range " + rangeWord(to.encoding));
    }
    if (to.encoding.channels() != from.encoding.channels()) {
      options.add("--channels " + to.encoding.channels().word());
    }
    if (to.format.fit() != from.format.fit()) {
      options.add("--fit " + to.format.fit().word());
    }
    if (to.format instanceof SsdPostProcess after
        && from.format instanceof SsdPostProcess before
        && after.firstLabel() != before.firstLabel()) {
      options.add("--first-label " + after.firstLabel());
    }
    if (to.format instanceof Yolo after && from.format instanceof Yolo before) {
      if (after.unit() != before.unit()) {
        options.add("--boxes " + after.unit().name().toLowerCase(Locale.ROOT));
      }
      if (after.scores() != before.scores()) {
        options.add("--scores " + word(after.scores()));
      }
    }
    return options;
  }

  private static String word(Yolo.Scores scores) {
    return scores.name().toLowerCase(Locale.ROOT);
  }

  private static String rangeWord(InputEncoding encoding) {
    for (PixelRange range : PixelRange.values()) {
      if (range.encoding(encoding.channels()).equals(encoding)) {
        return range.word();
      }
    }
    return encoding.low() + ".." + encoding.high();
  }

  /** Where most of the objects that it finds have one other label. */
  private String confusion(Tried chosen) {
    Map<List<Integer>, Integer> calls = new HashMap<>();
    int boxed = 0;
    int right = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      for (SignBox object : frames.objects().get(f)) {
        Detection best = object.known() ? surest(chosen.finds.get(f), object.region()) : null;
        if (best != null && best.probability() >= threshold) {
          boxed++;
          right += best.label() == object.label() ? 1 : 0;
          calls.merge(List.of(object.label(), best.label()), 1, Integer::sum);
        }
      }
    }
    if (boxed == 0 || 2 * right >= boxed) {
      return "";
    }
    Map.Entry<List<Integer>, Integer> most =
        calls.entrySet().stream()
            .filter(e -> !e.getKey().get(0).equals(e.getKey().get(1)))
            .max(Map.Entry.comparingByValue())
            .orElseThrow();
    return "though it finds %d of them: %d of '%s' as '%s'; correct --labels or --rename"
        .formatted(
            boxed,
            most.getValue(),
            reading.labels().get(most.getKey().get(0)),
            reading.labels().get(most.getKey().get(1)));
  }

  private static @Nullable Detection surest(List<Detection> finds, Region at) {
    Detection best = null;
    for (Detection d : finds) {
      if (d.region().intersectionOverUnion(at) >= AveragePrecision.USUAL
          && (best == null || d.probability() > best.probability())) {
        best = d;
      }
    }
    return best;
  }

  // Without labels.

  private Outcome unlabelled(TfLiteModel model) {
    List<String> because = new ArrayList<>();
    RawYolo raw = raw(model, frames.spread(SCREENED));
    Way asRead = new Way(reading.encoding(), settle(raw, because));
    InputEncoding fuller = screened(model, asRead, this::agreeingMass);
    SelfConsistency before = agreement(model, asRead);
    Way chosen = asRead;
    SelfConsistency consistency = before;
    DetectorFigures.Better better = null;
    Way other = new Way(fuller, asRead.format);
    if (!fuller.equals(asRead.encoding)) {
      SelfConsistency after = agreement(model, other);
      // Twice as much and more: without labels, less may be chance.
      if (after.isSensible() && after.again().count() > 2 * before.again().count() + 2) {
        String options = String.join(" ", options(asRead, other));
        String why =
            "with %s it finds %d things again in the mirrored frame, without %d"
                .formatted(options, after.again().count(), before.again().count());
        if (isFree(other)) {
          chosen = other;
          consistency = after;
          because.add("read with %s, since %s".formatted(options, why));
        } else {
          better =
              new DetectorFigures.Better(
                  options, new Estimate(Double.NaN, 0, 1, 0), after.again(), why);
        }
      }
    }
    if (better == null && raw != null && asRead.format instanceof Yolo y) {
      better = contradiction(y, raw);
    }
    return new Outcome(
        reading.with(chosen.encoding, chosen.format),
        new DetectorFigures(
            frames.objects().size(),
            new Estimate(Double.NaN, 0, 1, 0),
            Rate.of(0, 0),
            threshold,
            because,
            better,
            "",
            consistency));
  }

  private static DetectorFigures.@Nullable Better contradiction(Yolo y, RawYolo raw) {
    List<String> options = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    if (y.unit() != raw.unit()) {
      options.add("--boxes " + raw.unit().name().toLowerCase(Locale.ROOT));
      reasons.add(raw.boxWords());
    }
    if (y.scores() != raw.scores()) {
      options.add("--scores " + word(raw.scores()));
      reasons.add(raw.scoreWords());
    }
    return options.isEmpty()
        ? null
        : new DetectorFigures.Better(
            String.join(" ", options),
            new Estimate(Double.NaN, 0, 1, 0),
            Rate.of(0, 0),
            "%s, which speaks for %s"
                .formatted(String.join(" and ", reasons), String.join(" ", options)));
  }

  /** Probability of what is found again in the mirror, a frame. */
  private double agreeingMass(TfLiteModel model, Way way, LabelledFrames few) {
    Detector detector = open(model, way);
    double sum = 0;
    for (int f = 0; f < few.objects().size(); f++) {
      Image image = few.data().frames().get(f).image();
      List<Detection> finds = sure(detect(detector, image));
      List<Detection> mirrored = sure(detect(detector, Mirror.of(image)));
      for (Detection d : finds) {
        sum += isAgain(d, mirrored, image.width()) ? d.probability() : 0;
      }
    }
    return sum / few.objects().size();
  }

  private SelfConsistency agreement(TfLiteModel model, Way way) {
    Detector detector = open(model, way);
    int finds = 0;
    int again = 0;
    int senseless = 0;
    for (int f = 0; f < frames.objects().size(); f++) {
      Image image = frames.data().frames().get(f).image();
      List<Detection> here = sure(detect(detector, image));
      List<Detection> mirrored = sure(detect(detector, Mirror.of(image)));
      for (Detection d : here) {
        finds++;
        again += isAgain(d, mirrored, image.width()) ? 1 : 0;
        boolean everything = d.region().area() >= 0.98 * image.width() * (double) image.height();
        boolean nothing = d.region().width() <= 2 || d.region().height() <= 2;
        senseless += everything || nothing ? 1 : 0;
      }
    }
    return new SelfConsistency(frames.objects().size(), finds, Rate.of(again, finds), senseless);
  }

  private List<Detection> sure(List<Detection> finds) {
    return finds.stream().filter(d -> d.probability() >= threshold).toList();
  }

  private static boolean isAgain(Detection find, List<Detection> mirrored, int width) {
    Region r = find.region();
    Region there = new Region(width - r.x() - r.width(), r.y(), r.width(), r.height());
    return mirrored.stream()
        .anyMatch(
            d ->
                d.label() == find.label()
                    && d.region().intersectionOverUnion(there) >= AveragePrecision.USUAL);
  }
}
