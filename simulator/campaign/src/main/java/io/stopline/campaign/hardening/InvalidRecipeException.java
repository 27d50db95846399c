package io.stopline.campaign.hardening;

import io.stopline.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A recipe cannot be used; the message has a line for everything that is wrong in it. */
public final class InvalidRecipeException extends RuntimeException {

  InvalidRecipeException(String message) {
    super(message);
  }

  InvalidRecipeException(String message, Throwable cause) {
    super(message, cause);
  }

  InvalidRecipeException(String file, List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> "%s:%d: %s".formatted(file, p.line(), p.message()))
            .collect(Collectors.joining("\n")));
  }
}
