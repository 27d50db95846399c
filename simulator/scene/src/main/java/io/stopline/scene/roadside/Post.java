package io.stopline.scene.roadside;

import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.light.Headlights;
import io.stopline.scene.texture.Band;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A post or pole, upright, round or flat, of one or more colours one above the other. Immutable.
 *
 * @param halfWidth m
 * @param parts from the ground up
 * @param shading light on it from its left to its right edge
 */
record Post(double along, double lateral, double halfWidth, List<Part> parts, Shading shading)
    implements Standing {

  private static final int STRIPS = 16;

  /**
   * A length of a post in one colour.
   *
   * @param top above the road, m
   * @param albedo linear, grey
   */
  record Part(double top, double albedo) {}

  /** Light on an upright white surface in a drive's daylight; round posts bend away. */
  static final class Shading {
    private final float[] rgb = new float[3 * STRIPS];

    Shading(Daylight day, boolean round) {
      for (int i = 0; i < STRIPS; i++) {
        double across = round ? (i + 0.5) * 2 / STRIPS - 1 : 0;
        double[] normal = {across, 0, -Math.sqrt(1 - across * across)};
        float[] light = day.onSurface(normal, 1);
        System.arraycopy(light, 0, rgb, 3 * i, 3);
      }
    }
  }

  Post {
    parts = List.copyOf(parts);
  }

  private double height() {
    return parts.get(parts.size() - 1).top();
  }

  @Override
  public @Nullable Shown seenFrom(View view, Daylight day) {
    double[] foot = new double[3];
    double[] head = new double[3];
    if (!view.project(along, lateral, 0, foot)
        || !view.project(along, lateral, height(), head)
        || foot[2] < 1
        || foot[2] > FARTHEST_METRES) {
      return null;
    }
    double half = halfWidth * view.lens().focal() / foot[2];
    if (Math.max(foot[0], head[0]) + half + 3 < 0
        || Math.min(foot[0], head[0]) - half - 3 > view.lens().width()
        || foot[1] < 0
        || head[1] > view.lens().height()
        || half < 0.02) {
      return null;
    }
    return new Drawn(this, view, day, foot, head, half);
  }

  /** The post on one frame. */
  private static final class Drawn implements Shown {
    private final Post post;
    private final double[] foot;
    private final double[] head;
    private final double half;
    private final double blur;
    private final double through;
    private final float[] haze = new float[3];
    private final float[] beams = new float[3];

    Drawn(Post post, View view, Daylight day, double[] foot, double[] head, double half) {
      this.post = post;
      this.foot = foot;
      this.head = head;
      this.half = half;
      double middle = view.lens().width() / 2.0;
      // A pixel's own width, and the way that the post moves while the shutter is open.
      blur = 1 + Math.abs(foot[0] - middle) * view.travel() / foot[2];
      through = day.transmission(foot[2]);
      for (int c = 0; c < 3; c++) {
        haze[c] = (float) (day.air(c) * (1 - through));
      }
      Headlights headlights = day.headlights();
      if (headlights != null) {
        double right = view.toVehicle(post.along(), post.lateral(), 0)[0];
        for (int c = 0; c < 3; c++) {
          beams[c] = headlights.onWhite(right, post.height() / 2, foot[2], c);
        }
      }
    }

    @Override
    public double depth() {
      return foot[2];
    }

    @Override
    public void paint(Band band) {
      int y0 = Math.max(band.top(), (int) Math.floor(head[1]));
      int y1 = Math.min(band.bottom(), (int) Math.ceil(foot[1]));
      double length = Math.max(1e-6, foot[1] - head[1]);
      double reach = half + blur / 2;
      float[] rgb = band.rgb();
      float[] shades = post.shading().rgb;
      for (int y = y0; y < y1; y++) {
        double up = Math.min(y + 1, foot[1]) - Math.max(y, head[1]);
        double t = Math.max(0, Math.min(1, (foot[1] - y - 0.5) / length));
        double middle = foot[0] + (head[0] - foot[0]) * t;
        double albedo = albedo(t * post.height(), post.height() / length);
        int x0 = Math.max(band.left(), (int) Math.floor(middle - reach));
        int x1 = Math.min(band.right(), (int) Math.ceil(middle + reach));
        for (int x = x0; x < x1; x++) {
          double d = x + 0.5 - middle;
          double covered = (Math.min(d + blur / 2, half) - Math.max(d - blur / 2, -half)) / blur;
          float alpha = (float) (Math.max(0, Math.min(1, covered)) * up);
          if (alpha > 0) {
            int strip = (int) Math.max(0, Math.min(STRIPS - 1, (d / half + 1) * (STRIPS / 2)));
            int o = band.index(x, y);
            for (int c = 0; c < 3; c++) {
              float own = (float) ((shades[3 * strip + c] + beams[c]) * albedo * through) + haze[c];
              rgb[o + c] += (own - rgb[o + c]) * alpha;
            }
          }
        }
      }
    }

    /** Mean albedo around a height. */
    private double albedo(double height, double window) {
      double low = height - window / 2;
      double high = height + window / 2;
      double sum = 0;
      double from = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < post.parts().size(); i++) {
        Part part = post.parts().get(i);
        double to = i == post.parts().size() - 1 ? Double.POSITIVE_INFINITY : part.top();
        sum += part.albedo() * Math.max(0, Math.min(high, to) - Math.max(low, from));
        from = to;
      }
      return sum / window;
    }
  }
}
