package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;

/**
 * Adversarial training against patches (Wu et al. 2020, "Defending Against Physically Realizable
 * Attacks on Image Classification": rectangular occlusion). Of several places that are drawn for
 * each image the patch takes the one where the loss is steepest; then its content, which may be
 * anything, climbs the loss from noise. The patch may come in several pieces, each at a place of
 * its own, together as large as the one. Belongs to one thread.
 */
final class PatchTraining extends AlteredTraining {

  private final int side;
  private final int pieces;
  private final int places;
  private final int steps;
  private final double stepSize;
  private final CleanLook look = new CleanLook();
  private final RandomStream draws = new RandomStream(0);
  private int[] corners = new int[0];
  private int[] parts = new int[0];

  /**
   * @param side of the square patch, px
   * @param pieces into which it may fall, at most; for each image 1 to so many are drawn
   * @param places drawn for each image, at least 1
   * @param steps forward-backward passes for the content; 0 leaves noise
   * @param stepSize length of a step along the gradient's sign, over pixels in 0..1
   * @param clean share of images without a patch, 0..1
   */
  PatchTraining(
      int side,
      int pieces,
      int places,
      int steps,
      double stepSize,
      double clean,
      double smoothing) {
    super("patch", clean, smoothing);
    this.side = side;
    this.pieces = pieces;
    this.places = places;
    this.steps = steps;
    this.stepSize = stepSize;
  }

  @Override
  int alter(TrainableModel model, Batch batch, long seed, float[] into) {
    ImageShape shape = model.shape();
    if (side > Math.min(shape.height(), shape.width())) {
      throw new IllegalArgumentException(
          "method 'patch': a patch of %d px in an image of %s; give side a smaller number"
              .formatted(side, shape));
    }
    int size = shape.size();
    int count = batch.count();
    look.at(model, batch);
    int right = look.right();
    corners = corners.length >= count * pieces ? corners : new int[count * pieces];
    parts = parts.length >= count ? parts : new int[count];
    System.arraycopy(batch.images(), 0, into, 0, count * size);
    for (int i = 0; i < count; i++) {
      draws.reseed(RandomStream.derive(seed, batch.ids()[i]));
      // Where there is nothing to choose nothing is drawn: recipes of before keep their weights.
      parts[i] = pieces == 1 ? 1 : 1 + draws.nextInt(pieces);
      int part = sideOfPart(i);
      for (int k = 0; k < parts[i]; k++) {
        int corner = place(shape, part, look.gradient(), i * size);
        corners[i * pieces + k] = corner;
        noise(shape, part, into, i * size + corner);
      }
    }
    for (int step = 0; step < steps; step++) {
      look.look(model, into, batch.labels(), count);
      for (int i = 0; i < count; i++) {
        climb(shape, i, into, look.gradient(), i * size);
      }
    }
    return right;
  }

  /** Its parts together are as large as the whole, as near as whole pixels come. */
  private int sideOfPart(int image) {
    return Math.max(1, (int) Math.round(side / Math.sqrt(parts[image])));
  }

  /** Where, of the drawn places, the gradient is largest; the first value of the corner's pixel. */
  private int place(ImageShape shape, int side, float[] gradient, int at) {
    int best = 0;
    double steepest = -1;
    for (int k = 0; k < places; k++) {
      int top = draws.nextInt(shape.height() - side + 1);
      int left = draws.nextInt(shape.width() - side + 1);
      int corner = (top * shape.width() + left) * shape.channels();
      double sum = 0;
      for (int y = 0; y < side; y++) {
        int from = at + corner + y * shape.width() * shape.channels();
        for (int j = from; j < from + side * shape.channels(); j++) {
          sum += Math.abs(gradient[j]);
        }
      }
      if (sum > steepest) {
        steepest = sum;
        best = corner;
      }
    }
    return best;
  }

  private void noise(ImageShape shape, int side, float[] into, int corner) {
    for (int y = 0; y < side; y++) {
      int from = corner + y * shape.width() * shape.channels();
      for (int j = from; j < from + side * shape.channels(); j++) {
        into[j] = (float) draws.nextDouble();
      }
    }
  }

  /** Where pieces overlap, a value is moved once for each. */
  private void climb(ImageShape shape, int image, float[] into, float[] gradient, int at) {
    int part = sideOfPart(image);
    for (int k = image * pieces; k < image * pieces + parts[image]; k++) {
      for (int y = 0; y < part; y++) {
        int from = at + corners[k] + y * shape.width() * shape.channels();
        for (int j = from; j < from + part * shape.channels(); j++) {
          float g = gradient[j];
          double moved = into[j] + (g > 0 ? stepSize : g < 0 ? -stepSize : 0);
          into[j] = (float) Math.max(0, Math.min(1, moved));
        }
      }
    }
  }
}
