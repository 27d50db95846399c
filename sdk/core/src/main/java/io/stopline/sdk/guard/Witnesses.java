package io.stopline.sdk.guard;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How colour and shape check on a trained detector. Beside the detector they look at some frames by
 * themselves: what they see for long and the detector never reports may be hidden from it, and what
 * it reports and nothing supports may be a phantom.
 *
 * @param everyFrames colour and shape look at one of so many frames, 1..30
 * @param patience an incident is raised when its track ends, or once the suspicion has stood for
 *     this long without a break, whichever comes first; 0..60 s (capture time)
 * @param motion how things beside the road move
 * @param hiddenSign null: what the detector does not report is not looked into
 * @param phantom null: what the detector reports is not doubted
 */
public record Witnesses(
    int everyFrames,
    Duration patience,
    Motion motion,
    @Nullable HiddenSign hiddenSign,
    @Nullable Phantom phantom) {

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
   */
  public record HiddenSign(
      int persistence, int minimumSide, double signProbability, int sureFrames) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HiddenSign {
      check("hidden sign: persistence", persistence, 3, 1000);
      check("hidden sign: minimumSide", minimumSide, 1, 4096);
      check("hidden sign: sureFrames", sureFrames, 1, 100);
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
   */
  public record Phantom(int persistence, int sightings, List<String> colourless) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Phantom {
      check("phantom: persistence", persistence, 0, 1000);
      check("phantom: sightings", sightings, 6, 1000);
      colourless = List.copyOf(colourless);
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
    if (hiddenSign == null && phantom == null) {
      throw new IllegalArgumentException(
          "witnesses look for nothing; give 'hiddenSign', 'phantom' or both, or no witnesses");
    }
  }

  /** Looks for both at one of three frames. */
  public static Witnesses standard() {
    return new Witnesses(
        3, Duration.ofSeconds(3), Motion.standard(), HiddenSign.standard(), Phantom.standard());
  }

  private static void check(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "witnesses: %s is %d; it must be %d to %d".formatted(name, value, low, high));
    }
  }
}
