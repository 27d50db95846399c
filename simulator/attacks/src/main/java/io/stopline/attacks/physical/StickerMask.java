package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Where stickers may be, at any size of image: white on a black picture. Immutable and thread-safe
 * as long as nobody writes to the arrays.
 */
final class StickerMask {

  /** Rectangles are drawn this fine. */
  private static final int SIDE = 512;

  private static final long LARGEST_FILE = 64L << 20;

  private final String name;
  private final int width;
  private final int height;
  private final float[] share;

  private StickerMask(String name, int width, int height, float[] share) {
    this.name = name;
    this.width = width;
    this.height = height;
    this.share = share;
    if (covered() <= 0) {
      throw new IllegalArgumentException(
          "attack 'rp2': mask '%s' is black all over; leave some of it white".formatted(name));
    }
  }

  /**
   * Reads a picture: white where stickers may be, black where not.
   *
   * @throws IllegalArgumentException if it cannot be read or is black
   */
  static StickerMask of(Path file) {
    BufferedImage picture;
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_FILE) {
        throw unreadable(file, "it is not there, or larger than 64 MiB", null);
      }
      picture = ImageIO.read(file.toFile());
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
    if (picture == null) {
      throw unreadable(file, "it is no image of a known kind", null);
    }
    Path name = file.getFileName();
    return of(name == null ? file.toString() : name.toString(), picture);
  }

  private static IllegalArgumentException unreadable(
      Path file, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "attack 'rp2': mask '%s' cannot be read: %s; name a PNG, white where stickers may be"
            .formatted(file, why),
        cause);
  }

  /**
   * Rectangles.
   *
   * @param text {@code X,Y,WIDTH,HEIGHT} of each, between semicolons: left, top and size as shares
   *     of the image
   */
  static StickerMask of(String text) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    try {
      for (String part : text.split(";", -1)) {
        String[] v = part.split(",", -1);
        if (v.length != 4) {
          throw new NumberFormatException("four numbers make a rectangle");
        }
        g.fill(
            new Rectangle2D.Double(
                SIDE * Double.parseDouble(v[0].strip()),
                SIDE * Double.parseDouble(v[1].strip()),
                SIDE * Double.parseDouble(v[2].strip()),
                SIDE * Double.parseDouble(v[3].strip())));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          ("attack 'rp2': option rectangles is '%s'; allowed: X,Y,WIDTH,HEIGHT of each as shares of"
                  + " the image, between semicolons, such as 0.2,0.2,0.6,0.1;0.2,0.7,0.6,0.1")
              .formatted(text),
          e);
    } finally {
      g.dispose();
    }
    return of(text, picture);
  }

  private static StickerMask of(String name, BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    float[] share = new float[w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int argb = picture.getRGB(x, y);
        int sum = (argb >> 16 & 0xff) + (argb >> 8 & 0xff) + (argb & 0xff);
        share[y * w + x] = sum / 765f * (argb >>> 24) / 255f;
      }
    }
    return new StickerMask(name, w, h, share);
  }

  /** As it was read. */
  String name() {
    return name;
  }

  /** Share of the image. */
  double covered() {
    double sum = 0;
    for (float v : share) {
      sum += v;
    }
    return sum / share.length;
  }

  /** How much of each pixel of an image may be covered, 0..1: means over areas. */
  float[] at(ImageShape shape) {
    float[] into = new float[shape.height() * shape.width()];
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        into[y * shape.width() + x] =
            mean(
                (double) x * width / shape.width(),
                (double) (x + 1) * width / shape.width(),
                (double) y * height / shape.height(),
                (double) (y + 1) * height / shape.height());
      }
    }
    return into;
  }

  private float mean(double left, double right, double top, double bottom) {
    double sum = 0;
    for (int y = (int) top; y < Math.min(height, Math.ceil(bottom - 1e-9)); y++) {
      double rows = Math.min(bottom, y + 1) - Math.max(top, y);
      for (int x = (int) left; x < Math.min(width, Math.ceil(right - 1e-9)); x++) {
        sum += share[y * width + x] * rows * (Math.min(right, x + 1) - Math.max(left, x));
      }
    }
    return (float) (sum / ((right - left) * (bottom - top)));
  }
}
