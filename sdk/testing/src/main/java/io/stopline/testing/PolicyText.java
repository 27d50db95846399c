package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of policies for tests. */
public final class PolicyText {

  private PolicyText() {}

  /**
   * A policy of the models that ship, to be edited whatever policy ships: four members, four
   * checks, every frame looked at by itself; its calibration is {@code calibrations/int8.yaml}.
   */
  public static String plain() {
    try (InputStream in = PolicyText.class.getResourceAsStream("plain-policy.yaml")) {
      if (in == null) {
        throw new IllegalStateException("plain-policy.yaml is missing in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes parts out, such as {@code finder}.
   *
   * @param policy its YAML
   * @param parts keys of its first level, with all that is written below them
   */
  public static String without(String policy, String... parts) {
    return policy.replaceAll("(?m)^(" + String.join("|", parts) + "):.*\\n(  .*\\n)*", "");
  }
}
