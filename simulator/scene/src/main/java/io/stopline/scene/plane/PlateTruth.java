package io.stopline.scene.plane;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Pixel;
import io.stopline.sdk.image.Region;
import java.awt.geom.Area;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures where a sign falls on the picture. */
public final class PlateTruth {

  private PlateTruth() {}

  /** The square around the face: top left, top right, bottom right, bottom left, px. */
  public static List<Pixel> corners(PlateView view) {
    return List.of(view.pixel(0, 0), view.pixel(1, 0), view.pixel(1, 1), view.pixel(0, 1));
  }

  /** Left, top, right and bottom of the outline, px, not clipped. */
  public static double[] extent(PlateView view) {
    double[] box = {
      Double.POSITIVE_INFINITY,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (Point2D.Double p : view.plate().edge()) {
      Pixel q = view.pixel(p.x, p.y);
      box[0] = Math.min(box[0], q.x());
      box[1] = Math.min(box[1], q.y());
      box[2] = Math.max(box[2], q.x());
      box[3] = Math.max(box[3], q.y());
    }
    return box;
  }

  /** The pixels that an extent touches, clipped to the picture; null if there is none. */
  public static @Nullable Region box(double[] extent, Lens lens) {
    int left = (int) Math.max(0, Math.floor(extent[0]));
    int top = (int) Math.max(0, Math.floor(extent[1]));
    int right = (int) Math.min(lens.width(), Math.ceil(extent[2]));
    int bottom = (int) Math.min(lens.height(), Math.ceil(extent[3]));
    return right > left && bottom > top ? new Region(left, top, right - left, bottom - top) : null;
  }

  /** The outline as closed polygons, px, clipped to the picture; none where nothing is left. */
  public static List<List<Pixel>> outline(PlateView view, Lens lens) {
    Area area = new Area(silhouette(view));
    area.intersect(new Area(new Rectangle2D.Double(0, 0, lens.width(), lens.height())));
    List<List<Pixel>> polygons = new ArrayList<>();
    double[] point = new double[6];
    for (PathIterator p = area.getPathIterator(null); !p.isDone(); p.next()) {
      int kind = p.currentSegment(point);
      if (kind == PathIterator.SEG_MOVETO) {
        polygons.add(new ArrayList<>());
      }
      if (kind != PathIterator.SEG_CLOSE) {
        polygons.get(polygons.size() - 1).add(new Pixel(point[0], point[1]));
      }
    }
    return polygons.stream().map(PlateTruth::open).filter(polygon -> polygon.size() >= 3).toList();
  }

  /** Without a last corner that is the first one again. */
  private static List<Pixel> open(List<Pixel> polygon) {
    int last = polygon.size() - 1;
    return List.copyOf(
        last > 0 && polygon.get(last).equals(polygon.get(0)) ? polygon.subList(0, last) : polygon);
  }

  /** Share of a face that lies within the picture and behind none of the nearer signs. */
  public static double visibleShare(PlateView view, List<PlateView> nearer, Lens lens) {
    List<Path2D> screens = nearer.stream().map(PlateTruth::silhouette).toList();
    int visible = 0;
    for (Point2D.Double p : view.plate().probes()) {
      Pixel q = view.pixel(p.x, p.y);
      boolean within = q.x() >= 0 && q.y() >= 0 && q.x() < lens.width() && q.y() < lens.height();
      if (within && screens.stream().noneMatch(s -> s.contains(q.x(), q.y()))) {
        visible++;
      }
    }
    return visible / (double) Math.max(1, view.plate().probes().size());
  }

  private static Path2D silhouette(PlateView view) {
    Path2D path = new Path2D.Double();
    for (Point2D.Double p : view.plate().edge()) {
      Pixel q = view.pixel(p.x, p.y);
      if (path.getCurrentPoint() == null) {
        path.moveTo(q.x(), q.y());
      } else {
        path.lineTo(q.x(), q.y());
      }
    }
    path.closePath();
    return path;
  }
}
