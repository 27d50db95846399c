package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** A square patch that hides what is under it (Brown et al. 2017). One parameter a value. */
final class PatchPainter implements Painter {

  private final ImageShape shape;
  private final int side;
  private final Ink ink;
  private final boolean anywhere;
  private final int left;
  private final int top;

  /**
   * @param side of the patch, px
   * @param anywhere whether each draw puts it somewhere else
   * @param left of the patch where it stays, px
   * @param top px
   */
  PatchPainter(ImageShape shape, int side, Ink ink, boolean anywhere, int left, int top) {
    this.shape = shape;
    this.side = side;
    this.ink = ink;
    this.anywhere = anywhere;
    this.left = left;
    this.top = top;
  }

  @Override
  public int parameters() {
    return side * side * shape.channels();
  }

  private int corner(long place) {
    if (!anywhere) {
      return top * shape.width() + left;
    }
    RandomStream random = new RandomStream(place);
    int y = random.nextInt(shape.height() - side + 1);
    int x = random.nextInt(shape.width() - side + 1);
    return y * shape.width() + x;
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    System.arraycopy(canvas.values, 0, into, at, shape.size());
    int n = shape.channels();
    int corner = corner(place);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int o = at + (corner + y * shape.width() + x) * n;
        int t = (y * side + x) * n;
        for (int c = 0; c < n; c++) {
          into[o + c] = (float) LinearLight.encode(ink.light(theta[t + c], canvas.white[c]));
        }
      }
    }
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    int n = shape.channels();
    int corner = corner(place);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int o = at + (corner + y * shape.width() + x) * n;
        int t = (y * side + x) * n;
        for (int c = 0; c < n; c++) {
          into[t + c] +=
              gradient[o + c]
                  * LinearLight.encodeSlope(ink.light(theta[t + c], canvas.white[c]))
                  * ink.slope(theta[t + c], canvas.white[c]);
        }
      }
    }
  }

  @Override
  public double covered(double[] theta) {
    return side * side / (double) (shape.height() * shape.width());
  }
}
