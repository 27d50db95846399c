package io.stopline.campaign;

import io.stopline.scene.DriveRenderer;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;

/**
 * Whole frames as they come out of the camera's JPEG. Of a frame with something on a sign only the
 * part that this can change is rendered, and lies exactly where the JPEG would have it: blocks of a
 * JPEG do not depend on blocks beyond the next ones. Stateless.
 */
public final class FrameFilm {

  /** Blocks of a JPEG with halved colours. */
  private static final int BLOCK = 16;

  private FrameFilm() {}

  /** A frame of a drive. */
  public static Image whole(DriveRenderer drive, int frame) {
    return JpegRound.trip(drive.render(frame), drive.scenario().camera().jpegQuality());
  }

  /**
   * A frame of a drive with something on a sign, equal to the last bit to {@link #whole} of it.
   *
   * @param plain the same frame of the same drive with the clean sign, as {@link #whole} gives it
   * @param variant the drive with the alteration
   * @param sign its index in the scenario
   * @return {@code plain} where the frame shows nothing of the sign
   */
  public static Image altered(Image plain, DriveRenderer variant, int sign, int frame) {
    Region part = variant.alterable(frame, sign);
    if (part == null) {
      return plain;
    }
    int quality = variant.scenario().camera().jpegQuality();
    int width = plain.width();
    int height = plain.height();
    // Decoders smooth halved colours across a block's edge: the next blocks change as well, and
    // are right if those around them are there.
    Region blocks = grown(part, BLOCK, width, height);
    Region window = grown(part, 2 * BLOCK, width, height);
    Image seen = JpegRound.trip(variant.renderWindow(frame, window), quality);
    Image picture = plain.copy();
    for (int y = blocks.y(); y < blocks.y() + blocks.height(); y++) {
      System.arraycopy(
          seen.data(),
          seen.index(blocks.x() - window.x(), y - window.y()),
          picture.data(),
          picture.index(blocks.x(), y),
          3 * blocks.width());
    }
    return picture;
  }

  /** The blocks that a region touches, and as many more pixels around them. */
  private static Region grown(Region part, int more, int width, int height) {
    int left = Math.max(0, part.x() / BLOCK * BLOCK - more);
    int top = Math.max(0, part.y() / BLOCK * BLOCK - more);
    int right = Math.min(width, (part.x() + part.width() + BLOCK - 1) / BLOCK * BLOCK + more);
    int bottom = Math.min(height, (part.y() + part.height() + BLOCK - 1) / BLOCK * BLOCK + more);
    return new Region(left, top, right - left, bottom - top);
  }
}
