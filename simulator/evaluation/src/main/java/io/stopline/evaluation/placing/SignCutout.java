package io.stopline.evaluation.placing;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * A sign cut out of a photograph that it fills. Its face is what has the hue of the picture's
 * middle and is connected; the convex hull of that, a little larger for the border, is the sign.
 * Made for plates of one colour with a narrow border (stop, prohibition filled with colour,
 * mandatory). Immutable.
 */
public final class SignCutout {

  /** How much larger than its coloured face a plate is. */
  private static final double BORDER = 1.075;

  /** Hues at most so far from the middle's belong to the face, degrees. */
  private static final double HUE_TOLERANCE = 14;

  /** Colours weaker than this share of the middle's do not. */
  private static final double LEAST_CHROMA = 0.35;

  /** A face smaller than this share of the picture is no photograph of one sign. */
  private static final double LEAST_SHARE = 0.25;

  private record Point(double x, double y) {}

  private final Image photograph;
  private final List<Point> outline;

  private SignCutout(Image photograph, List<Point> outline) {
    this.photograph = photograph;
    this.outline = outline;
  }

  /**
   * Cuts a sign out.
   *
   * @param name of the photograph, for messages
   * @throws UnusableDatasetException if nothing of one colour fills the picture
   */
  public static SignCutout of(String name, Image photograph) {
    int w = photograph.width();
    int h = photograph.height();
    double[] middle = middleColour(photograph);
    boolean[] face = new boolean[w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double[] c = hueAndChroma(photograph.rgb(x, y));
        double apart = Math.abs(c[0] - middle[0]);
        face[y * w + x] =
            Math.min(apart, 360 - apart) <= HUE_TOLERANCE && c[1] >= LEAST_CHROMA * middle[1];
      }
    }
    List<Point> points = largestPart(dense(face, w, h), w, h);
    if (middle[1] < 8 || points.size() < LEAST_SHARE * w * h) {
      throw new UnusableDatasetException(
          "photograph '%s' is not filled by a sign of one colour; give pictures that are cut to the sign"
              .formatted(name));
    }
    return new SignCutout(photograph, grown(hull(points), w, h));
  }

  /** Median hue (degrees) and chroma (0..255) of the middle's coloured pixels. */
  private static double[] middleColour(Image image) {
    List<double[]> colours = new ArrayList<>();
    for (int y = image.height() / 4; y < 3 * image.height() / 4; y++) {
      for (int x = image.width() / 4; x < 3 * image.width() / 4; x++) {
        double[] c = hueAndChroma(image.rgb(x, y));
        // Turned by half a circle, so that red does not lie at both ends.
        colours.add(new double[] {(c[0] + 180) % 360, c[1]});
      }
    }
    double[] chromas = colours.stream().mapToDouble(c -> c[1]).sorted().toArray();
    double strong = chromas[chromas.length / 2];
    double[] hues =
        colours.stream().filter(c -> c[1] >= strong).mapToDouble(c -> c[0]).sorted().toArray();
    return new double[] {(hues[hues.length / 2] + 180) % 360, strong};
  }

  private static double[] hueAndChroma(int rgb) {
    int r = rgb >> 16;
    int g = rgb >> 8 & 0xff;
    int b = rgb & 0xff;
    int most = Math.max(r, Math.max(g, b));
    double chroma = most - Math.min(r, Math.min(g, b));
    double hue = 0;
    if (chroma > 0) {
      if (most == r) {
        hue = (g - b) / chroma;
      } else if (most == g) {
        hue = 2 + (b - r) / chroma;
      } else {
        hue = 4 + (r - g) / chroma;
      }
    }
    return new double[] {(60 * hue + 360) % 360, chroma};
  }

  /**
   * Without thin bridges to what has the same hue beside the sign: only where most of a square
   * around a pixel belongs to the face. Letters make holes; the hull closes them.
   */
  private static boolean[] dense(boolean[] face, int w, int h) {
    int reach = Math.max(1, Math.min(w, h) / 50);
    boolean[] dense = new boolean[face.length];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int in = 0;
        int all = 0;
        for (int v = Math.max(0, y - reach); v <= Math.min(h - 1, y + reach); v++) {
          for (int u = Math.max(0, x - reach); u <= Math.min(w - 1, x + reach); u++) {
            in += face[v * w + u] ? 1 : 0;
            all++;
          }
        }
        dense[y * w + x] = face[y * w + x] && 10 * in >= 6 * all;
      }
    }
    return dense;
  }

  /** The pixels of the largest connected part. */
  private static List<Point> largestPart(boolean[] face, int w, int h) {
    List<Point> largest = List.of();
    boolean[] seen = new boolean[w * h];
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int start = 0; start < face.length; start++) {
      if (!face[start] || seen[start]) {
        continue;
      }
      List<Point> part = new ArrayList<>();
      seen[start] = true;
      open.add(start);
      while (!open.isEmpty()) {
        int i = open.remove();
        int x = i % w;
        int y = i / w;
        part.add(new Point(x + 0.5, y + 0.5));
        int[][] neighbours = {{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}};
        for (int[] n : neighbours) {
          if (n[0] >= 0 && n[1] >= 0 && n[0] < w && n[1] < h) {
            int k = n[1] * w + n[0];
            if (face[k] && !seen[k]) {
              seen[k] = true;
              open.add(k);
            }
          }
        }
      }
      largest = part.size() > largest.size() ? part : largest;
    }
    return largest;
  }

  /** Convex hull by Andrew's monotone chain (1979). */
  private static List<Point> hull(List<Point> points) {
    List<Point> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(Point::x).thenComparingDouble(Point::y));
    List<Point> hull = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      int begin = hull.size();
      for (Point p : sorted) {
        while (hull.size() >= begin + 2 && !turnsLeft(hull, p)) {
          hull.remove(hull.size() - 1);
        }
        hull.add(p);
      }
      hull.remove(hull.size() - 1);
      Collections.reverse(sorted);
    }
    return hull;
  }

  private static boolean turnsLeft(List<Point> hull, Point p) {
    Point a = hull.get(hull.size() - 2);
    Point b = hull.get(hull.size() - 1);
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0;
  }

  private static List<Point> grown(List<Point> hull, int w, int h) {
    double cx = hull.stream().mapToDouble(Point::x).average().orElseThrow();
    double cy = hull.stream().mapToDouble(Point::y).average().orElseThrow();
    return hull.stream()
        .map(
            p ->
                new Point(
                    Math.max(0, Math.min(w, cx + BORDER * (p.x - cx))),
                    Math.max(0, Math.min(h, cy + BORDER * (p.y - cy)))))
        .toList();
  }

  /** The tight box around the sign, px of the photograph. */
  public Region box() {
    int left = (int) Math.floor(outline.stream().mapToDouble(Point::x).min().orElseThrow());
    int top = (int) Math.floor(outline.stream().mapToDouble(Point::y).min().orElseThrow());
    int right = (int) Math.ceil(outline.stream().mapToDouble(Point::x).max().orElseThrow());
    int bottom = (int) Math.ceil(outline.stream().mapToDouble(Point::y).max().orElseThrow());
    return new Region(left, top, right - left, bottom - top);
  }

  /**
   * Paints the sign into a picture, each pixel as the mean of what it covers.
   *
   * @param pixels of the picture, RGB interleaved, changed
   * @param width of the picture, px
   * @param place of the sign's box, inside the picture
   */
  void paint(byte[] pixels, int width, Region place) {
    Region box = box();
    double stepX = box.width() / (double) place.width();
    double stepY = box.height() / (double) place.height();
    int samples = Math.max(3, (int) Math.ceil(Math.max(stepX, stepY)));
    double[] sum = new double[3];
    for (int y = 0; y < place.height(); y++) {
      for (int x = 0; x < place.width(); x++) {
        Arrays.fill(sum, 0);
        int covered = 0;
        for (int sy = 0; sy < samples; sy++) {
          for (int sx = 0; sx < samples; sx++) {
            double px = box.x() + (x + (sx + 0.5) / samples) * stepX;
            double py = box.y() + (y + (sy + 0.5) / samples) * stepY;
            if (isInside(px, py)) {
              int rgb =
                  photograph.rgb(
                      Math.min(photograph.width() - 1, (int) px),
                      Math.min(photograph.height() - 1, (int) py));
              sum[0] += rgb >> 16;
              sum[1] += rgb >> 8 & 0xff;
              sum[2] += rgb & 0xff;
              covered++;
            }
          }
        }
        double share = covered / (double) (samples * samples);
        int at = 3 * ((place.y() + y) * width + place.x() + x);
        for (int c = 0; c < 3 && covered > 0; c++) {
          double there = pixels[at + c] & 0xff;
          pixels[at + c] = (byte) Math.round(there + share * (sum[c] / covered - there));
        }
      }
    }
  }

  private boolean isInside(double x, double y) {
    Point a = outline.get(outline.size() - 1);
    for (Point b : outline) {
      if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0) {
        return false;
      }
      a = b;
    }
    return true;
  }
}
