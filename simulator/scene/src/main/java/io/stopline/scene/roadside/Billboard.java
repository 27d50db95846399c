package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.light.Headlights;
import io.stopline.scene.texture.Band;
import org.jspecify.annotations.Nullable;

/**
 * A plant or a wall that stands upright beside the road and always turns its picture to the camera.
 * Immutable.
 *
 * @param along of its foot, m
 * @param lateral of its foot, m
 * @param size side of its square picture, m
 * @param mirrored left for right
 */
record Billboard(Sprite sprite, double along, double lateral, double size, boolean mirrored)
    implements Standing {

  private static final int FIXED_BITS = 16;

  @Override
  public @Nullable Shown seenFrom(View view, Daylight day) {
    double[] foot = new double[3];
    double[] head = new double[3];
    if (!view.project(along, lateral, 0, foot)
        || !view.project(along, lateral, size, head)
        || foot[2] < 3
        || foot[2] > FARTHEST_METRES) {
      return null;
    }
    double side = foot[1] - head[1];
    double left = (foot[0] + head[0] - side) / 2;
    if (side < 3
        || left > view.lens().width()
        || left + side < 0
        || foot[1] < 0
        || head[1] > view.lens().height()) {
      return null;
    }
    return new Pasted(this, view, day, left, head[1], side, foot[2]);
  }

  /** The plant on one frame. */
  private static final class Pasted implements Shown {
    private final double depth;
    private final long[] texels;
    private final short[] spans;
    private final int bits;
    private final boolean mirrored;
    private final double left;
    private final double step;
    private final double headY;
    private final int firstRow;
    private final int endRow;
    private final float scale;
    private final float[] haze = new float[3];

    Pasted(
        Billboard plant,
        View view,
        Daylight day,
        double left,
        double top,
        double side,
        double depth) {
      this.depth = depth;
      this.left = left;
      this.headY = top;
      this.mirrored = plant.mirrored();
      Sprite sprite = plant.sprite();
      // What moves while the shutter is open is read from a blurrier copy.
      double off = Math.abs(left + side / 2 - view.lens().width() / 2.0) + side / 4;
      double moved = off * view.travel() / depth;
      int level = sprite.levelFor(sprite.side() / side * Math.sqrt(1 + 0.2 * moved * moved));
      bits = sprite.bits(level);
      texels = sprite.texels(level);
      spans = sprite.spans(level);
      step = (1 << bits) / side;
      firstRow = (int) Math.floor(top);
      endRow = (int) Math.ceil(top + side);
      double through = day.transmission(depth);
      scale = (float) (through * brighter(plant, view, day, depth) / (Sprite.ONE * 64));
      for (int c = 0; c < 3; c++) {
        haze[c] = (float) (day.air(c) * (1 - through));
      }
    }

    /** How many times brighter than by daylight alone the plant is in the headlights. */
    private static double brighter(Billboard plant, View view, Daylight day, double depth) {
      Headlights headlights = day.headlights();
      if (headlights == null) {
        return 1;
      }
      double right = view.toVehicle(plant.along(), plant.lateral(), 0)[0];
      float daylight = day.onSurface(new double[] {0, 0, -1}, 1)[1];
      return 1 + headlights.onWhite(right, plant.size() / 4, depth, 1) / daylight;
    }

    @Override
    public double depth() {
      return depth;
    }

    @Override
    public void paint(Band band) {
      int y0 = Math.max(firstRow, band.top());
      int y1 = Math.min(endRow, band.bottom());
      for (int y = y0; y < y1; y++) {
        row(band, y);
      }
    }

    private void row(Band band, int y) {
      int side = 1 << bits;
      double v = (y + 0.5 - headY) * step - 0.5;
      int iv = (int) Math.floor(v);
      int fv = (int) ((v - iv) * 8);
      int upper = Math.max(0, Math.min(side - 1, iv));
      int lower = Math.max(0, Math.min(side - 1, iv + 1));
      int from = Math.min(spans[2 * upper], spans[2 * lower]);
      int to = Math.max(spans[2 * upper + 1], spans[2 * lower + 1]);
      if (from >= to) {
        return;
      }
      if (mirrored) {
        int swap = side - to;
        to = side - from;
        from = swap;
      }
      int x0 = Math.max(band.left(), (int) Math.floor(left + (from - 1) / step));
      int x1 = Math.min(band.right(), (int) Math.ceil(left + (to + 1) / step));
      int turn = mirrored ? -1 : 1;
      double start = mirrored ? side - 1 - ((0.5 - left) * step - 0.5) : (0.5 - left) * step - 0.5;
      int u0 = (int) Math.round(start * (1 << FIXED_BITS));
      int du = turn * (int) Math.round(step * (1 << FIXED_BITS));
      int rowA = upper << bits;
      int rowB = lower << bits;
      float alphaScale = 1f / (Sprite.ONE * 64);
      float[] rgb = band.rgb();
      int o = band.index(x0, y);
      for (int x = x0; x < x1; x++, o += 3) {
        int u = u0 + du * x;
        int iu = u >> FIXED_BITS;
        if (iu < 0 || iu >= side - 1) {
          continue;
        }
        int fu = (u >> (FIXED_BITS - 3)) & 7;
        int d = fu * fv;
        long sum =
            texels[rowA + iu] * (64 - 8 * fu - 8 * fv + d)
                + texels[rowA + iu + 1] * (8 * fu - d)
                + texels[rowB + iu] * (8 * fv - d)
                + texels[rowB + iu + 1] * d;
        if (sum == 0) {
          continue;
        }
        float alpha = ((int) sum & 0xffff) * alphaScale;
        float rest = 1 - alpha;
        rgb[o] = rgb[o] * rest + (int) (sum >>> 48) * scale + alpha * haze[0];
        rgb[o + 1] = rgb[o + 1] * rest + ((int) (sum >>> 32) & 0xffff) * scale + alpha * haze[1];
        rgb[o + 2] = rgb[o + 2] * rest + ((int) (sum >>> 16) & 0xffff) * scale + alpha * haze[2];
      }
    }
  }
}
