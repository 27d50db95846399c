package io.stopline.studio;

import io.stopline.config.files.StorageException;
import io.stopline.sdk.model.InferenceException;
import io.stopline.telemetry.OpenFiles;
import io.stopline.telemetry.VisibleText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Turns what went wrong into one clear line and an exit code. */
final class Failures {

  private Failures() {}

  /** The system's own reason in a few words; the exceptions of {@code java.nio} say only a path. */
  static String reason(Throwable failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NotDirectoryException) {
      return "not a folder";
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /**
   * Whether the disk took no more, whatever was made of it on the way: what was asked for is in
   * order, the machine is not.
   */
  private static boolean isStorage(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof IOException io && StorageException.isFull(io)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a library could not be loaded, of which the module that wanted it says what to do. */
  private static boolean isNativeLibrary(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return failure instanceof IllegalStateException && root instanceof UnsatisfiedLinkError;
  }

  /** Whether the input is to blame rather than Stopline. */
  static boolean isBadInput(Throwable failure) {
    if (isStorage(failure) || OpenFiles.areCauseOf(failure)) {
      return false;
    }
    return failure instanceof BadInputException
        || failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof IllegalArgumentException
        // The modules name their own refusals: what a bundle, an image or a model is not.
        || (failure.getClass().getName().startsWith("io.stopline.")
            && failure instanceof RuntimeException
            && !(failure instanceof InferenceException));
  }

  /** One line, with nothing in it that a terminal would obey. */
  static String describe(Throwable failure) {
    return VisibleText.lines(OpenFiles.named(failure, inWords(failure)));
  }

  private static String inWords(Throwable failure) {
    if (failure instanceof BadInputException) {
      return reason(failure);
    }
    if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return inWords(unchecked.getCause());
    }
    if (failure instanceof StorageException) {
      return reason(failure);
    }
    if (failure instanceof java.nio.file.FileSystemException file && file.getFile() != null) {
      String reason =
          failure instanceof NoSuchFileException
                  || failure instanceof AccessDeniedException
                  || failure instanceof NotDirectoryException
              ? reason(failure)
              : file.getReason() == null ? failure.getClass().getSimpleName() : file.getReason();
      return "'%s': %s; check the path and the permissions".formatted(file.getFile(), reason);
    }
    if (isBadInput(failure) || isStorage(failure) || isNativeLibrary(failure)) {
      return reason(failure);
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory (%s); give more with STOPLINE_JAVA_OPTS=-Xmx4g"
          .formatted(reason(failure));
    }
    return "internal failure: %s: %s; run again with -v for the stack trace"
        .formatted(failure.getClass().getSimpleName(), reason(failure));
  }
}
