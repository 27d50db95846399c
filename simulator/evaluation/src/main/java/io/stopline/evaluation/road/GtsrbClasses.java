package io.stopline.evaluation.road;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The 43 classes of the German traffic sign benchmarks, GTSRB and GTSDB. */
final class GtsrbClasses {

  /** Names by class number. */
  static final List<String> NAMES = read();

  private GtsrbClasses() {}

  private static List<String> read() {
    try (InputStream in = GtsrbClasses.class.getResourceAsStream("gtsrb-classes.txt")) {
      if (in == null) {
        throw new IllegalStateException("the list of GTSRB's classes is not in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
