package io.stopline.studio.demo;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A sign's face in several sizes, each half of the one before, so that it can be shown smoothly.
 */
public final class SignPicture {

  private final List<BufferedImage> levels = new ArrayList<>();

  /**
   * @param face square, with alpha
   */
  public SignPicture(BufferedImage face) {
    levels.add(face);
    BufferedImage last = face;
    while (last.getWidth() >= 32) {
      int side = last.getWidth() / 2;
      BufferedImage half = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
      Graphics2D g = half.createGraphics();
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.drawImage(last, 0, 0, side, side, null);
      g.dispose();
      levels.add(half);
      last = half;
    }
  }

  /** The level that is at least as large as asked, or the largest. */
  BufferedImage near(double size) {
    BufferedImage best = levels.get(0);
    for (BufferedImage level : levels) {
      if (level.getWidth() >= size) {
        best = level;
      }
    }
    return best;
  }
}
