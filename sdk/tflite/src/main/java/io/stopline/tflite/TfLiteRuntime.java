package io.stopline.tflite;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.jspecify.annotations.Nullable;

/** Loads TensorFlow Lite's native library once, with an error that says what to do. */
final class TfLiteRuntime {

  private static final List<String> MEMORY_LIMITS =
      List.of("org.bytedeco.javacpp.maxBytes", "org.bytedeco.javacpp.maxPhysicalBytes");

  private TfLiteRuntime() {}

  /**
   * Makes the native library ready. Cheap after the first call.
   *
   * @return the path of the library file
   * @throws IllegalStateException if there is none for this platform or it cannot be loaded
   */
  static String load() {
    // JavaCPP refuses to make any pointer once native memory exceeds the Java heap, or the whole
    // process a few times that. On a board with a small heap, or beside other native libraries, a
    // sound model would then not load; what a model may use is capped by TfLiteModel instead.
    for (String limit : MEMORY_LIMITS) {
      if (System.getProperty(limit) == null) {
        System.setProperty(limit, "0");
      }
    }
    try {
      String path = Loader.load(tensorflowlite.class);
      if (path == null) {
        throw failure("the library was not found", null);
      }
      return path;
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      // JavaCPP tries the system's libraries last, and says of them alone that there is none.
      throw failure(
          root == e ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + root + ")", e);
    }
  }

  /** True on a 64-bit ARM processor. */
  static boolean isArm64() {
    return Loader.getPlatform().endsWith("-arm64");
  }

  private static IllegalStateException failure(String reason, @Nullable Error cause) {
    return new IllegalStateException(
        ("TensorFlow Lite's native library cannot be loaded on '%s': %s. Put the artifact"
                + " org.bytedeco:tensorflow-lite with this platform's classifier on the class path;"
                + " on Linux it needs glibc 2.34 or newer and a cache folder that can be written"
                + " and from which programs may be run, no noexec (STOPLINE_CACHE=DIR, or without"
                + " the launcher the system property org.bytedeco.javacpp.cachedir)")
            .formatted(Loader.getPlatform(), reason),
        cause);
  }
}
