package io.stopline.studio.demo;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.sign.SignArt;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * The page's pictures: frames as the camera filmed them, drawn signs, the incident. Thread-safe.
 */
final class Faces implements LivePage.Gallery {

  private static final int SIDE = 480;
  private static final int PICTOGRAM_SIDE = 144;

  private final Path frames;
  private final SignArt art;
  private final Map<String, byte[]> faces = new ConcurrentHashMap<>();
  private final Map<Integer, byte[]> signs = new ConcurrentHashMap<>();
  private volatile byte @Nullable [] incident;

  /**
   * @param frames folder with a folder of frames for each drive
   */
  Faces(Path frames, int signClass) {
    this.frames = frames;
    this.art = SignArt.of(signClass);
    face(Part.CLEAN.key(), null);
  }

  /** Sets what the main sign looks like in a drive or a search. */
  void face(String what, @Nullable Alteration alteration) {
    faces.put(what, png(AlterationPainter.paint(art.draw(SIDE), art.outline(), alteration)));
  }

  void incident(byte[] png) {
    incident = png.clone();
  }

  @Override
  public Optional<byte[]> frame(String drive, int frame) throws IOException {
    for (Part part : Part.values()) {
      Path file = frames.resolve(part.key()).resolve(frame + ".jpg");
      if (part.key().equals(drive) && frame >= 0 && Files.isRegularFile(file)) {
        return Optional.of(Files.readAllBytes(file));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<byte[]> sign(int signClass) {
    return signClass < 0 || signClass >= SignArt.CLASSES
        ? Optional.empty()
        : Optional.of(
            signs.computeIfAbsent(signClass, c -> png(SignArt.of(c).draw(PICTOGRAM_SIDE))));
  }

  @Override
  public Optional<byte[]> face(String what) {
    return Optional.ofNullable(faces.get(what));
  }

  @Override
  public Optional<byte[]> incident() {
    return Optional.ofNullable(incident);
  }

  private static byte[] png(BufferedImage picture) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException("a sign cannot be encoded as PNG", e);
    }
    return out.toByteArray();
  }
}
