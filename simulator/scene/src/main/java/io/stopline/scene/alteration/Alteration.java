package io.stopline.scene.alteration;

import java.nio.file.Path;
import java.util.List;

/**
 * Something on a sign's face. Coordinates are shares of the square around the sign: x from 0 (left)
 * to 1 (right), y from 0 (top) to 1 (bottom). What hangs over the sign's outline is cut off.
 */
public sealed interface Alteration {

  /** A point on the face. */
  record Point(double x, double y) {}

  /**
   * Black and white rectangles of adhesive film (Eykholt et al. 2018, section 4).
   *
   * @param pieces in the order in which they were put on
   */
  record Stickers(List<Sticker> pieces) implements Alteration {
    public Stickers {
      pieces = List.copyOf(pieces);
    }
  }

  /**
   * One rectangle.
   *
   * @param x of its centre
   * @param y of its centre
   * @param rotationDegrees clockwise
   * @param white or else black
   */
  record Sticker(
      double x, double y, double width, double height, double rotationDegrees, boolean white) {}

  /**
   * Strokes of a spray can.
   *
   * @param strokes in the order in which they were sprayed
   */
  record Graffiti(List<Stroke> strokes) implements Alteration {
    public Graffiti {
      strokes = List.copyOf(strokes);
    }
  }

  /**
   * One stroke through points.
   *
   * @param width of the line
   * @param rgb its colour, 0xRRGGBB (sRGB)
   * @param opacity 0..1
   */
  record Stroke(List<Point> points, double width, int rgb, double opacity) {
    public Stroke {
      points = List.copyOf(points);
    }
  }

  /**
   * Shadows of something between sun and sign (Zhong et al. 2022).
   *
   * @param polygons each of at least 3 points; they may reach beyond the face
   * @param darkness share of the light taken away, 0..1
   * @param softness width of the half-shadow
   */
  record Shadow(List<List<Point>> polygons, double darkness, double softness)
      implements Alteration {
    public Shadow {
      polygons = polygons.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A printed sheet.
   *
   * @param x of its centre
   * @param y of its centre
   * @param width of the sheet
   * @param height of the sheet
   * @param image PNG, JPEG or SVG file that is printed on it, stretched to the sheet
   */
  record Poster(double x, double y, double width, double height, double rotationDegrees, Path image)
      implements Alteration {}
}
