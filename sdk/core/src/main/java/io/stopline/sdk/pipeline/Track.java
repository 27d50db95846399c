package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.time.Instant;

/**
 * One physical object over successive frames: an alpha-beta filter over centre and size, all per
 * frame. Sizes are filtered as logarithms, since what comes nearer grows by a factor.
 */
final class Track {

  /** Weight of a new position, and of the change that it tells of. */
  private static final double ALPHA = 0.7;

  private static final double BETA = 0.25;

  final long id;

  /** Capture time of the first sighting. */
  final Instant firstSeen;

  private double x;
  private double y;
  private double logWidth;
  private double logHeight;
  private double vx;
  private double vy;
  private double growth;
  private int hits = 1;
  private int missed;
  private int gap;
  private boolean confirmed;
  private Region region;
  private Detection latest;
  private final TrackCourse course;

  Track(long id, Detection seen, Instant firstSeen, int confirmAfter, TrackCourse course) {
    this.id = id;
    this.firstSeen = firstSeen;
    this.region = seen.region();
    this.latest = seen;
    this.course = course;
    x = region.x() + region.width() / 2.0;
    y = region.y() + region.height() / 2.0;
    logWidth = Math.log(region.width());
    logHeight = Math.log(region.height());
    confirmed = hits >= confirmAfter;
  }

  /** Moves the state on by whole frames. */
  void predict(int frames) {
    // What has coasted for long is not trusted to keep its pace.
    double pace = missed > 3 ? 0.5 : 1;
    x += vx * frames * pace;
    y += vy * frames * pace;
    logWidth += growth * frames * pace;
    logHeight += growth * frames * pace;
  }

  /** Takes in a sighting, {@code frames} frames after the last update. */
  void update(Detection detection, int frames, int confirmAfter) {
    Region seen = detection.region();
    double dx = seen.x() + seen.width() / 2.0 - x;
    double dy = seen.y() + seen.height() / 2.0 - y;
    double dw = Math.log(seen.width()) - logWidth;
    double dh = Math.log(seen.height()) - logHeight;
    x += ALPHA * dx;
    y += ALPHA * dy;
    logWidth += ALPHA * dw;
    logHeight += ALPHA * dh;
    double gain = BETA / frames;
    vx += gain * dx;
    vy += gain * dy;
    // A sign's size changes slowly; a jump of the measured size is mostly noise.
    growth = Math.max(-0.1, Math.min(0.2, growth + 0.5 * gain * (dw + dh) / 2));
    hits++;
    gap = Math.max(gap, missed);
    missed = 0;
    confirmed |= hits >= confirmAfter;
    region = seen;
    latest = detection;
  }

  void miss(int frames) {
    missed += frames;
  }

  boolean confirmed() {
    return confirmed;
  }

  int missed() {
    return missed;
  }

  /** For how many frames it was out of sight at most since this was last asked. */
  int takeGap() {
    int taken = gap;
    gap = 0;
    return taken;
  }

  int hits() {
    return hits;
  }

  boolean seen() {
    return missed == 0;
  }

  /** Where it was last seen. */
  Region region() {
    return region;
  }

  /** What the finder gave the last sighting, 0..1. */
  float probability() {
    return latest.probability();
  }

  /** The last sighting. */
  Detection latest() {
    return latest;
  }

  /** How it has gone so far. */
  TrackCourse course() {
    return course;
  }

  /** Where it should be now, clipped to the frame; the last sighting if that is out of sight. */
  Region predictedRegion(int imageWidth, int imageHeight) {
    double w = Math.exp(logWidth);
    double h = Math.exp(logHeight);
    int left = (int) Math.max(0, Math.round(x - w / 2));
    int top = (int) Math.max(0, Math.round(y - h / 2));
    int right = (int) Math.min(imageWidth, Math.round(x + w / 2));
    int bottom = (int) Math.min(imageHeight, Math.round(y + h / 2));
    return right > left && bottom > top
        ? new Region(left, top, right - left, bottom - top)
        : region;
  }

  /**
   * How badly a region fits as this object's next sighting: 0 is perfect, infinite impossible.
   *
   * @param slack how far off it may be, in sizes of the object
   */
  double distance(Region other, double slack) {
    double w = Math.exp(logWidth);
    double h = Math.exp(logHeight);
    double size = Math.sqrt(w * h);
    double otherSize = Math.sqrt((double) other.width() * other.height());
    double scale = Math.abs(Math.log(otherSize / size));
    double off =
        Math.hypot(other.x() + other.width() / 2.0 - x, other.y() + other.height() / 2.0 - y)
            / Math.max(size, otherSize);
    if (off > slack || scale > 0.7) {
      return Double.POSITIVE_INFINITY;
    }
    return off + 0.5 * scale;
  }
}
