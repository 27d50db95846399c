package io.stopline.evaluation.road;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lists that come with this package. Stateless. */
final class ResourceLines {

  private ResourceLines() {}

  /**
   * The lines of a list.
   *
   * @param name of its file, beside this class
   */
  static List<String> of(String name) {
    try (InputStream in = ResourceLines.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the list '%s' is not in this build".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
