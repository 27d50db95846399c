package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Puts small images where a test wants them. */
final class ImageTree {

  private final Path root;
  private int made;

  ImageTree(Path root) {
    this.root = root;
  }

  /** Writes an image of its own pixels to each path below the root. */
  ImageTree images(String... files) {
    for (String file : files) {
      Image image = Image.black(6, 5);
      for (int i = 0; i < image.data().length; i++) {
        image.data()[i] = (byte) (made >> (i % 3 * 3));
      }
      made++;
      write(file, ImageFiles.encodePng(image));
    }
    return this;
  }

  /** Writes tracks of frames, named by a format with track and frame. */
  ImageTree tracks(int tracks, int frames, String format) {
    for (int track = 0; track < tracks; track++) {
      for (int frame = 0; frame < frames; frame++) {
        images(format.formatted(track, frame));
      }
    }
    return this;
  }

  /** Writes a file of text. */
  ImageTree text(String file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Makes an empty folder. */
  ImageTree folder(String folder) {
    try {
      Files.createDirectories(root.resolve(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Copies a folder that was written before. */
  ImageTree copy(String from, String to) {
    try (Stream<Path> files = Files.walk(root.resolve(from))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Path relative = root.resolve(from).relativize(file);
        write(to + "/" + relative, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private void write(String file, byte[] bytes) {
    try {
      Path path = root.resolve(file);
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
