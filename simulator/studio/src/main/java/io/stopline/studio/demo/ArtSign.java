package io.stopline.studio.demo;

import java.awt.image.BufferedImage;
import java.util.List;

/** A drawn sign. Thread-safe. */
final class ArtSign implements DriveSign {

  /** Enough for the nearest view at twice its size. */
  private static final int SIDE = 256;

  private final SignFace face;
  private final BufferedImage clean;

  ArtSign(SignFace face) {
    this.face = face;
    clean = face.draw(SIDE, List.of());
  }

  @Override
  public int label() {
    return face.label();
  }

  @Override
  public String title() {
    return face.title();
  }

  @Override
  public double area() {
    return face.area();
  }

  @Override
  public boolean isStill() {
    return true;
  }

  @Override
  public SignPicture picture(int frame, List<Sticker> stickers) {
    return new SignPicture(stickers.isEmpty() ? clean : face.stick(clean, stickers));
  }
}
