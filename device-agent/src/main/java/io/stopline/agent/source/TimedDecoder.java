package io.stopline.agent.source;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.SlowImageException;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decodes on a thread of its own and waits no longer for it than is allowed, so that no picture
 * stops a source. A decoder gets the limit and normally ends by itself; one that does not is left
 * behind with its thread, and the next picture gets another one. At most {@link #MAX_LEFT_BEHIND}
 * are left behind at a time: pictures are refused until one of them ends.
 *
 * <p>The hand-over costs 10 to 50 µs a picture; threads that nobody needs end after ten seconds.
 * For one caller at a time.
 */
public final class TimedDecoder implements PictureDecoder {

  /** Threads that may be at work on pictures that nobody waits for any more. */
  public static final int MAX_LEFT_BEHIND = 4;

  /** What is waited for a decoder that has to stop. */
  static final Duration GRACE = Duration.ofMillis(500);

  /** The first picture also pays for loading the decoder, which is slow on a small board. */
  private static final int FIRST = 10;

  /** A decoder that keeps a limit by itself, as well as it can. */
  @FunctionalInterface
  interface Limited {
    Image decode(byte[] encoded, String name, Duration limit) throws IOException;
  }

  private final Limited decoder;
  private final Duration limit;
  private final ThreadPoolExecutor threads;
  private final List<Work> leftBehind = new ArrayList<>();
  private boolean loaded;

  /** One picture's decoding. */
  private final class Work implements Callable<Image> {
    private final byte[] encoded;
    private final String name;
    private final Duration allowed;
    private volatile boolean ended;

    private Work(byte[] encoded, String name, Duration allowed) {
      this.encoded = encoded;
      this.name = name;
      this.allowed = allowed;
    }

    @Override
    public Image call() throws IOException {
      try {
        return decoder.decode(encoded, name, allowed);
      } finally {
        ended = true;
      }
    }
  }

  /** Decodes PNG, JPEG and PPM, each in so long at most. */
  public TimedDecoder(Duration limit) {
    this(ImageFiles::decode, limit);
  }

  TimedDecoder(Limited decoder, Duration limit) {
    this.decoder = decoder;
    this.limit = limit;
    // One more than can be left behind and the one that is waited for: a thread that has given its
    // answer takes a moment until it takes the next picture.
    this.threads =
        new ThreadPoolExecutor(
            0,
            MAX_LEFT_BEHIND + 2,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(work, "stopline-decoder");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public Image decode(byte[] encoded, String name) throws IOException {
    leftBehind.removeIf(work -> work.ended);
    if (leftBehind.size() >= MAX_LEFT_BEHIND) {
      throw new SlowPictureException(
          "%s: refused, since %d pictures before it hang in the decoder; if they do not end, start the agent anew"
              .formatted(name, leftBehind.size()),
          false);
    }
    Work work = new Work(encoded, name, loaded ? limit : limit.multipliedBy(FIRST));
    loaded = true;
    Future<Image> decoding = threads.submit(work);
    try {
      return decoding.get(work.allowed.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      decoding.cancel(true);
      leftBehind.add(work);
      throw new SlowPictureException(
          "%s: a picture was not decoded within %d ms and its decoder does not stop; it is left behind"
              .formatted(name, work.allowed.toMillis()),
          true);
    } catch (InterruptedException e) {
      decoding.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(name + ": decoding was interrupted");
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    }
  }

  /** What the decoder threw, as it would have been thrown on this thread. */
  private static IOException failure(Throwable cause) {
    if (cause instanceof SlowImageException) {
      return new SlowPictureException(String.valueOf(cause.getMessage()), false);
    }
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException io ? io : new IOException(cause);
  }
}
