package io.stopline.config;

import io.stopline.yaml.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file breaks its schema or contradicts itself; tells every line that does. */
public final class InvalidConfigException extends ConfigException {

  /**
   * One thing that is wrong.
   *
   * @param line 1-based
   * @param message what is wrong and how to cure it
   */
  public record Finding(int line, String message) {}

  private final transient List<Finding> findings;

  InvalidConfigException(String file, List<Problem> problems) {
    super(
        file,
        problems.stream()
            .map(p -> "%s:%d: %s".formatted(file, p.line(), p.message()))
            .collect(Collectors.joining("\n")));
    this.findings = problems.stream().map(p -> new Finding(p.line(), p.message())).toList();
  }

  /** What is wrong, in the order of lines; at least one. */
  public List<Finding> findings() {
    return findings;
  }

  /** The first line that is wrong, 1-based. */
  public int line() {
    return findings.get(0).line();
  }
}
