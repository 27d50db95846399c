package io.stopline.attacks;

import io.stopline.autodiff.ImageShape;
import java.util.Arrays;

/**
 * What a digital attack may change: at most {@code epsilon} in a norm, pixels stay in 0..1, and
 * with rounding only 8-bit values come out. Immutable and thread-safe.
 *
 * @param norm over all values of one image in 0..1; L0 counts pixels
 * @param epsilon 0 or more; infinite for attacks that look for the smallest change
 * @param rounding whether results must be multiples of 1/255 (a value that the attack leaves as it
 *     was may be anything)
 */
public record PixelBudget(Norm norm, double epsilon, boolean rounding) {

  /**
   * How much a result may exceed epsilon by the rounding of single-precision arithmetic, over
   * values in 0..1: the 4,000th part of an 8-bit step.
   */
  public static final double TOLERANCE = 1e-6;

  /** Slack, in 8-bit steps, for what should be a whole number of steps; below the tolerance. */
  private static final double STEP_SLACK = 1e-4;

  private static final float[] LEVELS = levels();

  public PixelBudget {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException(
          "pixel budget: epsilon is " + epsilon + "; it must be 0 or more");
    }
  }

  private static float[] levels() {
    float[] levels = new float[256];
    for (int i = 0; i < 256; i++) {
      levels[i] = i / 255f;
    }
    return levels;
  }

  /** As reports state it. */
  public ThreatModel.Perturbation declared(long queries, int draws) {
    return new ThreatModel.Perturbation(norm, epsilon, rounding, queries, draws);
  }

  /** The same without rounding. */
  public PixelBudget unrounded() {
    return new PixelBudget(norm, epsilon, false);
  }

  /**
   * Brings one image back into the ball and into 0..1; does not round. L∞ clamps each value; L2
   * shortens the change and then clamps, which shortens it further (as the published attacks do);
   * L0 takes back the smallest changes.
   *
   * @param clean NHWC, 0..1; the image begins at {@code cleanAt}
   * @param image changed in place, from {@code at} on
   */
  public void project(float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    int size = shape.size();
    switch (norm) {
      case LINF -> {
        float reach = (float) Math.min(epsilon, 2);
        for (int i = 0; i < size; i++) {
          float c = clean[cleanAt + i];
          float low = Math.max(0, c - reach);
          float high = Math.min(1, c + reach);
          image[at + i] = Math.min(high, Math.max(low, image[at + i]));
        }
      }
      case L2 -> {
        double length = distance(clean, cleanAt, image, at, shape);
        // Not by division where it fits: a change that is allowed must come back as it is.
        double scale = length > epsilon ? epsilon / length : 1;
        for (int i = 0; i < size; i++) {
          float c = clean[cleanAt + i];
          float value = scale < 1 ? (float) (c + scale * (image[at + i] - c)) : image[at + i];
          image[at + i] = Math.min(1, Math.max(0, value));
        }
      }
      case L0 -> {
        keepLargest(clean, cleanAt, image, at, shape);
        for (int i = 0; i < size; i++) {
          image[at + i] = Math.min(1, Math.max(0, image[at + i]));
        }
      }
    }
  }

  /**
   * Makes one image that is within the budget 8-bit, within the budget still. L∞ takes the nearest
   * level that is allowed; L2 the nearest levels, and as far as their change would be too long the
   * level on the clean side for those that are hardest to round up. A value that no level suits
   * becomes the clean one. Does nothing if rounding is off.
   *
   * @param image changed in place, from {@code at} on
   */
  public void round(float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    if (!rounding) {
      return;
    }
    int size = shape.size();
    switch (norm) {
      case LINF -> {
        for (int i = 0; i < size; i++) {
          double c = clean[cleanAt + i];
          int low = (int) Math.ceil(Math.max(0, c - epsilon) * 255 - STEP_SLACK);
          int high = (int) Math.floor(Math.min(1, c + epsilon) * 255 + STEP_SLACK);
          int level = Math.min(high, Math.max(low, Math.round(image[at + i] * 255)));
          image[at + i] = low > high ? clean[cleanAt + i] : LEVELS[level];
        }
      }
      case L2 -> roundEuclidean(clean, cleanAt, image, at, size);
      case L0 -> {
        for (int i = 0; i < size; i++) {
          if (image[at + i] != clean[cleanAt + i]) {
            image[at + i] = LEVELS[Math.round(Math.min(1, Math.max(0, image[at + i])) * 255)];
          }
        }
      }
    }
  }

  /** How far apart two images are, in this norm. */
  public double distance(float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    return distance(norm, clean, cleanAt, image, at, shape);
  }

  /** How far apart two images are; NaN if a value is. */
  public static double distance(
      Norm norm, float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    int size = shape.size();
    switch (norm) {
      case LINF -> {
        float largest = 0;
        for (int i = 0; i < size; i++) {
          largest = Math.max(largest, Math.abs(image[at + i] - clean[cleanAt + i]));
        }
        return largest;
      }
      case L2 -> {
        double sum = 0;
        for (int i = 0; i < size; i++) {
          double change = (double) image[at + i] - clean[cleanAt + i];
          sum += change * change;
        }
        return Math.sqrt(sum);
      }
      case L0 -> {
        int pixels = 0;
        for (int i = 0; i < size; i += shape.channels()) {
          boolean changed = false;
          for (int c = 0; c < shape.channels(); c++) {
            changed |= image[at + i + c] != clean[cleanAt + i + c];
          }
          pixels += changed ? 1 : 0;
        }
        return pixels;
      }
    }
    throw new IllegalStateException("unknown norm " + norm);
  }

  /** Whether one image lies within epsilon; 0..1 and rounding are not looked at. */
  public boolean reaches(float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    return distance(clean, cleanAt, image, at, shape) <= epsilon + TOLERANCE;
  }

  /**
   * Holds an attack to its budget.
   *
   * @param images what came out, NHWC, one an input
   * @throws IllegalStateException naming the first input that breaks the budget, and by how much
   */
  public void assertWithin(Inputs inputs, float[] images) {
    ImageShape shape = inputs.shape();
    int size = shape.size();
    if (images.length != inputs.images().length) {
      throw new IllegalStateException(
          "an attack on %d inputs returned %d values; they have %d"
              .formatted(inputs.count(), images.length, inputs.images().length));
    }
    for (int row = 0; row < inputs.count(); row++) {
      long id = inputs.ids()[row];
      int at = row * size;
      for (int i = at; i < at + size; i++) {
        float value = images[i];
        if (!(value >= 0 && value <= 1)) {
          throw new IllegalStateException(
              "input %d: value %d is %s; it must be in 0..1".formatted(id, i - at, value));
        }
        if (rounding
            && value != inputs.images()[i]
            && Math.abs(value * 255.0 - Math.rint(value * 255.0)) > STEP_SLACK) {
          throw new IllegalStateException(
              "input %d: value %d is %s, which is no 8-bit value (%s of 255)"
                  .formatted(id, i - at, value, value * 255.0));
        }
      }
      double distance = distance(inputs.images(), at, images, at, shape);
      if (!(distance <= epsilon + TOLERANCE)) {
        throw new IllegalStateException(
            "input %d: the change is %s in %s, %s more than the budget of %s"
                .formatted(id, distance, norm, distance - epsilon, epsilon));
      }
    }
  }

  private void roundEuclidean(float[] clean, int cleanAt, float[] image, int at, int size) {
    if (roundedLength(clean, cleanAt, image, at, size, 0.5) <= epsilon) {
      roundFrom(clean, cleanAt, image, at, size, 0.5);
      return;
    }
    // The later values round away from clean, the shorter the change; at 1.01 none does.
    double long1 = 0.5;
    double short1 = 1.01;
    for (int i = 0; i < 16; i++) {
      double middle = (long1 + short1) / 2;
      if (roundedLength(clean, cleanAt, image, at, size, middle) <= epsilon) {
        short1 = middle;
      } else {
        long1 = middle;
      }
    }
    roundFrom(clean, cleanAt, image, at, size, short1);
  }

  private static double roundedLength(
      float[] clean, int cleanAt, float[] image, int at, int size, double from) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double change =
          (double) rounded(clean[cleanAt + i], image[at + i], from) - clean[cleanAt + i];
      sum += change * change;
    }
    return Math.sqrt(sum);
  }

  private static void roundFrom(
      float[] clean, int cleanAt, float[] image, int at, int size, double from) {
    for (int i = 0; i < size; i++) {
      image[at + i] = rounded(clean[cleanAt + i], image[at + i], from);
    }
  }

  /**
   * The level away from clean if at least {@code from} of the way to it is covered, else the one
   * towards clean, else (clean is no level and lies between) clean itself.
   */
  private static float rounded(float clean, float value, double from) {
    double steps = value * 255.0;
    boolean up = value >= clean;
    double towards = up ? Math.floor(steps + STEP_SLACK) : Math.ceil(steps - STEP_SLACK);
    boolean away = Math.abs(steps - towards) >= from;
    int level = (int) (away ? towards + (up ? 1 : -1) : towards);
    float result = LEVELS[Math.min(255, Math.max(0, level))];
    boolean crossed = up ? result < clean : result > clean;
    return crossed ? clean : result;
  }

  private void keepLargest(float[] clean, int cleanAt, float[] image, int at, ImageShape shape) {
    int channels = shape.channels();
    int pixels = shape.size() / channels;
    if (epsilon >= pixels) {
      return;
    }
    int allowed = (int) epsilon;
    float[] changes = new float[pixels];
    for (int p = 0; p < pixels; p++) {
      changes[p] = largestChange(clean, cleanAt + p * channels, image, at + p * channels, channels);
    }
    float[] sorted = changes.clone();
    Arrays.sort(sorted);
    float bar = allowed == 0 ? Float.POSITIVE_INFINITY : sorted[pixels - allowed];
    int above = 0;
    for (float change : changes) {
      above += change > bar ? 1 : 0;
    }
    int ties = allowed - above;
    for (int p = 0; p < pixels; p++) {
      boolean keep = changes[p] > bar || (changes[p] == bar && ties-- > 0);
      if (!keep) {
        System.arraycopy(clean, cleanAt + p * channels, image, at + p * channels, channels);
      }
    }
  }

  private static float largestChange(
      float[] clean, int cleanAt, float[] image, int at, int channels) {
    float largest = 0;
    for (int c = 0; c < channels; c++) {
      largest = Math.max(largest, Math.abs(image[at + c] - clean[cleanAt + c]));
    }
    return largest;
  }
}
