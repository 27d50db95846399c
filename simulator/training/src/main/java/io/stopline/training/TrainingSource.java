package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Where a trainer's batches come from, and what judges the weights between epochs. All draws are
 * functions of the seeds that are handed in, so that training which was interrupted goes on to the
 * same bits. Thread-safe, but for what {@link #renderer} and {@link #judge} make.
 */
public interface TrainingSource {

  /** Name of the data, for messages. */
  String name();

  /** Size of the images of a batch. */
  ImageShape shape();

  /** Images an epoch. */
  int count();

  /** Numbers an image has beside its label, see {@link Batch#targets}; 0 for classifiers. */
  default int targets() {
    return 0;
  }

  /**
   * Which images an epoch shows, in order. As it stands: every image once, for sources that draw
   * what they show.
   *
   * @param balance how far rare classes are evened out, 0 to 1
   * @param seed of this epoch
   * @return for each place the image in the lower 32 bits, and above them how often the epoch has
   *     shown it before
   */
  default long[] order(double balance, long seed) {
    return LongStream.range(0, count()).toArray();
  }

  /** Makes images of a batch; belongs to one thread. */
  Renderer renderer();

  /** Judges the present weights of a model; belongs to one thread. */
  Judge judge(ValidationPlan plan, long seed);

  /**
   * Refuses a model that these data do not fit.
   *
   * @throws IllegalArgumentException saying why, with the cure
   */
  void check(TrainableModel model);

  /** All that decides about the images, by name, hashes included: for checkpoints and reports. */
  Map<String, String> settings();

  /** Writes one image of a batch. */
  interface Renderer {

    /**
     * Renders an image as this place of the order wants it.
     *
     * @param place of {@link TrainingSource#order}
     * @param seed of what is drawn for it
     * @param slot which image of the batch
     */
    void render(long place, long seed, Batch batch, int slot);
  }

  /** What the weights are worth. */
  interface Judge {

    /** How good the model is on clean validation images, 0 to 1. */
    double clean(TrainableModel model);

    /** How good it is under attack, 0 to 1; NaN if that is not asked for. */
    double robust(TrainableModel model);
  }
}
