package io.stopline.studio.camera;

import io.stopline.config.files.StorageException;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A drive, filmed: its JPEG frames, kept in a temporary file so that a long one needs no memory,
 * and what is true in each. Thread-safe once it is filmed.
 */
public final class Film implements AutoCloseable {

  private final FileChannel file;
  private final List<GroundTruth> truths;
  private final long[] ends;
  private final String sha256;
  private final double seconds;

  private Film(
      FileChannel file, List<GroundTruth> truths, long[] ends, String sha256, double seconds) {
    this.file = file;
    this.truths = List.copyOf(truths);
    this.ends = ends;
    this.sha256 = sha256;
    this.seconds = seconds;
  }

  /**
   * Films a whole drive. The frames do not depend on the number of threads.
   *
   * @param threads at least 1
   * @param frameDone called after each frame, on this thread
   * @throws UncheckedIOException if the temporary folder has no room
   */
  public static Film of(DriveRenderer drive, int threads, Runnable frameDone) {
    return of(Footage.of(drive), threads, frameDone);
  }

  /**
   * Films whatever can be filmed. The frames do not depend on the number of threads.
   *
   * @param threads at least 1
   * @param frameDone called after each frame, on this thread
   * @throws UncheckedIOException if the temporary folder has no room
   */
  public static Film of(Footage drive, int threads, Runnable frameDone) {
    long begin = System.nanoTime();
    FileChannel file = null;
    boolean done = false;
    try {
      Path path = Files.createTempFile("stopline-film", ".mjpeg");
      FileChannel opened =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      file = opened;
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<GroundTruth> truths = new ArrayList<>();
      long[] ends = new long[drive.frames()];
      InOrder.run(
          threads,
          drive.frames(),
          frame -> new Exposed(drive.jpeg(frame), drive.truth(frame)),
          (frame, exposed) -> {
            digest.update(exposed.jpeg);
            truths.add(exposed.truth);
            append(opened, path, exposed.jpeg);
            ends[frame] = (frame == 0 ? 0 : ends[frame - 1]) + exposed.jpeg.length;
            frameDone.run();
          });
      done = true;
      return new Film(
          opened,
          truths,
          ends,
          HexFormat.of().formatHex(digest.digest()),
          (System.nanoTime() - begin) / 1e9);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the drive's frames cannot be kept in the temporary folder: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    } finally {
      if (!done && file != null) {
        close(file);
      }
    }
  }

  private static void append(FileChannel file, Path path, byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the drive's frames cannot be kept in the temporary folder: " + e.getMessage(),
          StorageException.named(path, e));
    }
  }

  /** Number of frames. */
  public int frames() {
    return truths.size();
  }

  /** What is true in a frame. */
  public GroundTruth truth(int frame) {
    return truths.get(frame);
  }

  /**
   * A frame as the camera sends it.
   *
   * @throws UncheckedIOException if the temporary file cannot be read
   */
  public byte[] jpeg(int frame) {
    long at = frame == 0 ? 0 : ends[frame - 1];
    ByteBuffer buffer = ByteBuffer.allocate((int) (ends[frame] - at));
    try {
      while (buffer.hasRemaining()) {
        if (file.read(buffer, at + buffer.position()) < 0) {
          throw new IOException("the file was cut short");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("frame " + frame + " cannot be read back", e);
    }
    return buffer.array();
  }

  /** Of all frames' JPEG files one after the other, lower-case hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /** How long filming took. */
  public double seconds() {
    return seconds;
  }

  @Override
  public void close() {
    close(file);
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // seen by nobody else
  private record Exposed(byte[] jpeg, GroundTruth truth) {}
}
