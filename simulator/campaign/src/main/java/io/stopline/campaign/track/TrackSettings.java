package io.stopline.campaign.track;

/**
 * How an alteration for a track is searched for.
 *
 * @param areaShare of the sign that may be covered, above 0, at most 1
 * @param pieces stickers at most, 1 to 20; a poster is one piece whatever this says
 * @param steps of the last round, at least 1; the rounds before take about as many
 * @param frames that each step looks at, at least 1
 * @param draws of each random view of the guard a gradient, at least 1
 */
public record TrackSettings(
    Kind kind,
    Knowledge knowledge,
    double areaShare,
    int pieces,
    int steps,
    int frames,
    int draws) {

  /** What the sign may be altered with. */
  public enum Kind {
    /** One printed sheet in any colours between black and white film. */
    POSTER,

    /** Several black or white rectangles of film. */
    STICKERS
  }

  /** What the attacker knows. */
  public enum Knowledge {
    /** The policy's members, and of no guard. */
    MEMBERS,

    /** The whole guard, its thresholds and its rule of release; never its random draws. */
    GUARD
  }

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public TrackSettings {
    if (!(areaShare > 0 && areaShare <= 1)) {
      throw new IllegalArgumentException(
          "area share of %s; it must be above 0 and at most 1".formatted(areaShare));
    }
    if (pieces < 1 || pieces > 20) {
      throw new IllegalArgumentException("%d pieces; give 1 to 20".formatted(pieces));
    }
    if (steps < 1 || frames < 1 || draws < 1) {
      throw new IllegalArgumentException(
          "%d steps, %d frames a step, %d draws; each must be at least 1"
              .formatted(steps, frames, draws));
    }
  }

  /** On at most 15 % of the sign, as many steps as some seconds allow. */
  public static TrackSettings standard(Kind kind, Knowledge knowledge) {
    return new TrackSettings(kind, knowledge, 0.15, 6, 40, 8, 1);
  }
}
