package io.stopline.sdk.check;

/**
 * How the track of an object has gone so far, as far as it tells real things from made ones. Shares
 * are of the frame, so that they mean the same at any resolution.
 *
 * @param birthSide the longer side of the first tight box, as a share of the frame's, 0..1; NaN
 *     where the birth says nothing: the camera had only begun to look
 * @param birthInset how far that box lay from the frame's nearest edge, as a share of the frame's
 *     smaller side, 0..0.5; NaN likewise
 * @param sightings in how many of the last {@value #REMEMBERED} sightings its label is known
 * @param otherLabels how many of these had another label than the most frequent one
 * @param oddMotion whether it moves as nothing does that stands beside the road
 */
public record Course(
    float birthSide, float birthInset, int sightings, int otherLabels, boolean oddMotion) {

  /** So many sightings of a track are remembered with their labels. */
  public static final int REMEMBERED = 16;

  /** Nothing is known. */
  public static final Course UNKNOWN = new Course(Float.NaN, Float.NaN, 0, 0, false);
}
