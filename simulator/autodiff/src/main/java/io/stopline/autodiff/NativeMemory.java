package io.stopline.autodiff;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the C library to keep what is freed. A pass takes and frees many blocks of megabytes; by
 * default each goes back to the system and comes again as zeroed pages, which costs up to a third
 * of the time of a forward pass.
 */
final class NativeMemory {
  private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

  /** Parameters of {@code mallopt} in glibc's malloc.h. */
  private static final int TRIM_THRESHOLD = -1;

  private static final int TOP_PAD = -2;
  private static final int MMAP_THRESHOLD = -3;

  private static final int MEBIBYTE = 1 << 20;

  private NativeMemory() {}

  /** Does nothing where the C library is not glibc. */
  static void keepFreedBlocks() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      NativeLibrary c = NativeLibrary.getInstance("c");
      // The most that glibc accepts: half a heap of a thread.
      set(c, MMAP_THRESHOLD, 32 * MEBIBYTE);
      set(c, TRIM_THRESHOLD, 512 * MEBIBYTE);
      // A whole heap: threads other than the first give back heaps by this number.
      set(c, TOP_PAD, 64 * MEBIBYTE);
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("freed blocks go back to the system: {}", e.getMessage());
    }
  }

  private static void set(NativeLibrary c, int parameter, int value) {
    if (c.getFunction("mallopt").invokeInt(new Object[] {parameter, value}) != 1) {
      LOG.debug("mallopt({}, {}) was refused", parameter, value);
    }
  }
}
