package io.stopline.studio;

/** What the process ends with. Stable: scripts rely on these numbers. */
public final class ExitCode {

  /** Done, and nothing was found. */
  public static final int OK = 0;

  /**
   * Done, and something was found: a suspect image, a verdict that differs, a gate or check failed.
   */
  public static final int FOUND = 1;

  /** The command line or what it names is wrong: an option, a file, an image, a bundle. */
  public static final int BAD_INPUT = 2;

  /** Stopline itself failed, or the machine did. */
  public static final int INTERNAL = 3;

  private ExitCode() {}
}
