package io.stopline.studio.bench;

import org.jspecify.annotations.Nullable;

/** A benchmark did not come to a result; the message holds its process's log. */
public final class BenchmarkException extends RuntimeException {
  BenchmarkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
