package io.stopline.training.detection;

import io.stopline.sdk.random.RandomStream;

/**
 * Fills a crop with a plain panel and some lines of writing: signs also stand on overhead boards,
 * on boards of road works and above plates with words. Belongs to the crop's thread.
 */
final class CropPanel {

  private static final int CHANNELS = 3;

  /** Paint of panels, and of the writing on them, as sRGB. */
  private static final int[][] PAINTS = {
    {0xe8e8e4, 0x202020},
    {0xc8ccc8, 0x303030},
    {0xe8b810, 0x181818},
    {0x1848a0, 0xe8e8e8},
    {0x186840, 0xe8e8e8},
    {0x404448, 0xd0d0d0}
  };

  private final Crop crop;

  CropPanel(Crop crop) {
    this.crop = crop;
  }

  /** Fills the whole crop; writing stands above and below its middle. */
  void fill(RandomStream random) {
    double light = random.uniform(0.25, 1);
    int[] paint = PAINTS[random.nextInt(PAINTS.length)];
    rectangle(0, 0, crop.side, crop.side, paint[0], light);
    writing(random.uniform(-0.05, 0.08), paint[1], light, random);
    writing(random.uniform(0.84, 0.97), paint[1], light, random);
  }

  /** A row of strokes, as letters of this size come through. */
  private void writing(double top, int ink, double light, RandomStream random) {
    if (random.nextDouble() < 0.3) {
      return;
    }
    int from = (int) Math.round(top * crop.side);
    int to = from + 1 + random.nextInt(3);
    int x = random.nextInt(6);
    int end = crop.side - random.nextInt(6);
    while (x < end) {
      int width = 1 + random.nextInt(3);
      rectangle(x, from, Math.min(end, x + width), to, ink, light * random.uniform(0.7, 1.2));
      x += width + 1 + random.nextInt(2);
    }
  }

  private void rectangle(int left, int top, int right, int bottom, int rgb, double light) {
    byte red = (byte) Math.min(255, light * (rgb >> 16 & 0xff));
    byte green = (byte) Math.min(255, light * (rgb >> 8 & 0xff));
    byte blue = (byte) Math.min(255, light * (rgb & 0xff));
    for (int y = Math.max(0, top); y < Math.min(crop.side, bottom); y++) {
      for (int x = left; x < right; x++) {
        int i = CHANNELS * (y * crop.side + x);
        crop.rgb[i] = red;
        crop.rgb[i + 1] = green;
        crop.rgb[i + 2] = blue;
      }
    }
  }
}
