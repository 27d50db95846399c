package io.stopline.scene.scenario;

import io.stopline.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A scenario file cannot be used; the message has a line for everything that is wrong in it. */
public final class InvalidScenarioException extends RuntimeException {

  InvalidScenarioException(String message) {
    super(message);
  }

  InvalidScenarioException(String message, Throwable cause) {
    super(message, cause);
  }

  InvalidScenarioException(String file, List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> "%s:%d: %s".formatted(file, p.line(), p.message()))
            .collect(Collectors.joining("\n")));
  }
}
