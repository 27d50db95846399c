package io.stopline.sdk.pipeline;

import io.stopline.sdk.check.Course;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the figures of a track that tell real things from made ones: how it was born, how steadily
 * it has one label, how it moves. Pipelines keep one a track; so does who measures tracks without a
 * pipeline. Belongs to one thread.
 */
public final class TrackCourse {

  /** Nothing is said of the motion of what was seen less often. */
  private static final int LEAST_SIGHTINGS = 6;

  private final float birthSide;
  private final float birthInset;
  private final int[] labels = new int[Course.REMEMBERED];
  private final Motion motion = new Motion();
  private @Nullable MotionCheck check;
  private int sightings;
  private int frameWidth;
  private int frameHeight;

  /**
   * A track that begins; its first sighting is still to be {@linkplain #see seen}.
   *
   * @param first its first sighting
   * @param width of the frame, px
   * @param height of the frame, px
   * @param watched whether somebody looked before, so that it is known to be new
   */
  public TrackCourse(Detection first, int width, int height, boolean watched) {
    Region box = first.box();
    int x = Math.min(box.x(), width - box.x() - box.width());
    int y = Math.min(box.y(), height - box.y() - box.height());
    birthSide =
        watched
            ? (float) Math.max((double) box.width() / width, (double) box.height() / height)
            : Float.NaN;
    birthInset =
        watched
            ? Math.max(0, (float) ((double) Math.min(x, y) / Math.min(width, height)))
            : Float.NaN;
  }

  /**
   * Takes in a sighting.
   *
   * @param nanos time of capture; later than before
   * @param width of the frame, px
   * @param height of the frame, px
   */
  public void see(Detection sighting, long nanos, int width, int height) {
    labels[sightings % labels.length] = sighting.label();
    sightings++;
    frameWidth = width;
    frameHeight = height;
    motion.path.add(nanos, sighting.box(), width, height);
  }

  /** As of the last sighting. */
  public Course course() {
    int known = Math.min(sightings, labels.length);
    int most = 0;
    for (int i = 0; i < known; i++) {
      int same = 0;
      for (int j = 0; j < known; j++) {
        same += labels[j] == labels[i] ? 1 : 0;
      }
      most = Math.max(most, same);
    }
    if (known >= LEAST_SIGHTINGS) {
      check = check == null ? new MotionCheck(Witnesses.Motion.standard()) : check;
      check.fit(motion, frameWidth, frameHeight);
    }
    return new Course(birthSide, birthInset, known, known - most, motion.outOfStep);
  }
}
