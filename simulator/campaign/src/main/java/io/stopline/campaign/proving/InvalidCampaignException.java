package io.stopline.campaign.proving;

import io.stopline.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A campaign cannot be used; the message has a line for everything that is wrong in it. */
public final class InvalidCampaignException extends RuntimeException {

  InvalidCampaignException(String message) {
    super(message);
  }

  InvalidCampaignException(String message, Throwable cause) {
    super(message, cause);
  }

  InvalidCampaignException(String file, List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> "%s:%d: %s".formatted(file, p.line(), p.message()))
            .collect(Collectors.joining("\n")));
  }
}
