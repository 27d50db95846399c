package io.stopline.training.architecture;

import io.stopline.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An architecture cannot be used; the message has a line for everything that is wrong in it. */
public final class InvalidArchitectureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidArchitectureException(String message) {
    super(message);
  }

  InvalidArchitectureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  InvalidArchitectureException(String file, List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> "%s:%d: %s".formatted(file, p.line(), p.message()))
            .collect(Collectors.joining("\n")));
  }
}
