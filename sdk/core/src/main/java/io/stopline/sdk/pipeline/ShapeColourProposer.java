package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds traffic signs by colour and shape alone: connected areas of red, blue or yellow whose
 * convex hull is a circle, an octagon, a triangle or a diamond, filled with that colour and with
 * white, grey or black.
 *
 * <p>Colours are measured normalised by brightness, red as (R − max(G, B)) / (R + G + B) and the
 * others alike (after Ruta, Li and Liu 2010, section 3.1), at two thresholds, so that a sign stands
 * out from a background of a paler shade. The hull closes what letters and black-and-white stickers
 * cut out; parts that a sticker cuts off altogether are put together again where the whole fits a
 * shape better. Signs without any of the three colours (ends of restrictions) are not found.
 *
 * <p>Works at a reduced scale of about 640 pixels a row; its scratch memory is kept from frame to
 * frame. Belongs to one thread.
 */
public final class ShapeColourProposer implements RegionProposer {

  private static final int RED = 1;
  private static final int BLUE = 2;
  private static final int YELLOW = 3;

  /** White, grey or black. */
  private static final int NEUTRAL = 8;

  private static final int STRONG = 4;

  private static final int WORKING_WIDTH = 640;
  private static final int MAXIMUM_PARTS = 96;
  private static final int MAXIMUM_UNIONS = 160;
  private static final int MAXIMUM_PROPOSALS = 16;
  private static final int ANGLES = 32;
  private static final double[] COS = new double[ANGLES];
  private static final double[] SIN = new double[ANGLES];

  static {
    for (int i = 0; i < ANGLES; i++) {
      double angle = 2 * Math.PI * (i + 0.5) / ANGLES;
      COS[i] = Math.cos(angle);
      SIN[i] = Math.sin(angle);
    }
  }

  /** Outlines in a box of −1..1; a square is here so that it is not taken for a circle. */
  private static final class Shape {
    static final Shape CIRCLE = new Shape((c, s) -> 1);
    static final Shape OCTAGON =
        new Shape((c, s) -> 1 / Math.max(Math.max(c, s), (c + s) * Math.sqrt(0.5)));
    static final Shape TRIANGLE_UP = new Shape(new double[][] {{0, -1}, {1, 1}, {-1, 1}});
    static final Shape TRIANGLE_DOWN = new Shape(new double[][] {{-1, -1}, {1, -1}, {0, 1}});
    static final Shape DIAMOND = new Shape((c, s) -> 1 / (c + s));
    static final Shape SQUARE = new Shape((c, s) -> 1 / Math.max(c, s));
    static final List<Shape> ROUND_OR_SQUARE = List.of(CIRCLE, OCTAGON, DIAMOND, SQUARE);

    /** Distance of the outline from the middle, by angle. */
    final double[] outline = new double[ANGLES];

    /**
     * @param distance from |cos| and |sin| of the angle
     */
    Shape(DoubleBinaryOperator distance) {
      for (int i = 0; i < ANGLES; i++) {
        outline[i] = distance.applyAsDouble(Math.abs(COS[i]), Math.abs(SIN[i]));
      }
    }

    Shape(double[][] corners) {
      for (int i = 0; i < ANGLES; i++) {
        outline[i] = reach(corners, corners.length, 0, 0, COS[i], SIN[i]);
      }
    }
  }

  private final int minimumSide;
  private final double maximumSideFraction;

  private byte[] classes = new byte[0];
  // Runs of one colour in a row: where, of which area, and (at an area's root) the area's measures.
  private int runs;
  private int[] runRow = new int[0];
  private int[] runStart = new int[0];
  private int[] runEnd = new int[0];
  private int[] runColour = new int[0];
  private int[] parent = new int[0];
  private int[] runRoot = new int[0];
  private int[] runNext = new int[0];
  private int[] lastOf = new int[0];
  private int[] areaOf = new int[0];
  private int[] leftOf = new int[0];
  private int[] rightOf = new int[0];
  private int[] bottomOf = new int[0];
  private double[][] points = new double[0][];
  private double[] spanLow = new double[0];
  private double[] spanHigh = new double[0];
  private int width;
  private int height;
  private int scale;

  /** Signs from 15 px (the smallest that the usual data sets have) up to the whole frame. */
  public ShapeColourProposer() {
    this(15, 1);
  }

  /**
   * @param minimumSide shortest side of a sign that is looked for, px of the frame, at least 8
   * @param maximumSideFraction longest side, as a part of the frame's shorter side, in (0, 1]
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ShapeColourProposer(int minimumSide, double maximumSideFraction) {
    if (minimumSide < 8) {
      throw new IllegalArgumentException(
          "region proposer: minimumSide is " + minimumSide + " px; it must be at least 8");
    }
    if (!(maximumSideFraction > 0 && maximumSideFraction <= 1)) {
      throw new IllegalArgumentException(
          "region proposer: maximumSideFraction is "
              + maximumSideFraction
              + "; it must be above 0 and at most 1");
    }
    this.minimumSide = minimumSide;
    this.maximumSideFraction = maximumSideFraction;
  }

  @Override
  public List<Detection> propose(Image image) {
    scale = Math.max(1, (int) Math.round(image.width() / (double) WORKING_WIDTH));
    width = image.width() / scale;
    height = image.height() / scale;
    if (Math.min(width, height) * scale < minimumSide) {
      return new ArrayList<>();
    }
    reserve();
    classify(image);
    List<Candidate> candidates = new ArrayList<>();
    for (int level = 0; level < 2; level++) {
      boolean strong = level == 1;
      label(strong);
      for (int colour = RED; colour <= YELLOW; colour++) {
        candidatesOf(colour, strong, candidates);
      }
    }
    return suppress(candidates, image);
  }

  private void reserve() {
    int n = width * height;
    if (classes.length < n) {
      classes = new byte[n];
    }
    if (spanLow.length < height) {
      spanLow = new double[height];
      spanHigh = new double[height];
      points = new double[2 * height + 8][2];
    }
  }

  /** Names the colour of each pixel of the reduced image. */
  private void classify(Image image) {
    byte[] data = image.data();
    int stride = image.rowStride();
    int k = scale;
    int out = 0;
    int area = k * k;
    for (int y = 0; y < height; y++) {
      int row = image.index(0, y * k);
      for (int x = 0; x < width; x++, row += 3 * k) {
        int r;
        int g;
        int b;
        if (k == 2) {
          int below = row + stride;
          r =
              (data[row] & 0xff)
                  + (data[row + 3] & 0xff)
                  + (data[below] & 0xff)
                  + (data[below + 3] & 0xff);
          g =
              (data[row + 1] & 0xff)
                  + (data[row + 4] & 0xff)
                  + (data[below + 1] & 0xff)
                  + (data[below + 4] & 0xff);
          b =
              (data[row + 2] & 0xff)
                  + (data[row + 5] & 0xff)
                  + (data[below + 2] & 0xff)
                  + (data[below + 5] & 0xff);
        } else {
          r = 0;
          g = 0;
          b = 0;
          for (int dy = 0; dy < k; dy++) {
            int i = row + dy * stride;
            for (int dx = 0; dx < k; dx++, i += 3) {
              r += data[i] & 0xff;
              g += data[i + 1] & 0xff;
              b += data[i + 2] & 0xff;
            }
          }
        }
        classes[out++] = (byte) classOf(r, g, b, area);
      }
    }
  }

  /** Class of a pixel from sums over {@code area} pixels. */
  private static int classOf(int r, int g, int b, int area) {
    int max = Math.max(r, Math.max(g, b));
    int min = Math.min(r, Math.min(g, b));
    int chroma = max - min;
    int sum = r + g + b;
    if (chroma > 14 * area && sum > 60 * area) {
      if (max == r) {
        int red = r - Math.max(g, b);
        int yellow = g - b;
        // Red where red stands out alone, yellow where red and green stand out together.
        if (red >= yellow) {
          if (100 * red > 6 * sum) {
            return 100 * red > 19 * sum ? RED | STRONG : RED;
          }
        } else if (100 * yellow > 14 * sum) {
          return 100 * yellow > 26 * sum ? YELLOW | STRONG : YELLOW;
        }
      } else if (max == b) {
        int blue = b - Math.max(r, g);
        if (100 * blue > 7 * sum) {
          return 100 * blue > 16 * sum ? BLUE | STRONG : BLUE;
        }
      }
    }
    return 4 * chroma <= max + 60 * area ? NEUTRAL : 0;
  }

  private void candidatesOf(int colour, boolean strong, List<Candidate> into) {
    List<Part> parts = parts(colour);
    int tried = 0;
    List<Part> unions = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      List<Part> base = round == 0 ? parts : unions;
      List<Part> next = new ArrayList<>();
      for (int i = 0; i < base.size() && tried < MAXIMUM_UNIONS; i++) {
        for (int j = round == 0 ? i + 1 : 0; j < parts.size() && tried < MAXIMUM_UNIONS; j++) {
          Part a = base.get(i);
          Part b = parts.get(j);
          if (a.mayBelongTo(b) && !contains(a, b)) {
            tried++;
            next.add(union(a, b));
          }
        }
      }
      if (round == 0) {
        unions = next;
        for (Part p : parts) {
          judge(p, colour, strong, 1, into);
        }
      }
      for (Part p : next) {
        judge(p, colour, strong, 0.8, into);
      }
    }
  }

  /**
   * Cuts the rows into runs of one colour and joins runs that touch, corners included, by
   * union-find. Each run then knows its root and the next run of the same area.
   */
  private void label(boolean strong) {
    runs = 0;
    int above = 0;
    for (int y = 0; y < height; y++) {
      int current = runs;
      int row = y * width;
      int x = 0;
      int candidate = above;
      while (x < width) {
        int colour = key(classes[row + x], strong);
        if (colour == 0) {
          x++;
          continue;
        }
        int from = x;
        do {
          x++;
        } while (x < width && key(classes[row + x], strong) == colour);
        int run = addRun(y, from, x, colour);
        while (candidate < current && runEnd[candidate] < from) {
          candidate++;
        }
        for (int i = candidate; i < current && runStart[i] <= x; i++) {
          if (runColour[i] == colour) {
            join(i, run);
          }
        }
      }
      above = current;
    }
    for (int i = 0; i < runs; i++) {
      int root = find(i);
      runRoot[i] = root;
      runNext[i] = -1;
      if (root == i) {
        areaOf[i] = 0;
        leftOf[i] = width;
        rightOf[i] = 0;
        bottomOf[i] = 0;
      } else {
        runNext[lastOf[root]] = i;
      }
      lastOf[root] = i;
      areaOf[root] += runEnd[i] - runStart[i];
      leftOf[root] = Math.min(leftOf[root], runStart[i]);
      rightOf[root] = Math.max(rightOf[root], runEnd[i]);
      bottomOf[root] = runRow[i] + 1;
    }
  }

  private static int key(int pixel, boolean strong) {
    return strong && (pixel & STRONG) == 0 ? 0 : pixel & 3;
  }

  private int addRun(int row, int from, int to, int colour) {
    if (runs == runRow.length) {
      int more = Math.max(4096, 2 * runs);
      runRow = Arrays.copyOf(runRow, more);
      runStart = Arrays.copyOf(runStart, more);
      runEnd = Arrays.copyOf(runEnd, more);
      runColour = Arrays.copyOf(runColour, more);
      parent = Arrays.copyOf(parent, more);
      runRoot = Arrays.copyOf(runRoot, more);
      runNext = Arrays.copyOf(runNext, more);
      lastOf = Arrays.copyOf(lastOf, more);
      areaOf = Arrays.copyOf(areaOf, more);
      leftOf = Arrays.copyOf(leftOf, more);
      rightOf = Arrays.copyOf(rightOf, more);
      bottomOf = Arrays.copyOf(bottomOf, more);
    }
    runRow[runs] = row;
    runStart[runs] = from;
    runEnd[runs] = to;
    runColour[runs] = colour;
    parent[runs] = runs;
    return runs++;
  }

  private int find(int run) {
    int r = run;
    while (parent[r] != r) {
      parent[r] = parent[parent[r]];
      r = parent[r];
    }
    return r;
  }

  /** The earlier run becomes the root, so that a root is its area's first run. */
  private void join(int a, int b) {
    int ra = find(a);
    int rb = find(b);
    parent[Math.max(ra, rb)] = Math.min(ra, rb);
  }

  /** Connected areas, largest first, without those that are far too small or too large. */
  private List<Part> parts(int colour) {
    double longest = maximumSideFraction * Math.min(width, height) + 1;
    int shortest = Math.max(3, minimumSide / scale / 3);
    List<Part> parts = new ArrayList<>();
    for (int root = 0; root < runs; root++) {
      if (runRoot[root] != root || runColour[root] != colour) {
        continue;
      }
      int w = rightOf[root] - leftOf[root];
      int h = bottomOf[root] - runRow[root];
      if (Math.max(w, h) >= shortest && areaOf[root] >= shortest && w <= longest && h <= longest) {
        parts.add(
            new Part(
                leftOf[root],
                runRow[root],
                rightOf[root],
                bottomOf[root],
                areaOf[root],
                hullOfRuns(root)));
      }
    }
    if (parts.size() > 1) {
      parts.sort(Comparator.comparingInt((Part p) -> -p.area));
    }
    return parts.size() > MAXIMUM_PARTS ? new ArrayList<>(parts.subList(0, MAXIMUM_PARTS)) : parts;
  }

  private double[][] hullOfRuns(int root) {
    int n = 0;
    int run = root;
    while (run >= 0) {
      int row = runRow[run];
      int low = runStart[run];
      int high = runEnd[run];
      for (run = runNext[run]; run >= 0 && runRow[run] == row; run = runNext[run]) {
        high = runEnd[run];
      }
      if (n == 0) {
        n = point(n, low, row);
        n = point(n, high, row);
      }
      n = point(n, low, row + 0.5);
      n = point(n, high, row + 0.5);
      if (run < 0) {
        n = point(n, low, row + 1);
        n = point(n, high, row + 1);
      }
    }
    return hull(points, n);
  }

  private int point(int n, double x, double y) {
    points[n][0] = x;
    points[n][1] = y;
    return n + 1;
  }

  /** Andrew's monotone chain over points in order of y, then x. */
  private static double[][] hull(double[][] p, int n) {
    double[][] h = new double[2 * n][];
    int k = 0;
    for (int i = 0; i < n; i++) {
      while (k >= 2 && cross(h[k - 2], h[k - 1], p[i]) <= 0) {
        k--;
      }
      h[k++] = p[i];
    }
    int lower = k + 1;
    for (int i = n - 2; i >= 0; i--) {
      while (k >= lower && cross(h[k - 2], h[k - 1], p[i]) <= 0) {
        k--;
      }
      h[k++] = p[i];
    }
    double[][] copy = new double[k - 1][];
    for (int i = 0; i < k - 1; i++) {
      copy[i] = h[i].clone();
    }
    return copy;
  }

  private static double cross(double[] o, double[] a, double[] b) {
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  }

  private static boolean contains(Part outer, Part inner) {
    return inner.left >= outer.left
        && inner.top >= outer.top
        && inner.right <= outer.right
        && inner.bottom <= outer.bottom;
  }

  private static Part union(Part a, Part b) {
    double[][] all = new double[a.hull.length + b.hull.length][];
    System.arraycopy(a.hull, 0, all, 0, a.hull.length);
    System.arraycopy(b.hull, 0, all, a.hull.length, b.hull.length);
    Arrays.sort(
        all, Comparator.comparingDouble((double[] p) -> p[1]).thenComparingDouble(p -> p[0]));
    return new Part(
        Math.min(a.left, b.left),
        Math.min(a.top, b.top),
        Math.max(a.right, b.right),
        Math.max(a.bottom, b.bottom),
        a.area + b.area,
        hull(all, all.length));
  }

  /** Adds the part as a candidate if its hull is a sign's outline and its inside a sign's face. */
  private void judge(Part part, int colour, boolean strong, double weight, List<Candidate> into) {
    double w = part.right - part.left;
    double h = part.bottom - part.top;
    double size = Math.min(w, h);
    double aspect = w / h;
    // A pale spot of a few pixels is anything; a pale sign is looked for when it is nearer.
    double shortest = minimumSide * (strong ? 1 : 1.6);
    if (Math.max(w, h) * scale < shortest
        || size * scale < 0.65 * shortest
        || w > maximumSideFraction * Math.min(width, height) + 1
        || h > maximumSideFraction * Math.min(width, height) + 1
        || aspect < (size > 20 ? 0.5 : 0.65)
        || aspect > 1.5) {
      return;
    }
    Shape best = Shape.SQUARE;
    double bestError = Double.POSITIVE_INFINITY;
    double cx = part.left + w / 2;
    double cy = part.top + h / 2;
    double[] profile = new double[ANGLES];
    for (int i = 0; i < ANGLES; i++) {
      profile[i] = reach(part.hull, part.hull.length, cx, cy, COS[i] * w / 2, SIN[i] * h / 2);
    }
    for (Shape s : Shape.ROUND_OR_SQUARE) {
      if (!fits(s, colour) && s != Shape.SQUARE) {
        continue;
      }
      double[] template = s.outline;
      double error = 0;
      for (int i = 0; i < ANGLES; i++) {
        error += Math.abs(profile[i] - template[i]) / template[i];
      }
      error /= ANGLES;
      if (error < bestError) {
        bestError = error;
        best = s;
      }
    }
    if (colour == RED) {
      Shape triangle = triangle(part);
      if (triangle != null) {
        best = triangle;
        bestError = 0;
      }
    }
    // Pixels are coarse on a small sign, and sharp corners suffer most.
    double tolerance = 0.08 + (best == Shape.CIRCLE || best == Shape.OCTAGON ? 0.25 : 0.7) / size;
    if (best == Shape.SQUARE || bestError > tolerance) {
      return;
    }
    fillSpans(part);
    int inside = 0;
    int coloured = 0;
    int neutral = 0;
    int edges = 0;
    int reached = 0;
    double near = 1.2 + 0.04 * size;
    for (int y = part.top; y < part.bottom; y++) {
      int from = Math.max(part.left, (int) Math.ceil(spanLow[y] - 0.5));
      int to = Math.min(part.right, (int) Math.floor(spanHigh[y] + 0.5));
      int first = to;
      int last = from - 1;
      for (int x = from; x < to; x++) {
        int pixel = classes[y * width + x];
        inside++;
        if ((pixel & NEUTRAL) != 0) {
          neutral++;
        } else if ((pixel & 3) == colour) {
          coloured++;
          first = Math.min(first, x);
          last = x;
        }
      }
      edges += 2;
      reached += (first - spanLow[y] <= near ? 1 : 0) + (spanHigh[y] - last - 1 <= near ? 1 : 0);
    }
    // A sign's edge is the edge of its colour; only stickers and the ragged shapes of leaves and
    // clouds leave gaps between the two.
    if (inside == 0 || reached < 0.7 * edges || isSurrounded(part, colour, strong, best)) {
      return;
    }
    double colouredShare = coloured / (double) inside;
    double faceShare = (coloured + neutral) / (double) inside;
    if (colouredShare < leastShare(colour) || faceShare < 0.8) {
      return;
    }
    double score =
        weight
            * (1 - 0.5 * bestError / tolerance)
            * faceShare
            * (1 - 2 / (size + 2))
            * (strong ? 1 : 0.95);
    into.add(new Candidate(part.left, part.top, part.right, part.bottom, colour, score));
  }

  /** Whether the same colour goes on outside the outline: then it is no sign's edge. */
  private boolean isSurrounded(Part part, int colour, boolean strong, Shape shape) {
    double cx = (part.left + part.right) / 2.0;
    double cy = (part.top + part.bottom) / 2.0;
    double rx = (part.right - part.left) / 2.0;
    double ry = (part.bottom - part.top) / 2.0;
    double gap = Math.max(2, 0.15 * Math.min(rx, ry));
    int same = 0;
    for (int i = 0; i < ANGLES; i++) {
      int x = (int) Math.floor(cx + shape.outline[i] * COS[i] * (rx + gap));
      int y = (int) Math.floor(cy + shape.outline[i] * SIN[i] * (ry + gap));
      if (x >= 0 && y >= 0 && x < width && y < height) {
        same += key(classes[y * width + x], strong) == colour ? 1 : 0;
      }
    }
    return same > 0.2 * ANGLES;
  }

  private static boolean fits(Shape shape, int colour) {
    return switch (colour) {
      case RED -> shape != Shape.DIAMOND;
      case BLUE -> shape == Shape.CIRCLE || shape == Shape.OCTAGON;
      default -> shape == Shape.DIAMOND;
    };
  }

  private static double leastShare(int colour) {
    return switch (colour) {
      case RED -> 0.2; // a ring or a frame around white
      case BLUE -> 0.35;
      default -> 0.45;
    };
  }

  /**
   * Which triangle the hull is, if it is one: the largest triangle in it fills most of it (of a
   * disc 0.41, of a square half) and has a level side above or below the third corner. The corners
   * of a triangle are the first that blur and distance take, so its outline is no good measure.
   */
  private static @Nullable Shape triangle(Part part) {
    double[][] h = part.hull;
    int n = h.length;
    double largest = 0;
    int a = 0;
    int b = 0;
    int c = 0;
    for (int i = 0; i < n; i++) {
      int k = i + 2;
      for (int j = i + 1; j < n - 1; j++) {
        // For fixed i and j the area rises to the best third corner and falls after it.
        k = Math.max(k, j + 1);
        double area = cross(h[i], h[j], h[k]);
        while (k + 1 < n && cross(h[i], h[j], h[k + 1]) >= area) {
          k++;
          area = cross(h[i], h[j], h[k]);
        }
        if (area > largest) {
          largest = area;
          a = i;
          b = j;
          c = k;
        }
      }
    }
    double whole = 0;
    for (int i = 1; i + 1 < n; i++) {
      whole += cross(h[0], h[i], h[i + 1]);
    }
    if (largest < 0.74 * whole) {
      return null;
    }
    double[][] corners = {h[a], h[b], h[c]};
    for (int i = 0; i < 3; i++) {
      double[] p = corners[i];
      double[] q = corners[(i + 1) % 3];
      double[] tip = corners[(i + 2) % 3];
      double level = Math.abs(q[1] - p[1]) / Math.max(1e-9, Math.abs(q[0] - p[0]));
      double middle = (p[0] + q[0]) / 2;
      double side = Math.abs(q[0] - p[0]);
      if (level < 0.25 && Math.abs(tip[0] - middle) < 0.2 * side) {
        return tip[1] > (p[1] + q[1]) / 2 ? Shape.TRIANGLE_DOWN : Shape.TRIANGLE_UP;
      }
    }
    return null;
  }

  /** Left and right end of the hull in each of its rows. */
  private void fillSpans(Part part) {
    for (int y = part.top; y < part.bottom; y++) {
      spanLow[y] = Double.POSITIVE_INFINITY;
      spanHigh[y] = Double.NEGATIVE_INFINITY;
    }
    int n = part.hull.length;
    for (int i = 0; i < n; i++) {
      double[] a = part.hull[i];
      double[] b = part.hull[(i + 1) % n];
      double low = Math.min(a[1], b[1]);
      double high = Math.max(a[1], b[1]);
      int from = Math.max(part.top, (int) Math.ceil(low - 0.5));
      int to = Math.min(part.bottom - 1, (int) Math.floor(high - 0.5));
      for (int y = from; y <= to; y++) {
        double t = high == low ? 0 : (y + 0.5 - a[1]) / (b[1] - a[1]);
        double x = a[0] + t * (b[0] - a[0]);
        spanLow[y] = Math.min(spanLow[y], x);
        spanHigh[y] = Math.max(spanHigh[y], x);
      }
    }
  }

  /** How far a ray from a point runs inside a convex polygon, in lengths of its direction. */
  private static double reach(double[][] hull, int n, double cx, double cy, double dx, double dy) {
    double best = 0;
    for (int i = 0; i < n; i++) {
      double[] a = hull[i];
      double[] b = hull[(i + 1) % n];
      double ex = b[0] - a[0];
      double ey = b[1] - a[1];
      double det = dx * ey - dy * ex;
      if (Math.abs(det) < 1e-12) {
        continue;
      }
      double ax = a[0] - cx;
      double ay = a[1] - cy;
      double t = (ax * ey - ay * ex) / det;
      double u = (ax * dy - ay * dx) / det;
      if (t > best && u >= -1e-9 && u <= 1 + 1e-9) {
        best = t;
      }
    }
    return best;
  }

  /** Best first; of candidates on one place the best stays, or the one that holds the others. */
  private List<Detection> suppress(List<Candidate> candidates, Image image) {
    candidates.sort(Comparator.comparingDouble((Candidate c) -> -c.score));
    List<Candidate> kept = new ArrayList<>();
    for (Candidate c : candidates) {
      boolean free = true;
      for (int i = 0; i < kept.size() && free; i++) {
        Candidate k = kept.get(i);
        double common = common(c, k);
        if (common > 0.6 * k.area() && c.area() > 1.3 * k.area() && c.score > 0.75 * k.score) {
          // A ring and the figure in it, a sign and a part of it: the whole is meant.
          kept.remove(i--);
        } else if (common > 0.3 * Math.min(c.area(), k.area())) {
          free = false;
        }
      }
      if (free) {
        kept.add(c);
      }
    }
    List<Detection> detections = new ArrayList<>();
    for (Candidate c : kept) {
      if (detections.size() == MAXIMUM_PROPOSALS) {
        break;
      }
      // How well a shape fits is no probability; colour and shape know none.
      detections.add(new Detection(region(c, image), 0, 1));
    }
    return detections;
  }

  private static double common(Candidate a, Candidate b) {
    double w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    double h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return w > 0 && h > 0 ? w * h : 0;
  }

  /** The sign with the margin that classifiers of cut-out signs are used to. */
  private Region region(Candidate c, Image image) {
    double w = (c.right - c.left) * (double) scale;
    double h = (c.bottom - c.top) * (double) scale;
    double rim = c.colour == YELLOW && hasWhiteRim(c) ? 0.24 : 0;
    // A tenth of the side, but at least 5 px, as in the German benchmark's pictures.
    double mx = rim * w + Math.max(0.1 * w * (1 + 2 * rim), 5);
    double my = rim * h + Math.max(0.1 * h * (1 + 2 * rim), 5);
    int left = (int) Math.max(0, Math.round(c.left * (double) scale - mx));
    int top = (int) Math.max(0, Math.round(c.top * (double) scale - my));
    int right = (int) Math.min(image.width(), Math.round(c.right * (double) scale + mx));
    int bottom = (int) Math.min(image.height(), Math.round(c.bottom * (double) scale + my));
    return new Region(left, top, right - left, bottom - top);
  }

  /** Whether a yellow diamond stands in a white one, as that of a priority road does. */
  private boolean hasWhiteRim(Candidate c) {
    double cx = (c.left + c.right) / 2.0;
    double cy = (c.top + c.bottom) / 2.0;
    int neutral = 0;
    int looked = 0;
    for (int i = 0; i < ANGLES; i++) {
      double r = 1.22 * Shape.DIAMOND.outline[i];
      int x = (int) Math.floor(cx + r * COS[i] * (c.right - c.left) / 2);
      int y = (int) Math.floor(cy + r * SIN[i] * (c.bottom - c.top) / 2);
      if (x >= 0 && y >= 0 && x < width && y < height) {
        looked++;
        neutral += (classes[y * width + x] & NEUTRAL) != 0 ? 1 : 0;
      }
    }
    return looked > ANGLES / 2 && neutral > 0.7 * looked;
  }

  /** A connected area, or several taken together; edges in reduced pixels, far ones exclusive. */
  private static final class Part {
    final int left;
    final int top;
    final int right;
    final int bottom;
    final int area;
    final double[][] hull;

    Part(int left, int top, int right, int bottom, int area, double[][] hull) {
      this.left = left;
      this.top = top;
      this.right = right;
      this.bottom = bottom;
      this.area = area;
      this.hull = hull;
    }

    /** Whether this and another part may be pieces of one sign: near, and together not oblong. */
    boolean mayBelongTo(Part o) {
      int w = Math.max(right, o.right) - Math.min(left, o.left);
      int h = Math.max(bottom, o.bottom) - Math.min(top, o.top);
      int longer = Math.max(w, h);
      if (longer > 1.8 * Math.min(w, h)
          || Math.max(right - left, bottom - top) < 0.3 * longer
          || Math.max(o.right - o.left, o.bottom - o.top) < 0.3 * longer
          || area + o.area < 0.15 * w * h) {
        return false;
      }
      int gapX = Math.max(0, Math.max(left, o.left) - Math.min(right, o.right));
      int gapY = Math.max(0, Math.max(top, o.top) - Math.min(bottom, o.bottom));
      return Math.max(gapX, gapY) <= 0.35 * longer;
    }
  }

  /** A part that looks like a sign. */
  private record Candidate(int left, int top, int right, int bottom, int colour, double score) {
    double area() {
      return (double) (right - left) * (bottom - top);
    }
  }
}
