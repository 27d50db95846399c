package io.stopline.testing;

/** The text of a policy, for tests that want it a little different. */
public final class PolicyText {

  private PolicyText() {}

  /**
   * Takes parts out, such as {@code track}.
   *
   * @param policy its YAML
   * @param parts keys of its first level, with all that is written below them
   */
  public static String without(String policy, String... parts) {
    return policy.replaceAll("(?m)^(" + String.join("|", parts) + "):.*\\n(  .*\\n)*", "");
  }

  /** Looks at every frame by itself, by all members and checks. */
  public static String frameByFrame(String policy) {
    return without(policy, "track", "cascade");
  }
}
