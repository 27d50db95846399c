package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;

/**
 * Adversarial training against patches (Wu et al. 2020, "Defending Against Physically Realizable
 * Attacks on Image Classification": rectangular occlusion). Of several places that are drawn for
 * each image the patch takes the one where the loss is steepest; then its content, which may be
 * anything, climbs the loss from noise. Belongs to one thread.
 */
final class PatchTraining extends AlteredTraining {

  private final int side;
  private final int places;
  private final int steps;
  private final double stepSize;
  private final CleanLook look = new CleanLook();
  private final RandomStream draws = new RandomStream(0);
  private int[] corners = new int[0];

  /**
   * @param side of the square patch, px
   * @param places drawn for each image, at least 1
   * @param steps forward-backward passes for the content; 0 leaves noise
   * @param stepSize length of a step along the gradient's sign, over pixels in 0..1
   * @param clean share of images without a patch, 0..1
   */
  PatchTraining(int side, int places, int steps, double stepSize, double clean, double smoothing) {
    super("patch", clean, smoothing);
    this.side = side;
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
    corners = corners.length >= count ? corners : new int[count];
    System.arraycopy(batch.images(), 0, into, 0, count * size);
    for (int i = 0; i < count; i++) {
      draws.reseed(RandomStream.derive(seed, batch.ids()[i]));
      corners[i] = place(shape, look.gradient(), i * size);
      noise(shape, into, i * size + corners[i]);
    }
    for (int step = 0; step < steps; step++) {
      look.look(model, into, batch.labels(), count);
      for (int i = 0; i < count; i++) {
        climb(shape, into, look.gradient(), i * size + corners[i]);
      }
    }
    return right;
  }

  /** Where, of the drawn places, the gradient is largest; the first value of the corner's pixel. */
  private int place(ImageShape shape, float[] gradient, int at) {
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

  private void noise(ImageShape shape, float[] into, int corner) {
    for (int y = 0; y < side; y++) {
      int from = corner + y * shape.width() * shape.channels();
      for (int j = from; j < from + side * shape.channels(); j++) {
        into[j] = (float) draws.nextDouble();
      }
    }
  }

  private void climb(ImageShape shape, float[] into, float[] gradient, int corner) {
    for (int y = 0; y < side; y++) {
      int from = corner + y * shape.width() * shape.channels();
      for (int j = from; j < from + side * shape.channels(); j++) {
        float g = gradient[j];
        double moved = into[j] + (g > 0 ? stepSize : g < 0 ? -stepSize : 0);
        into[j] = (float) Math.max(0, Math.min(1, moved));
      }
    }
  }
}
