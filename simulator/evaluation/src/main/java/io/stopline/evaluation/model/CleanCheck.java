package io.stopline.evaluation.model;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at clean images before anything is done with a model: is it right more often than by
 * guessing, and would another range, order of channels or order of classes be clearly better? An
 * order of classes that only the images tell is judged on images that it was not taken from. Takes
 * some hundred inferences. Belongs to one thread.
 */
public final class CleanCheck {

  /** Images of a class that other ranges and channels are first tried on. */
  private static final int SCREENED = 4;

  /** A model that is right so often is not looked at for another range. */
  private static final double FINE = 0.97;

  /** How much more often right another reading must be. */
  private static final double CLEARLY = 0.02;

  /** The same in standard deviations of the number of images that change sides. */
  private static final double DEVIATIONS = 3;

  private static final int NAMED = 3;

  private final ModelReading reading;
  private final ClassMap classes;
  private final CleanImages images;
  private final List<Sample> samples;

  /** One way of reading it. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Way(List<String> options, int[] outputOf, boolean[] right) {
    int count() {
      return (int) IntStream.range(0, right.length).filter(i -> right[i]).count();
    }
  }

  private CleanCheck(ModelReading reading, ClassMap classes, CleanImages images) {
    this.reading = reading;
    this.classes = classes;
    this.images = images;
    this.samples =
        images.samples().stream()
            .filter(s -> classes.outputOf().get(s.label()) != ClassMap.NONE)
            .toList();
  }

  /**
   * What came of it.
   *
   * @param classes how outputs and classes are paired: as given, unless images were to say so
   */
  public record Outcome(ClassMap classes, CleanFigures figures) {}

  /**
   * Looks.
   *
   * @param data in its own order
   * @throws io.stopline.evaluation.UnusableDatasetException if an image cannot be read
   */
  public static Outcome of(ModelReading reading, ClassMap classes, Dataset data) {
    return new CleanCheck(reading, classes, CleanImages.of(data)).look();
  }

  private Outcome look() {
    int[] guesses = Guesses.of(reading, samples);
    if (reading.options().order() == ClassOrder.MATCHED) {
      ClassMap matched =
          classes.with(
              match(guesses, samples, i -> true), "by what it says of clean images, as told");
      return new Outcome(
          matched, figures(crossed(guesses, samples), best(matched(guesses), guesses)));
    }
    Way asRead = way(List.of(), guesses, outputs(classes));
    return new Outcome(classes, figures(asRead.right(), best(asRead, guesses)));
  }

  private CleanFigures figures(boolean[] right, CleanFigures.@Nullable Better better) {
    long count = IntStream.range(0, right.length).filter(i -> right[i]).count();
    long present = samples.stream().mapToInt(Sample::label).distinct().count();
    return new CleanFigures(
        Rate.of(count, right.length), present == 0 ? 1 : 1.0 / present, images.from(), better);
  }

  /** The reading that is clearly better than the one given, if there is one. */
  private CleanFigures.@Nullable Better best(Way asRead, int[] guesses) {
    Way best = asRead;
    for (Way other : orders(List.of(), guesses)) {
      best = better(best, other);
    }
    if (best.count() < FINE * samples.size()) {
      InputEncoding encoding = bestEncoding();
      if (encoding != null) {
        List<String> options = options(encoding);
        int[] guessed = Guesses.of(reading.with(encoding), samples);
        Way same = way(options, guessed, asRead.outputOf());
        best = better(best, same);
        for (Way other : orders(options, guessed)) {
          best = better(best, other);
        }
      }
    }
    if (!isClearly(asRead.right(), best.right())) {
      return null;
    }
    return new CleanFigures.Better(
        String.join(" ", best.options()),
        Rate.of(best.count(), samples.size()),
        changed(asRead.outputOf(), best.outputOf()));
  }

  /** The later one only if it is clearly better: the plainer ways come first. */
  private static Way better(Way best, Way other) {
    return isClearly(best.right(), other.right()) ? other : best;
  }

  private static boolean isClearly(boolean[] right, boolean[] other) {
    int gained = 0;
    int lost = 0;
    for (int i = 0; i < right.length; i++) {
      gained += other[i] && !right[i] ? 1 : 0;
      lost += right[i] && !other[i] ? 1 : 0;
    }
    return gained - lost > CLEARLY * right.length
        && gained - lost > DEVIATIONS * Math.sqrt(gained + lost);
  }

  /** Other orders of classes that options can name. */
  private List<Way> orders(List<String> pixels, int[] guesses) {
    List<Way> ways = new ArrayList<>();
    List<String> data = classes.dataNames();
    int outputs = classes.outputs();
    if (data.size() == outputs) {
      ways.add(
          way(with(pixels, "--class-order data"), guesses, IntStream.range(0, outputs).toArray()));
      List<String> sorted = data.stream().sorted().toList();
      ways.add(
          way(
              with(pixels, "--class-order alphabetical"),
              guesses,
              data.stream().mapToInt(sorted::indexOf).toArray()));
    }
    if (data.size() + 1 == outputs) {
      for (Background background : List.of(Background.FIRST, Background.LAST)) {
        int offset = background == Background.FIRST ? 1 : 0;
        ways.add(
            way(
                with(pixels, "--class-order data --background " + background.word()),
                guesses,
                IntStream.range(offset, offset + data.size()).toArray()));
      }
    }
    if (data.size() <= outputs) {
      Way matched = matched(guesses);
      ways.add(new Way(with(pixels, "--class-order matched"), matched.outputOf(), matched.right()));
    }
    return ways;
  }

  private static List<String> with(List<String> options, String more) {
    List<String> all = new ArrayList<>(options);
    all.add(more);
    return all;
  }

  private Way way(List<String> options, int[] guesses, int[] outputOf) {
    boolean[] right = new boolean[guesses.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = guesses[i] == outputOf[samples.get(i).label()];
    }
    return new Way(options, outputOf, right);
  }

  private Way matched(int[] guesses) {
    return new Way(List.of(), match(guesses, samples, i -> true), crossed(guesses, samples));
  }

  private static int[] outputs(ClassMap classes) {
    return classes.outputOf().stream().mapToInt(Integer::intValue).toArray();
  }

  /** Each half of the images judged by the pairs that the other half tells. */
  private boolean[] crossed(int[] guesses, List<Sample> of) {
    int[] half = halves(of);
    boolean[] right = new boolean[guesses.length];
    for (int each = 0; each < 2; each++) {
      int judged = each;
      int[] outputOf = match(guesses, of, i -> half[i] != judged);
      for (int i = 0; i < right.length; i++) {
        if (half[i] == judged) {
          right[i] = guesses[i] == outputOf[of.get(i).label()];
        }
      }
    }
    return right;
  }

  /** Tracks are kept whole where they are known: frames of one sign are alike. */
  private static int[] halves(List<Sample> of) {
    Map<String, Integer> halfOfTrack = new HashMap<>();
    Map<Integer, Integer> tracksOfClass = new HashMap<>();
    int[] half = new int[of.size()];
    for (int i = 0; i < half.length; i++) {
      Sample sample = of.get(i);
      String track = sample.hasTrack() ? sample.track() : sample.label() + "/" + i;
      half[i] =
          halfOfTrack.computeIfAbsent(
              track, t -> (tracksOfClass.merge(sample.label(), 1, Integer::sum) - 1) % 2);
    }
    return half;
  }

  /** Which images count. */
  @FunctionalInterface
  private interface Counted {
    boolean test(int image);
  }

  /** For each class the output that its images get most often; no output for two classes. */
  private int[] match(int[] guesses, List<Sample> of, Counted counted) {
    int[][] counts = new int[classes.dataNames().size()][classes.outputs()];
    for (int i = 0; i < guesses.length; i++) {
      if (counted.test(i)) {
        counts[of.get(i).label()][guesses[i]]++;
      }
    }
    int[] outputOf = new int[counts.length];
    Arrays.fill(outputOf, ClassMap.NONE);
    TreeSet<Integer> free = new TreeSet<>();
    IntStream.range(0, classes.outputs()).forEach(free::add);
    List<int[]> pairs = new ArrayList<>();
    for (int d = 0; d < counts.length; d++) {
      for (int o = 0; o < classes.outputs(); o++) {
        if (counts[d][o] > 0) {
          pairs.add(new int[] {counts[d][o], d, o});
        }
      }
    }
    pairs.sort(
        Comparator.comparingInt((int[] p) -> -p[0])
            // Where images tell nothing, the order that was read stays.
            .thenComparingInt(p -> classes.outputOf().get(p[1]) == p[2] ? 0 : 1)
            .thenComparingInt(p -> p[1])
            .thenComparingInt(p -> p[2]));
    for (int[] pair : pairs) {
      if (outputOf[pair[1]] == ClassMap.NONE && free.remove(pair[2])) {
        outputOf[pair[1]] = pair[2];
      }
    }
    for (int d = 0; d < outputOf.length; d++) {
      int before = classes.outputOf().get(d);
      if (outputOf[d] == ClassMap.NONE && free.remove(before)) {
        outputOf[d] = before;
      }
    }
    for (int d = 0; d < outputOf.length; d++) {
      if (outputOf[d] == ClassMap.NONE
          && classes.outputOf().get(d) != ClassMap.NONE
          && !free.isEmpty()) {
        outputOf[d] = free.pollFirst();
      }
    }
    return outputOf;
  }

  /** The range and order of channels that does best on a few images, if it is another. */
  private @Nullable InputEncoding bestEncoding() {
    List<Sample> few = few();
    InputEncoding best = null;
    int most = rightAnyhow(Guesses.of(reading, few), few);
    for (InputEncoding other : encodings()) {
      int right = rightAnyhow(Guesses.of(reading.with(other), few), few);
      if (right > most) {
        most = right;
        best = other;
      }
    }
    return best;
  }

  /** Right in the order that was read or in the one that fits best, whichever is more. */
  private int rightAnyhow(int[] guesses, List<Sample> of) {
    int asRead = 0;
    for (int i = 0; i < guesses.length; i++) {
      asRead += guesses[i] == classes.outputOf().get(of.get(i).label()) ? 1 : 0;
    }
    boolean[] crossed = crossed(guesses, of);
    int anyhow = (int) IntStream.range(0, crossed.length).filter(i -> crossed[i]).count();
    return Math.max(asRead, classes.dataNames().size() <= classes.outputs() ? anyhow : 0);
  }

  private List<Sample> few() {
    Map<Integer, Integer> have = new HashMap<>();
    return samples.stream()
        .filter(s -> have.merge(s.label(), 1, Integer::sum) <= SCREENED)
        .toList();
  }

  private List<InputEncoding> encodings() {
    List<InputEncoding> all = new ArrayList<>();
    boolean colours = reading.layout().channels() == 3;
    for (ChannelOrder order : ChannelOrder.values()) {
      if (!colours && order != ChannelOrder.RGB) {
        continue;
      }
      if (colours || order == reading.encoding().channels()) {
        all.add(reading.encoding().with(order));
      }
      if (reading.input().type() == ElementType.FLOAT32) {
        for (PixelRange range : PixelRange.values()) {
          all.add(range.encoding(order));
        }
      } else {
        all.add(ModelInput.INFERRED.encoding(reading.input()).with(order));
      }
    }
    all.removeIf(e -> e.equals(reading.encoding()));
    return all;
  }

  /** The options that say how this encoding differs from the one that was read. */
  private List<String> options(InputEncoding other) {
    List<String> options = new ArrayList<>();
    if (!other.with(ChannelOrder.RGB).equals(reading.encoding().with(ChannelOrder.RGB))) {
      options.add("--input-range " + rangeWord(other));
    }
    if (other.channels() != reading.encoding().channels()) {
      options.add("--channels " + other.channels().word());
    }
    return options;
  }

  private static String rangeWord(InputEncoding encoding) {
    for (PixelRange range : PixelRange.values()) {
      if (range.encoding(encoding.channels()).equals(encoding)) {
        return range.word();
      }
    }
    return encoding.low() + ".." + encoding.high();
  }

  /** The first classes that other outputs stand for. */
  private List<String> changed(int[] before, int[] after) {
    List<String> changed = new ArrayList<>();
    int more = 0;
    for (int d = 0; d < before.length; d++) {
      if (before[d] != after[d]) {
        if (changed.size() < NAMED) {
          changed.add(
              "'%s' is output %d, not %d"
                  .formatted(classes.dataNames().get(d), after[d], before[d]));
        } else {
          more++;
        }
      }
    }
    if (more > 0) {
      changed.add("%d more".formatted(more));
    }
    return changed;
  }
}
