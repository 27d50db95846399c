package io.stopline.config.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file system took no more bytes: it is full, over its quota or broken. What was asked for is
 * in order, so another place or more room is the cure.
 */
public final class StorageException extends FileSystemException {

  private static final long serialVersionUID = 1;

  /** Less is free on a file system that has no room for a block. */
  private static final long BLOCK = 4096;

  private final String message;

  private StorageException(Path file, IOException cause) {
    super(file.toString(), null, reason(cause));
    this.message =
        "'%s' cannot be written: %s; make room there, or name a place on another disk"
            .formatted(file, reason(cause));
    initCause(cause);
  }

  /** The bytes of an opened file were not taken, whatever the system calls it. */
  static StorageException of(Path file, IOException cause) {
    return cause instanceof StorageException storage ? storage : new StorageException(file, cause);
  }

  /**
   * Names what failed: the exceptions of a full disk name no file.
   *
   * @param file what was to be written, or made
   * @param failure of writing it
   * @return a {@link StorageException} if the disk is full, else the failure itself
   */
  public static IOException named(Path file, IOException failure) {
    return failure instanceof StorageException || !isFull(file, failure)
        ? failure
        : new StorageException(file, failure);
  }

  /** Whether the system itself calls it a full disk, in English as it usually does. */
  public static boolean isFull(IOException failure) {
    String text = String.valueOf(failure.getMessage());
    return failure instanceof StorageException
        || text.contains("No space left")
        || text.contains("quota exceeded");
  }

  private static boolean isFull(Path file, IOException failure) {
    if (isFull(failure)) {
      return true;
    }
    // A missing folder or permission has an exception of its own, whatever room there is.
    if (failure instanceof FileSystemException
        && !failure.getClass().equals(FileSystemException.class)) {
      return false;
    }
    // The system words its reasons in the user's language; the room that is left has none.
    Path there = file.toAbsolutePath().normalize();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there != null && Files.getFileStore(there).getUsableSpace() < BLOCK;
    } catch (IOException e) {
      return false;
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Names the file, the reason and the cure. */
  @Override
  public String getMessage() {
    return message;
  }
}
