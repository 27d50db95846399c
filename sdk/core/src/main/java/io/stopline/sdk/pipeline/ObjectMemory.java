package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Region;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Remembers for a while where objects were last seen, to know them again when they are found anew.
 * Belongs to one thread.
 */
final class ObjectMemory {

  /** How many objects are remembered. */
  private static final int REMEMBERED = 32;

  private record Remembered(String source, Region region, long nanos) {}

  private final Deque<Remembered> objects = new ArrayDeque<>();
  private final long durationNanos;

  /**
   * @param duration for how long, capture time
   */
  ObjectMemory(Duration duration) {
    this.durationNanos = duration.toNanos();
  }

  /** Remembers where an object was at a time; the longest remembered one makes room. */
  void remember(String source, Region region, long nanos) {
    objects.addLast(new Remembered(source, region, nanos));
    if (objects.size() > REMEMBERED) {
      objects.removeFirst();
    }
  }

  /** Whether what is seen now is a remembered object, which is then forgotten. */
  boolean recall(String source, Region region, long nanos) {
    for (Iterator<Remembered> it = objects.iterator(); it.hasNext(); ) {
      Remembered r = it.next();
      long age = nanos - r.nanos;
      if (age < 0 || age > durationNanos) {
        it.remove();
      } else if (r.source.equals(source) && isSameObject(r.region, region, age)) {
        it.remove();
        return true;
      }
    }
    return false;
  }

  /**
   * Whether what is seen now may be what was seen {@code age} ns ago: about the place and the size,
   * with more room the longer ago it was.
   */
  private static boolean isSameObject(Region then, Region now, long age) {
    double size =
        Math.max(Math.max(then.width(), then.height()), Math.max(now.width(), now.height()));
    double room = 1 + Math.min(1.5, age / 1e9);
    double off =
        Math.hypot(
            then.x() + then.width() / 2.0 - now.x() - now.width() / 2.0,
            then.y() + then.height() / 2.0 - now.y() - now.height() / 2.0);
    double ratio = Math.sqrt((double) now.area() / then.area());
    return off <= room * size && ratio >= 0.5 && ratio <= 2 + room;
  }
}
