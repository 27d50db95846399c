package io.stopline.sdk.guard;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How others check on a trained detector that finds: colour and shape, where signs are concerned,
 * and other detectors. Beside the finder they look at some frames by themselves: what they see for
 * long and the finder never reports may be hidden from it, and what it reports and nothing supports
 * may be a phantom. What the finder itself reported and then lost from near may be hidden, too.
 *
 * @param everyFrames each witness looks at one of so many frames, 1..30
 * @param patience an incident is raised when its track ends, or once the suspicion has stood for
 *     this long without a break, whichever comes first; 0..60 s (capture time)
 * @param motion how things beside the road move
 * @param hiddenSign by colour and shape; null: what the finder does not report is not looked into
 * @param phantom by colour and shape; null: what the finder reports is not doubted
 * @param detectors other detectors; none: nobody but colour and shape looks
 * @param hiddenObject by each of the detectors; null: they do not look for what is hidden
 * @param phantomObject by each of the detectors; null: they do not doubt
 * @param vanished null: what the finder loses is lost
 */
public record Witnesses(
    int everyFrames,
    Duration patience,
    Motion motion,
    @Nullable HiddenSign hiddenSign,
    @Nullable Phantom phantom,
    List<WitnessDetector> detectors,
    @Nullable HiddenObject hiddenObject,
    @Nullable PhantomObject phantomObject,
    @Nullable Vanished vanished) {

  /** Colour and shape alone. */
  public Witnesses(
      int everyFrames,
      Duration patience,
      Motion motion,
      @Nullable HiddenSign hiddenSign,
      @Nullable Phantom phantom) {
    this(everyFrames, patience, motion, hiddenSign, phantom, List.of(), null, null, null);
  }

  /**
   * Another detector that looks at the same road.
   *
   * @param detector name of the model
   * @param threshold what it gives less is not seen, above 0 and at most 1
   * @param maximum at most this many are seen in a frame, 1..256
   * @param labels which of its labels show what the finder calls by a label; none: any shows any
   */
  public record WitnessDetector(
      String detector, double threshold, int maximum, Map<String, List<String>> labels) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public WitnessDetector {
      if (!(threshold > 0 && threshold <= 1)) {
        throw new IllegalArgumentException(
            "witnesses: threshold %s of detector '%s' must be above 0 and at most 1"
                .formatted(threshold, detector));
      }
      check("maximum of detector '" + detector + "'", maximum, 1, 256);
      Map<String, List<String>> copy = new LinkedHashMap<>();
      labels.forEach((label, seen) -> copy.put(label, List.copyOf(seen)));
      labels = Collections.unmodifiableMap(copy);
    }

    /** Its own labels that show anything that concerns the finder; none: all do. */
    public List<String> seen() {
      return labels.values().stream().flatMap(List::stream).distinct().toList();
    }

    /** Whether it can see what the finder calls so. */
    public boolean concerns(String finderLabel) {
      return labels.isEmpty() || !labels.getOrDefault(finderLabel, List.of()).isEmpty();
    }
  }

  /**
   * When something that a detector sees and the finder never reported is called hidden.
   *
   * @param persistence the detector saw it in at least so many frames, 3..1000
   * @param minimumSide smaller sightings do not count: a finder may well miss them; px, 1..4096
   * @param standing whether it must move as a thing beside the road does: leave it out for what
   *     moves by itself
   * @param sureFrames in at least so many frames the guard's models were sure of a label; 0: they
   *     are not asked; 0..100
   */
  public record HiddenObject(int persistence, int minimumSide, boolean standing, int sureFrames) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HiddenObject {
      check("hidden object: persistence", persistence, 3, 1000);
      check("hidden object: minimumSide", minimumSide, 1, 4096);
      check("hidden object: sureFrames", sureFrames, 0, 100);
    }

    /** Something of 24 px or more whose label the guard's models are sure of, standing or not. */
    public static HiddenObject standard() {
      return new HiddenObject(5, 24, false, 3);
    }
  }

  /**
   * When a track whose label the guard accepts is called a phantom because another detector never
   * saw anything there.
   *
   * @param persistence it looked there at least so many times in vain, 3..1000
   */
  public record PhantomObject(int persistence) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public PhantomObject {
      check("phantom object: persistence", persistence, 3, 1000);
    }

    /** Half a second of looks, or so. */
    public static PhantomObject standard() {
      return new PhantomObject(8);
    }
  }

  /**
   * When a track whose label the guard accepted is called hidden because it was lost from near,
   * where it should still be in sight, and nothing else is reported there.
   *
   * @param sightings it was seen at least so often, 3..1000
   * @param minimumSide and was at least so large when it was lost, px, 1..4096
   * @param inset and so far from every edge of the frame, as a share of the frame's width or
   *     height; so is the place where it should be by now; above 0, below 0.5
   */
  public record Vanished(int sightings, int minimumSide, double inset) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Vanished {
      check("vanished: sightings", sightings, 3, 1000);
      check("vanished: minimumSide", minimumSide, 1, 4096);
      if (!(inset > 0 && inset < 0.5)) {
        throw new IllegalArgumentException(
            "witnesses: vanished: inset is %s; it must be above 0 and below 0.5".formatted(inset));
      }
    }

    /** What was seen for a second and is near, in the inner two thirds of the frame. */
    public static Vanished standard() {
      return new Vanished(10, 48, 0.15);
    }
  }

  /**
   * How what stands beside the road moves in the frames of a vehicle that drives straight on: away
   * from the vanishing point, its distance from there and its size growing by the same factor.
   *
   * @param left the vanishing point lies right of this, as a part of the frame's width, 0..1
   * @param right and left of this; not below {@code left}
   * @param top it lies below this, as a part of the frame's height, 0..1
   * @param bottom and above this; not below {@code top}
   * @param growth nothing is said of the motion of what did not grow, or move away from the
   *     vanishing point, by this factor; above 1 and at most 10
   * @param tolerance by which part the growths of size and distance may differ, both as logarithms,
   *     above 0 and below 1
   */
  public record Motion(
      double left, double right, double top, double bottom, double growth, double tolerance) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Motion {
      checkRange("left", left, "right", right);
      checkRange("top", top, "bottom", bottom);
      if (!(growth > 1 && growth <= 10)) {
        throw new IllegalArgumentException(
            "motion: growth is %s; it must be above 1 and at most 10".formatted(growth));
      }
      if (!(tolerance > 0 && tolerance < 1)) {
        throw new IllegalArgumentException(
            "motion: tolerance is %s; it must be above 0 and below 1".formatted(tolerance));
      }
    }

    /** A camera that looks straight ahead, give or take two degrees. */
    public static Motion standard() {
      return new Motion(0.47, 0.53, 0.45, 0.55, 1.25, 0.5);
    }

    private static void checkRange(String low, double from, String high, double to) {
      if (!(from >= 0 && from <= to && to <= 1)) {
        throw new IllegalArgumentException(
            "motion: the vanishing point lies from %s %s to %s %s; both must lie in 0..1, in this order"
                .formatted(low, from, high, to));
      }
    }
  }

  /**
   * When something that the detector never reported is called a hidden sign: it was seen often
   * enough, moves as a thing beside the road does, and the guard is sure that it is a sign.
   *
   * @param persistence colour and shape saw it in at least so many frames, 3..1000
   * @param minimumSide smaller sightings, with the margin around them, do not count: a detector may
   *     well miss them; px, 1..4096
   * @param signProbability the guard's verifier gave at least this, 0..1
   * @param sureFrames in at least so many frames, in which the models were also sure of a label;
   *     1..100
   * @param signs labels of the models that are signs, where they know more than signs: such a label
   *     then says that it is a sign, and no verifier is asked; none: the verifier says it
   */
  public record HiddenSign(
      int persistence,
      int minimumSide,
      double signProbability,
      int sureFrames,
      List<String> signs) {

    /** What the verifier says is a sign. */
    public HiddenSign(int persistence, int minimumSide, double signProbability, int sureFrames) {
      this(persistence, minimumSide, signProbability, sureFrames, List.of());
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HiddenSign {
      check("hidden sign: persistence", persistence, 3, 1000);
      check("hidden sign: minimumSide", minimumSide, 1, 4096);
      check("hidden sign: sureFrames", sureFrames, 1, 100);
      signs = List.copyOf(signs);
      if (!(signProbability >= 0 && signProbability <= 1)) {
        throw new IllegalArgumentException(
            "hidden sign: signProbability is %s; it must lie in 0..1".formatted(signProbability));
      }
    }

    /** A sign of about 24 px or more, which detectors are expected to find. */
    public static HiddenSign standard() {
      return new HiddenSign(5, 32, 0.9, 3);
    }
  }

  /**
   * When a track whose label the guard accepts is called a phantom: colour and shape never saw
   * anything there, or it does not move as a thing beside the road does.
   *
   * @param persistence colour and shape looked there at least so many times in vain, 0..1000; 0:
   *     that they see nothing is not held against a track, only its motion is
   * @param sightings nothing is said of the motion of what was seen less often, 6..1000
   * @param colourless labels of signs without colour (ends of restrictions), which colour and shape
   *     cannot see: their silence says nothing of these
   * @param signs labels that are signs, where the models know more than signs; none: all are
   */
  public record Phantom(
      int persistence, int sightings, List<String> colourless, List<String> signs) {

    /** Every label is a sign. */
    public Phantom(int persistence, int sightings, List<String> colourless) {
      this(persistence, sightings, colourless, List.of());
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Phantom {
      check("phantom: persistence", persistence, 0, 1000);
      check("phantom: sightings", sightings, 6, 1000);
      colourless = List.copyOf(colourless);
      signs = List.copyOf(signs);
    }

    /** Every sign has a colour. */
    public static Phantom standard() {
      return new Phantom(5, 12, List.of());
    }
  }

  /**
   * @throws IllegalArgumentException naming the value that is out of its range, or if nothing is
   *     looked for
   */
  public Witnesses {
    check("everyFrames", everyFrames, 1, 30);
    if (patience.isNegative() || patience.compareTo(Duration.ofSeconds(60)) > 0) {
      throw new IllegalArgumentException(
          "witnesses: patience is %s; it must be 0 to 60 s".formatted(patience));
    }
    detectors = List.copyOf(detectors);
    if (hiddenSign == null
        && phantom == null
        && hiddenObject == null
        && phantomObject == null
        && vanished == null) {
      throw new IllegalArgumentException(
          "witnesses look for nothing; give 'hiddenSign', 'phantom', 'hiddenObject', 'phantomObject' or 'vanished', or no witnesses");
    }
    boolean asked = hiddenObject != null || phantomObject != null;
    if (asked == detectors.isEmpty()) {
      throw new IllegalArgumentException(
          asked
              ? "witnesses: 'hiddenObject' and 'phantomObject' are what other detectors see; give 'detectors'"
              : "witnesses: detectors look for nothing; give 'hiddenObject' or 'phantomObject', or no detectors");
    }
  }

  /** Looks for both at one of three frames. */
  public static Witnesses standard() {
    return new Witnesses(
        3, Duration.ofSeconds(3), Motion.standard(), HiddenSign.standard(), Phantom.standard());
  }

  /** Whether colour and shape look. */
  public boolean byColourAndShape() {
    return hiddenSign != null || phantom != null;
  }

  private static void check(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "witnesses: %s is %d; it must be %d to %d".formatted(name, value, low, high));
    }
  }
}
