package io.stopline.training.detection;

import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * A road frame at the size at which a detector sees it, kept in memory.
 *
 * @param name for messages
 * @param width px
 * @param height px
 * @param rgb pixels, HWC, not to be written to
 * @param signs what stands in it
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are looked at, never compared
public record SceneFrame(String name, int width, int height, byte[] rgb, List<SceneSign> signs) {

  public SceneFrame {
    signs = List.copyOf(signs);
  }

  /**
   * A sign in a frame.
   *
   * @param left px; edges may lie between pixels and outside the frame
   * @param top px
   * @param right px, above {@code left}
   * @param bottom px, above {@code top}
   * @param label its class; negative for what is neither to be found nor background
   */
  public record SceneSign(double left, double top, double right, double bottom, int label) {

    double width() {
      return right - left;
    }

    double height() {
      return bottom - top;
    }

    double smallerSide() {
      return Math.min(width(), height());
    }

    boolean ignored() {
      return label < 0;
    }
  }

  /**
   * Scales a frame down by a whole factor; each pixel is the mean of those it stands for.
   *
   * @param factor at least 1
   * @param signs in pixels of the image as it is
   */
  public static SceneFrame of(String name, Image image, int factor, List<SceneSign> signs) {
    int width = image.width() / factor;
    int height = image.height() / factor;
    byte[] data = image.data();
    byte[] rgb = new byte[3 * width * height];
    int area = factor * factor;
    for (int y = 0, to = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = area / 2;
        int green = red;
        int blue = red;
        for (int dy = 0; dy < factor; dy++) {
          int from = image.index(x * factor, y * factor + dy);
          for (int dx = 0; dx < factor; dx++, from += 3) {
            red += data[from] & 0xff;
            green += data[from + 1] & 0xff;
            blue += data[from + 2] & 0xff;
          }
        }
        rgb[to++] = (byte) (red / area);
        rgb[to++] = (byte) (green / area);
        rgb[to++] = (byte) (blue / area);
      }
    }
    double f = factor;
    return new SceneFrame(
        name,
        width,
        height,
        rgb,
        signs.stream()
            .map(s -> new SceneSign(s.left / f, s.top / f, s.right / f, s.bottom / f, s.label))
            .toList());
  }
}
