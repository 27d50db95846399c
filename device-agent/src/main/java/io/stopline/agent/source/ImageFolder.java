package io.stopline.agent.source;

import io.stopline.config.images.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Image files of a folder in the order of their names: first those in the folder itself, then those
 * of each subfolder. The files of one folder are one track.
 */
public final class ImageFolder implements FrameSource {

  private record Entry(Path file, String track) {}

  private final Path folder;
  private final boolean loop;
  private final PictureDecoder decoder;
  private final List<Entry> entries;
  private int position;
  private int round;
  private volatile boolean closed;

  /**
   * Lists the folder.
   *
   * @param loop whether to start again at the end, with new tracks
   * @throws IOException if it is no folder or holds no image
   */
  public ImageFolder(Path folder, boolean loop, PictureDecoder decoder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder + " is no folder of images; check --source");
    }
    this.folder = folder;
    this.loop = loop;
    this.decoder = decoder;
    this.entries = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder, 2)) {
      List<Path> files =
          walk.filter(Files::isRegularFile).filter(ImageFolder::isImage).sorted().toList();
      for (Path file : files) {
        Path relative = folder.relativize(file);
        entries.add(
            new Entry(file, relative.getNameCount() == 1 ? "." : relative.getName(0).toString()));
      }
    }
    if (entries.isEmpty()) {
      throw new IOException(
          "folder " + folder + " holds no image (.png, .jpg, .jpeg, .ppm); check --source");
    }
  }

  private static boolean isImage(Path file) {
    return ImageFiles.isNamedLikeImage(String.valueOf(file.getFileName()));
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public @Nullable Picture next() throws IOException {
    if (position == entries.size()) {
      position = 0;
      round++;
    }
    if (closed || (round > 0 && !loop)) {
      return null;
    }
    Entry entry = entries.get(position++);
    try {
      long size = Files.size(entry.file());
      if (size > ImageFiles.MAX_FILE_BYTES) {
        throw new BadPictureException(
            "%s has %d bytes; at most %d are accepted"
                .formatted(entry.file(), size, ImageFiles.MAX_FILE_BYTES));
      }
      byte[] encoded = Files.readAllBytes(entry.file());
      long captured = System.nanoTime();
      return new Picture(
          Decoding.decode(decoder, encoded, entry.file().toString()),
          captured,
          round == 0 ? entry.track() : entry.track() + "#" + round);
    } catch (BadPictureException e) {
      throw e;
    } catch (IOException e) {
      throw new BadPictureException(entry.file() + " cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
