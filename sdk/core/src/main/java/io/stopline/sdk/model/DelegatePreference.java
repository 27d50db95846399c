package io.stopline.sdk.model;

import java.util.List;
import java.util.Set;

/**
 * An ordered preference of delegates, as bundles and command lines write it: {@code nnapi}, {@code
 * gpu}, {@code external:<library path>}, {@code xnnpack}.
 */
public final class DelegatePreference {

  /** The CPU with XNNPACK: the reference that other delegates are held against. */
  public static final String XNNPACK = "xnnpack";

  /** The platform's GPU delegate. */
  public static final String GPU = "gpu";

  /** Android's Neural Networks API; deprecated by Android since version 15. */
  public static final String NNAPI = "nnapi";

  /** What the name of a delegate in a library of its own starts with. */
  public static final String EXTERNAL_PREFIX = "external:";

  private static final int MAX_LENGTH = 8;
  private static final Set<String> NAMES = Set.of(XNNPACK, GPU, NNAPI);

  private DelegatePreference() {}

  /**
   * Returns the preference unchanged if it is a sound one.
   *
   * @throws IllegalArgumentException if it is empty, longer than 8, names an unknown delegate or
   *     one twice
   */
  public static List<String> validated(List<String> delegates) {
    List<String> copy = List.copyOf(delegates);
    if (copy.isEmpty() || copy.size() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the delegate preference has %d entries; give 1 to %d, 'xnnpack' if in doubt"
              .formatted(copy.size(), MAX_LENGTH));
    }
    for (int i = 0; i < copy.size(); i++) {
      String delegate = copy.get(i);
      if (!NAMES.contains(delegate) && !isExternal(delegate)) {
        throw new IllegalArgumentException(
            "delegate '%s' is unknown; use nnapi, gpu, external:<library path> or xnnpack"
                .formatted(delegate));
      }
      if (copy.indexOf(delegate) != i) {
        throw new IllegalArgumentException(
            "delegate '%s' is listed twice; name each once".formatted(delegate));
      }
    }
    return copy;
  }

  /** Whether it names a library, with a path. */
  public static boolean isExternal(String delegate) {
    return delegate.startsWith(EXTERNAL_PREFIX) && !externalLibrary(delegate).isBlank();
  }

  /** The library path of an external delegate. */
  public static String externalLibrary(String delegate) {
    return delegate.substring(EXTERNAL_PREFIX.length());
  }
}
