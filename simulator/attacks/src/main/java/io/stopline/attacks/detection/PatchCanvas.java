package io.stopline.attacks.detection;

import io.stopline.attacks.detection.PatchConditions.Appearance;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.List;

/**
 * Paints patches into a window of a frame, and goes back. A patch is a grid of texels; what a pixel
 * of the frame gets of it is the mean over the area that they share, so that patches may lie
 * between pixels and have any size. Texels of several patches stand one behind the other, HWC,
 * 0..1. Belongs to one thread.
 */
final class PatchCanvas {
  private static final int CHANNELS = 3;

  private final Image frame;
  private final Region window;
  private final List<Region> sites;
  private final List<Region> texels;
  private final float[] unaltered;
  private final int values;

  /**
   * @param sites where the patches are in this frame
   * @param texels whose width and height say how many texels each has
   * @throws IllegalArgumentException if they are not as many, or a site is not inside the window
   */
  PatchCanvas(Image frame, Region window, List<Region> sites, List<Region> texels) {
    if (sites.size() != texels.size() || sites.isEmpty()) {
      throw new IllegalArgumentException(
          "%d patches in a frame, %d elsewhere; each needs one place in each frame"
              .formatted(sites.size(), texels.size()));
    }
    for (Region site : sites) {
      if (site.x() < window.x()
          || site.y() < window.y()
          || site.x() + site.width() > window.x() + window.width()
          || site.y() + site.height() > window.y() + window.height()) {
        throw new IllegalArgumentException(
            "patch at %s is not inside the window %s".formatted(site, window));
      }
    }
    this.frame = frame;
    this.window = window;
    this.sites = List.copyOf(sites);
    this.texels = List.copyOf(texels);
    this.values = values(texels);
    this.unaltered = new float[CHANNELS * window.width() * window.height()];
    for (int y = 0; y < window.height(); y++) {
      int from = frame.index(window.x(), window.y() + y);
      for (int i = 0; i < CHANNELS * window.width(); i++) {
        unaltered[CHANNELS * y * window.width() + i] = (frame.data()[from + i] & 0xff) / 255f;
      }
    }
  }

  /** Values of all texels. */
  static int values(List<Region> texels) {
    return Math.toIntExact(CHANNELS * PatchSites.area(texels));
  }

  /** Values of the window. */
  int size() {
    return unaltered.length;
  }

  int values() {
    return values;
  }

  /** The window as it is without patches. */
  float[] unaltered() {
    return unaltered.clone();
  }

  /**
   * Paints one case.
   *
   * @param windows receives the window from index {@code at} on
   */
  void paint(float[] patch, Appearance look, float[] windows, int at) {
    System.arraycopy(unaltered, 0, windows, at, unaltered.length);
    RandomStream noise = new RandomStream(look.seed());
    int first = 0;
    for (int p = 0; p < sites.size(); p++) {
      Placed placed = new Placed(sites.get(p), texels.get(p), look);
      placed.paint(patch, first, look, noise, windows, at);
      first += CHANNELS * (int) texels.get(p).area();
    }
  }

  /**
   * The adjoint of {@link #paint}.
   *
   * @param windows what was painted
   * @param gradient with respect to the window, from index {@code at} on; changed on the way, for
   *     where patches overlap only the last one is seen
   * @param into to which that with respect to the texels is added
   */
  void backward(
      float[] patch, Appearance look, float[] windows, float[] gradient, int at, float[] into) {
    int first = values;
    for (int p = sites.size() - 1; p >= 0; p--) {
      first -= CHANNELS * (int) texels.get(p).area();
      new Placed(sites.get(p), texels.get(p), look)
          .backward(patch, first, look, windows, gradient, at, into);
    }
  }

  /** The whole frame with the patches as planned, in 8 bits. */
  Image painted(float[] patch) {
    return painted(patch, Appearance.PLANNED);
  }

  /** The same as it came out. */
  Image painted(float[] patch, Appearance look) {
    float[] painted = new float[unaltered.length];
    paint(patch, look, painted, 0);
    Image copy = frame.copy();
    for (int y = 0; y < window.height(); y++) {
      int to = copy.index(window.x(), window.y() + y);
      for (int i = 0; i < CHANNELS * window.width(); i++) {
        copy.data()[to + i] = (byte) Math.round(255 * painted[CHANNELS * y * window.width() + i]);
      }
    }
    return copy;
  }

  /** One patch where it came to lie: along each axis the shares of texels in pixels. */
  private final class Placed {
    private final Shares across;
    private final Shares down;
    private final int width;

    Placed(Region site, Region grid, Appearance look) {
      double w = site.width() * look.scale();
      double h = site.height() * look.scale();
      double left = site.x() + site.width() / 2.0 + look.shiftX() * site.width() - w / 2;
      double top = site.y() + site.height() / 2.0 + look.shiftY() * site.height() - h / 2;
      across = new Shares(left - window.x(), w, grid.width(), window.width());
      down = new Shares(top - window.y(), h, grid.height(), window.height());
      width = grid.width();
    }

    void paint(
        float[] patch, int first, Appearance look, RandomStream noise, float[] windows, int at) {
      for (int v = 0; v < down.count; v++) {
        for (int u = 0; u < across.count; u++) {
          double cover = down.cover[v] * across.cover[u];
          int o = at + CHANNELS * ((down.from + v) * window.width() + across.from + u);
          for (int c = 0; c < CHANNELS; c++) {
            double grain = look.noise() == 0 ? 0 : look.noise() * noise.nextGaussian();
            double value = look.value(mean(patch, first + c, v, u)) + grain;
            windows[o + c] += (float) (cover * (Math.max(0, Math.min(1, value)) - windows[o + c]));
          }
        }
      }
    }

    private double mean(float[] patch, int channel, int v, int u) {
      double sum = 0;
      for (int y = down.first[v]; y <= down.last[v]; y++) {
        double row = 0;
        for (int x = across.first[u]; x <= across.last[u]; x++) {
          row += across.share(u, x) * patch[channel + CHANNELS * (y * width + x)];
        }
        sum += down.share(v, y) * row;
      }
      return sum;
    }

    void backward(
        float[] patch,
        int first,
        Appearance look,
        float[] windows,
        float[] gradient,
        int at,
        float[] into) {
      for (int v = 0; v < down.count; v++) {
        for (int u = 0; u < across.count; u++) {
          double cover = down.cover[v] * across.cover[u];
          int o = at + CHANNELS * ((down.from + v) * window.width() + across.from + u);
          for (int c = 0; c < CHANNELS; c++) {
            double g = cover * gradient[o + c];
            gradient[o + c] *= (float) (1 - cover);
            float value = windows[o + c];
            // At the end of the range only the way back has a slope.
            if (g == 0 || (value <= 0 && g < 0) || (value >= 1 && g > 0)) {
              continue;
            }
            double byMean = g * look.slope(mean(patch, first + c, v, u));
            for (int y = down.first[v]; y <= down.last[v]; y++) {
              double row = byMean * down.share(v, y);
              for (int x = across.first[u]; x <= across.last[u]; x++) {
                into[first + c + CHANNELS * (y * width + x)] += (float) (row * across.share(u, x));
              }
            }
          }
        }
      }
    }
  }

  /** Which texels lie in which pixels of the window, along one axis. */
  private static final class Shares {
    final int from;
    final int count;

    /** Share of a pixel that is covered. */
    final double[] cover;

    final int[] first;
    final int[] last;
    private final double begin;
    private final double texel;

    /**
     * @param begin edge of the patch in the window, px
     * @param length of the patch, px
     * @param texels along it
     * @param side of the window, px
     */
    Shares(double begin, double length, int texels, int side) {
      this.begin = begin;
      this.texel = length / texels;
      // What rounding alone sticks out is no pixel.
      from = (int) Math.max(0, Math.min(side, Math.floor(begin + 1e-9)));
      count = Math.max(0, (int) Math.min(side, Math.ceil(begin + length - 1e-9)) - from);
      cover = new double[count];
      first = new int[count];
      last = new int[count];
      for (int i = 0; i < count; i++) {
        double left = Math.max(from + i, begin);
        double right = Math.min(from + i + 1, begin + length);
        cover[i] = Math.max(0, right - left);
        first[i] = bounded((int) Math.floor((left - begin) / texel + 1e-9), texels);
        last[i] =
            Math.max(
                first[i], bounded((int) Math.ceil((right - begin) / texel - 1e-9) - 1, texels));
      }
    }

    private static int bounded(int i, int texels) {
      return Math.max(0, Math.min(texels - 1, i));
    }

    /** Share of texel {@code t} in what is covered of a pixel. */
    double share(int i, int t) {
      if (first[i] == last[i]) {
        return 1;
      }
      double left = Math.max(Math.max(from + i, begin), begin + t * texel);
      double right = Math.min(from + i + 1, begin + (t + 1) * texel);
      return Math.max(0, right - left) / cover[i];
    }
  }
}
