package io.stopline.sdk.image;

/**
 * Where a frame lies in a model's input: {@code frame = (input − offset) · scale} along each axis.
 * Positions are those of pixel edges: 0 is the left edge of the first pixel.
 *
 * @param frameWidth px of the frame
 * @param frameHeight px of the frame
 * @param scaleX px of the frame for one px of the input, above 0
 * @param scaleY the same along the other axis
 * @param offsetX first column of the input that shows the frame
 * @param offsetY first row of the input that shows the frame
 * @param contentWidth how many columns of the input show the frame
 * @param contentHeight how many rows of the input show the frame
 */
public record FramePlacement(
    int frameWidth,
    int frameHeight,
    double scaleX,
    double scaleY,
    int offsetX,
    int offsetY,
    int contentWidth,
    int contentHeight) {

  /** How much larger than the exact factor an integer may be and still be preferred. */
  private static final double SNAP = 0.025;

  /**
   * Fits a frame into an input.
   *
   * @param frameWidth px, at least 1
   * @param frameHeight px, at least 1
   * @param width of the input, px, at least 1
   * @param height of the input, px, at least 1
   */
  public static FramePlacement of(
      FrameFit fit, int frameWidth, int frameHeight, int width, int height) {
    return switch (fit) {
      case TOP_LEFT -> topLeft(frameWidth, frameHeight, width, height);
      case LETTERBOX -> letterbox(frameWidth, frameHeight, width, height);
      case STRETCH -> filling(frameWidth, frameHeight, width, height, 0, 0);
    };
  }

  private static FramePlacement topLeft(int frameWidth, int frameHeight, int width, int height) {
    double exact = Math.max(frameWidth / (double) width, frameHeight / (double) height);
    double whole = Math.ceil(exact);
    double scale = whole - exact <= SNAP * whole ? whole : exact;
    return new FramePlacement(
        frameWidth,
        frameHeight,
        scale,
        scale,
        0,
        0,
        pixels(frameWidth / scale, width),
        pixels(frameHeight / scale, height));
  }

  /** A sliver that exists by rounding only is no pixel. */
  private static int pixels(double exact, int side) {
    return Math.max(1, Math.min(side, (int) Math.ceil(exact - 1e-6)));
  }

  /**
   * As Ultralytics' {@code LetterBox} places it: the content is rounded to whole pixels and fills
   * them; of an odd rest the larger part lies behind.
   */
  private static FramePlacement letterbox(int frameWidth, int frameHeight, int width, int height) {
    double scale = Math.max(frameWidth / (double) width, frameHeight / (double) height);
    int w = (int) Math.max(1, Math.min(width, Math.rint(frameWidth / scale)));
    int h = (int) Math.max(1, Math.min(height, Math.rint(frameHeight / scale)));
    return filling(frameWidth, frameHeight, w, h, (width - w) / 2, (height - h) / 2);
  }

  private static FramePlacement filling(
      int frameWidth, int frameHeight, int width, int height, int x, int y) {
    return new FramePlacement(
        frameWidth,
        frameHeight,
        frameWidth / (double) width,
        frameHeight / (double) height,
        x,
        y,
        width,
        height);
  }

  /** From a column edge of the input to one of the frame, which may lie outside. */
  public double frameX(double inputX) {
    return (inputX - offsetX) * scaleX;
  }

  /** From a row edge of the input to one of the frame, which may lie outside. */
  public double frameY(double inputY) {
    return (inputY - offsetY) * scaleY;
  }

  /** From a column edge of the frame to one of the input. */
  public double inputX(double frameX) {
    return frameX / scaleX + offsetX;
  }

  /** From a row edge of the frame to one of the input. */
  public double inputY(double frameY) {
    return frameY / scaleY + offsetY;
  }
}
