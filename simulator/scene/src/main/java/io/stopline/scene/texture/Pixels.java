package io.stopline.scene.texture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import org.jspecify.annotations.Nullable;

/**
 * Pixels of pictures in memory. {@code BufferedImage} converts them one by one; where a picture
 * holds them as they are asked for, they are copied at once. Stateless.
 */
public final class Pixels {

  private Pixels() {}

  /** Row by row, sRGB with alpha in the highest byte, not premultiplied; a copy. */
  public static int[] of(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    int[] held = held(picture);
    return held == null ? picture.getRGB(0, 0, w, h, null, 0, w) : held.clone();
  }

  /**
   * A square picture.
   *
   * @param argb as {@link #of} gives it, {@code side · side} values; copied
   */
  public static BufferedImage square(int[] argb, int side) {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    int[] held = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    System.arraycopy(argb, 0, held, 0, side * side);
    return picture;
  }

  private static int @Nullable [] held(BufferedImage picture) {
    boolean whole =
        picture.getType() == BufferedImage.TYPE_INT_ARGB
            && picture.getRaster().getParent() == null
            && picture.getRaster().getDataBuffer() instanceof DataBufferInt;
    return whole ? ((DataBufferInt) picture.getRaster().getDataBuffer()).getData() : null;
  }
}
