package io.stopline.sdk.image;

import java.util.Objects;

/**
 * 8-bit RGB pixels, interleaved (HWC), with an explicit row stride. A view shares the bytes of the
 * image that it was cut from.
 *
 * <p>The bytes are not copied in or out: whoever hands them over does not change them while the
 * image is in use. Under that rule an image may be read by many threads.
 */
public final class Image {

  /**
   * The largest image that is accepted: 64 Mi pixels (192 MiB). Larger ones are hostile or wrong.
   */
  public static final long MAX_PIXELS = 64L << 20;

  private final byte[] data;
  private final int offset;
  private final int width;
  private final int height;
  private final int rowStride;

  /**
   * Wraps bytes without copying them.
   *
   * @param data holds at least {@code offset + (height − 1) · rowStride + 3 · width} bytes
   * @param offset index of the first pixel's red byte
   * @param width px, at least 1
   * @param height px, at least 1
   * @param rowStride bytes from one row to the next, at least {@code 3 · width}
   * @throws IllegalArgumentException if the sizes are impossible, exceed {@link #MAX_PIXELS} or do
   *     not fit the bytes
   */
  public Image(byte[] data, int offset, int width, int height, int rowStride) {
    checkSize(width, height);
    Objects.requireNonNull(data, "data");
    long needed = offset + (long) (height - 1) * rowStride + 3L * width;
    if (offset < 0 || rowStride < 3L * width || needed > data.length) {
      throw new IllegalArgumentException(
          "image of %d×%d px with row stride %d at offset %d needs %d bytes, but %d are there"
              .formatted(width, height, rowStride, offset, needed, data.length));
    }
    this.data = data;
    this.offset = offset;
    this.width = width;
    this.height = height;
    this.rowStride = rowStride;
  }

  /** A black image. */
  public static Image black(int width, int height) {
    checkSize(width, height);
    return new Image(new byte[Math.multiplyExact(3 * width, height)], 0, width, height, 3 * width);
  }

  /** Wraps densely packed RGB bytes. */
  public static Image of(int width, int height, byte[] rgb) {
    return new Image(rgb, 0, width, height, 3 * width);
  }

  /**
   * Refuses sizes that no camera delivers, before anything is allocated for them.
   *
   * @throws IllegalArgumentException if a side is below 1 px or the area above {@link #MAX_PIXELS}
   */
  public static void checkSize(long width, long height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image is %d×%d px; both sides must be at least 1 px".formatted(width, height));
    }
    if (width > MAX_PIXELS || height > MAX_PIXELS || width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image is %d×%d px; at most %d px are accepted, scale it down first"
              .formatted(width, height, MAX_PIXELS));
    }
  }

  /** Width in px. */
  public int width() {
    return width;
  }

  /** Height in px. */
  public int height() {
    return height;
  }

  /** The backing bytes, shared, not copied. */
  public byte[] data() {
    return data;
  }

  /** Index in {@link #data()} of the red byte of a pixel. */
  public int index(int x, int y) {
    return offset + y * rowStride + 3 * x;
  }

  /** Bytes from one row to the next. */
  public int rowStride() {
    return rowStride;
  }

  /** One pixel as 0xRRGGBB. */
  public int rgb(int x, int y) {
    int i = index(x, y);
    return (data[i] & 0xff) << 16 | (data[i + 1] & 0xff) << 8 | (data[i + 2] & 0xff);
  }

  /**
   * A part of this image, sharing its bytes.
   *
   * @throws IllegalArgumentException if the region is not inside the image
   */
  public Image view(Region region) {
    if (!region.isInside(width, height)) {
      throw new IllegalArgumentException(
          "%s is not inside the image of %d×%d px".formatted(region, width, height));
    }
    return new Image(
        data, index(region.x(), region.y()), region.width(), region.height(), rowStride);
  }

  /** A densely packed copy that shares nothing. */
  public Image copy() {
    byte[] packed = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(data, index(0, y), packed, 3 * width * y, 3 * width);
    }
    return Image.of(width, height, packed);
  }
}
