package io.stopline.scene.plane;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;

/** Draws outlines of signs. */
final class Outlines {

  private Outlines() {}

  /**
   * The filled outline, opaque on transparent.
   *
   * @param faceSide side of the unit square, px; it lies in the middle of the picture
   * @param side of the picture, px
   * @param wider by how much of the unit square the outline is grown
   */
  static BufferedImage draw(Shape outline, int faceSide, int side, double wider) {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.translate((side - faceSide) / 2, (side - faceSide) / 2);
    g.scale(faceSide, faceSide);
    g.setColor(Color.WHITE);
    g.fill(outline);
    if (wider > 0) {
      g.setStroke(
          new BasicStroke((float) (2 * wider), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      g.draw(outline);
    }
    g.dispose();
    return picture;
  }
}
