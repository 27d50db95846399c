package io.stopline.config.images;

import io.stopline.sdk.image.Image;

/**
 * How the stored rows and columns of a picture must be turned to stand upright: Exif 2.32, tag 274
 * (Orientation), values 1 to 8 in the order of the constants.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(false, true, false),
  UPSIDE_DOWN(false, true, true),
  MIRRORED_UPSIDE_DOWN(false, false, true),
  TRANSPOSED(true, false, false),
  TURN_RIGHT(true, false, true),
  TRANSVERSED(true, true, true),
  TURN_LEFT(true, true, false);

  private final boolean swapsSides;
  private final boolean fromRight;
  private final boolean fromBottom;

  /**
   * @param swapsSides whether stored rows are columns of the upright picture
   * @param fromRight whether stored columns are read from the last to the first
   * @param fromBottom whether stored rows are read from the last to the first
   */
  Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
    this.swapsSides = swapsSides;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /** The constant of an Exif value; {@link #UPRIGHT} for a value that the standard reserves. */
  static Orientation of(long exifValue) {
    return exifValue >= 1 && exifValue <= 8 ? values()[(int) exifValue - 1] : UPRIGHT;
  }

  /** The upright size of a picture of this stored size. */
  ImageSize upright(ImageSize stored) {
    return swapsSides
        ? new ImageSize(/* width= */ stored.height(), /* height= */ stored.width())
        : stored;
  }

  /** The picture upright; the same one if it stands upright already. */
  Image upright(Image stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = swapsSides ? stored.height() : stored.width();
    int height = swapsSides ? stored.width() : stored.height();
    byte[] rgb = new byte[3 * width * height];
    byte[] from = stored.data();
    int k = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = swapsSides ? y : x;
        int row = swapsSides ? x : y;
        int i =
            stored.index(
                fromRight ? stored.width() - 1 - column : column,
                fromBottom ? stored.height() - 1 - row : row);
        rgb[k++] = from[i];
        rgb[k++] = from[i + 1];
        rgb[k++] = from[i + 2];
      }
    }
    return Image.of(width, height, rgb);
  }
}
