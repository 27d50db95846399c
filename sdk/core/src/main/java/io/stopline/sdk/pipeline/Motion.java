package io.stopline.sdk.pipeline;

/**
 * How a track moves, as {@link MotionCheck} finds. Growths are logarithms of factors, over the
 * whole track. Belongs to one thread.
 */
final class Motion {

  /** What is odd about a motion. */
  enum Oddity {
    /** Nothing, or nothing can be said. */
    NONE,
    /** It keeps its size while other things come nearer. */
    KEEPS_SIZE,
    /** Size and vertical distance from the vanishing point do not grow alike. */
    OUT_OF_STEP
  }

  final TrackPath path = new TrackPath();

  /** Of the size. */
  double sizeGrowth;

  /**
   * Of the vertical distance from the vanishing point, taken where that fits a standing thing best;
   * of no meaning before there is a size.
   */
  double heightGrowth;

  /** It grew enough and moves as a thing beside the road does. */
  boolean standing;

  /** Size and vertical distance from the vanishing point do not grow alike. */
  boolean outOfStep;

  Oddity oddity = Oddity.NONE;

  /** How many other things testified to the vehicle's motion when the oddity was looked for. */
  int others;

  /** Growth of the size of the one of these that grew least. */
  double othersGrowth;

  /** Nothing is known. */
  void clear() {
    sizeGrowth = 0;
    heightGrowth = 0;
    standing = false;
    outOfStep = false;
  }

  /** What is odd, in words and figures. */
  String reason() {
    return switch (oddity) {
      case NONE -> "its motion is not odd";
      case KEEPS_SIZE ->
          "its size grew by a factor of %.2f over %d sightings while %d other things grew by at least %.2f; the vehicle moves and it comes no nearer"
              .formatted(Math.exp(sizeGrowth), path.sightings(), others, Math.exp(othersGrowth));
      case OUT_OF_STEP ->
          "its size grew by a factor of %.2f and its vertical distance from the vanishing point by %.2f over %d sightings; for a thing that stands both grow alike"
              .formatted(Math.exp(sizeGrowth), Math.exp(heightGrowth), path.sightings());
    };
  }
}
