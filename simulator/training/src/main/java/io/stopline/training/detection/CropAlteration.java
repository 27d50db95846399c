package io.stopline.training.detection;

import io.stopline.sdk.random.RandomStream;
import io.stopline.training.detection.SceneFrame.SceneSign;

/**
 * Puts something on a sign of a crop that was not there. What attackers search for looks like it,
 * only better aimed; a sign with it is still a sign. Belongs to the crop's thread.
 */
final class CropAlteration {

  private static final int CHANNELS = 3;

  /** Black and white film, and six printing inks, as sRGB. */
  private static final int[] INKS = {
    0x141414, 0xf0f0f0, 0x00a0e0, 0xd8107c, 0xf8e000, 0xdc2820, 0x10a050, 0x282888
  };

  /** The corners of the colour cube, where what climbs a gradient ends. */
  private static final int[] PURE = {
    0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0xffffff
  };

  private final Crop crop;

  CropAlteration(Crop crop) {
    this.crop = crop;
  }

  /** What a detector's coarse view still tells: stickers, a shadow, a stroke of paint, light. */
  void coarse(SceneSign sign, RandomStream random) {
    alter(sign, random, random.nextInt(4));
  }

  /** One or two of these and of film with a fine print, lasers and projected colours. */
  void any(SceneSign sign, RandomStream random) {
    alter(sign, random, random.nextInt(10));
    if (random.nextDouble() < 0.3) {
      alter(sign, random, random.nextInt(10));
    }
  }

  private void alter(SceneSign sign, RandomStream random, int kind) {
    switch (kind) {
      case 0 -> stickers(sign, random);
      case 1 -> halfPlane(sign, random, random.uniform(0.3, 0.75), 0);
      case 2 -> stroke(sign, random);
      case 3 -> halfPlane(sign, random, random.uniform(0.6, 0.9), random.uniform(30, 110));
      case 4, 5 -> bars(sign, random);
      case 6, 7 -> print(sign, random, random.uniform(0.25, 0.6), random.uniform(0.25, 0.6));
      case 8 -> laser(sign, random);
      default -> projection(sign, random);
    }
  }

  private void stickers(SceneSign sign, RandomStream random) {
    int count = 1 + random.nextInt(4);
    for (int s = 0; s < count; s++) {
      double w = random.uniform(0.12, 0.45) * sign.width();
      double h = random.uniform(0.08, 0.3) * sign.height();
      double x = random.uniform(sign.left(), sign.right() - w);
      double y = random.uniform(sign.top(), sign.bottom() - h);
      int kind = random.nextInt(3);
      int red = random.nextInt(256);
      int green = random.nextInt(256);
      int blue = random.nextInt(256);
      int grey = kind == 0 ? 20 + random.nextInt(30) : 200 + random.nextInt(50);
      for (int py = clip(y); py < clip(y + h); py++) {
        for (int px = clip(x); px < clip(x + w); px++) {
          set(px, py, kind == 2 ? red : grey, kind == 2 ? green : grey, kind == 2 ? blue : grey);
        }
      }
    }
  }

  /** Two bars of film across the sign, printed in cells. */
  private void bars(SceneSign sign, RandomStream random) {
    double height = random.uniform(0.1, 0.28);
    double width = random.uniform(0.6, 1);
    double left = sign.left() + (1 - width) / 2 * sign.width();
    for (double top : new double[] {random.uniform(0, 0.35), random.uniform(0.5, 1 - height)}) {
      mosaic(left, sign.top() + top * sign.height(), width, height, sign, random);
    }
  }

  private void print(SceneSign sign, RandomStream random, double width, double height) {
    double x = sign.left() + random.uniform(0, 1 - width) * sign.width();
    double y = sign.top() + random.uniform(0, 1 - height) * sign.height();
    mosaic(x, y, width, height, sign, random);
  }

  /**
   * Film of many small cells: of a few inks, of pure colours as a search leaves them, or of any.
   *
   * @param width share of the sign's
   * @param height share of the sign's
   */
  private void mosaic(
      double x, double y, double width, double height, SceneSign sign, RandomStream random) {
    double cell = random.uniform(1, 0.2 * sign.smallerSide());
    int palette = random.nextInt(3);
    double light = random.uniform(0.7, 1.1) * brightest() / 255;
    long seed = random.nextLong();
    RandomStream colours = new RandomStream(seed);
    int right = clip(x + width * sign.width());
    int bottom = clip(y + height * sign.height());
    for (int py = clip(y); py < bottom; py++) {
      for (int px = clip(x); px < right; px++) {
        long column = (long) ((px - x) / cell);
        long row = (long) ((py - y) / cell);
        colours.reseed(RandomStream.derive(seed, 1024 * column + row));
        int rgb = colour(palette, colours);
        set(
            px,
            py,
            (int) (light * (rgb >> 16 & 0xff)),
            (int) (light * (rgb >> 8 & 0xff)),
            (int) (light * (rgb & 0xff)));
      }
    }
  }

  private static int colour(int palette, RandomStream random) {
    return switch (palette) {
      case 0 -> INKS[random.nextInt(INKS.length)];
      case 1 -> PURE[random.nextInt(PURE.length)];
      default -> random.nextInt(0x1000000);
    };
  }

  /** What white film would be like in this light: nearly the brightest value that is there. */
  private int brightest() {
    int[] counts = new int[256];
    for (byte value : crop.rgb) {
      counts[value & 0xff]++;
    }
    int above = crop.rgb.length / 50;
    int value = 255;
    while (value > 0 && (above -= counts[value]) > 0) {
      value--;
    }
    return value;
  }

  private void stroke(SceneSign sign, RandomStream random) {
    double fromX = random.uniform(sign.left(), sign.right());
    double toX = random.uniform(sign.left(), sign.right());
    double fromY = random.uniform(sign.top(), sign.bottom());
    double toY = random.uniform(sign.top(), sign.bottom());
    double thick = random.uniform(0.05, 0.15) * sign.smallerSide();
    int red = random.nextInt(256);
    int green = random.nextInt(256);
    int blue = random.nextInt(256);
    double dx = toX - fromX;
    double dy = toY - fromY;
    double length = Math.max(1e-6, dx * dx + dy * dy);
    for (int py = clip(sign.top()); py < clip(sign.bottom()); py++) {
      for (int px = clip(sign.left()); px < clip(sign.right()); px++) {
        double t = ((px + 0.5 - fromX) * dx + (py + 0.5 - fromY) * dy) / length;
        t = Math.max(0, Math.min(1, t));
        if (Math.hypot(px + 0.5 - fromX - t * dx, py + 0.5 - fromY - t * dy) < thick) {
          set(px, py, red, green, blue);
        }
      }
    }
  }

  /** Darkens or lights up what lies on one side of a line through the sign. */
  private void halfPlane(SceneSign sign, RandomStream random, double factor, double plus) {
    double angle = random.uniform(0, 2 * Math.PI);
    double nx = Math.cos(angle);
    double ny = Math.sin(angle);
    double x = random.uniform(sign.left(), sign.right());
    double y = random.uniform(sign.top(), sign.bottom());
    double tint = random.uniform(0.8, 1);
    for (int py = clip(sign.top()); py < clip(sign.bottom()); py++) {
      for (int px = clip(sign.left()); px < clip(sign.right()); px++) {
        if (nx * (px + 0.5 - x) + ny * (py + 0.5 - y) > 0) {
          int i = CHANNELS * (py * crop.side + px);
          set(
              px,
              py,
              (int) (factor * (crop.rgb[i] & 0xff) + plus),
              (int) (factor * (crop.rgb[i + 1] & 0xff) + plus),
              (int) (factor * (crop.rgb[i + 2] & 0xff) * tint + plus * tint));
        }
      }
    }
  }

  /** Bright lines of one colour each, with a soft edge. */
  private void laser(SceneSign sign, RandomStream random) {
    int lines = 1 + random.nextInt(2);
    for (int l = 0; l < lines; l++) {
      double angle = random.uniform(0, Math.PI);
      double nx = Math.cos(angle);
      double ny = Math.sin(angle);
      double x = random.uniform(sign.left(), sign.right());
      double y = random.uniform(sign.top(), sign.bottom());
      double width = random.uniform(0.04, 0.2) * sign.smallerSide();
      double[] light = {random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)};
      for (int py = clip(sign.top()); py < clip(sign.bottom()); py++) {
        for (int px = clip(sign.left()); px < clip(sign.right()); px++) {
          double off = (nx * (px + 0.5 - x) + ny * (py + 0.5 - y)) / width;
          shine(px, py, light, Math.exp(-off * off / 2));
        }
      }
    }
  }

  /** Colours of a projector that change slowly over the sign. */
  private void projection(SceneSign sign, RandomStream random) {
    double[] light = {random.uniform(0, 150), random.uniform(0, 150), random.uniform(0, 150)};
    double[] waves = new double[6];
    for (int w = 0; w < waves.length; w++) {
      waves[w] = random.uniform(-8, 8) / sign.smallerSide();
    }
    double phase = random.uniform(0, 2 * Math.PI);
    double[] here = new double[CHANNELS];
    for (int py = clip(sign.top()); py < clip(sign.bottom()); py++) {
      for (int px = clip(sign.left()); px < clip(sign.right()); px++) {
        for (int c = 0; c < CHANNELS; c++) {
          here[c] =
              light[c]
                  * (0.5
                      + 0.5
                          * Math.sin(phase * (c + 1) + waves[2 * c] * px + waves[2 * c + 1] * py));
        }
        shine(px, py, here, 1);
      }
    }
  }

  /** Light can only add. */
  private void shine(int x, int y, double[] light, double share) {
    int i = CHANNELS * (y * crop.side + x);
    set(
        x,
        y,
        (int) ((crop.rgb[i] & 0xff) + share * light[0]),
        (int) ((crop.rgb[i + 1] & 0xff) + share * light[1]),
        (int) ((crop.rgb[i + 2] & 0xff) + share * light[2]));
  }

  private int clip(double v) {
    return (int) Math.max(0, Math.min(crop.side, Math.round(v)));
  }

  private void set(int x, int y, int red, int green, int blue) {
    int i = CHANNELS * (y * crop.side + x);
    crop.rgb[i] = (byte) Math.max(0, Math.min(255, red));
    crop.rgb[i + 1] = (byte) Math.max(0, Math.min(255, green));
    crop.rgb[i + 2] = (byte) Math.max(0, Math.min(255, blue));
  }
}
