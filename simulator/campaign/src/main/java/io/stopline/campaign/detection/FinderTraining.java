package io.stopline.campaign.detection;

import io.stopline.training.TrainingListener;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.quantization.QuantizedModel;
import java.nio.file.Path;
import java.util.Map;

/** A training of something that helps to find signs in road frames. Belongs to one thread. */
public interface FinderTraining extends AutoCloseable {

  /** How many values are trained. */
  int weights();

  /** All settings and hashes that decide about the weights, by name. */
  Map<String, String> settings();

  /**
   * Trains, with a checkpoint now and then.
   *
   * @param checkpoint file of the checkpoint
   * @param resume whether to go on from there if it is there
   */
  TrainingOutcome train(Path checkpoint, boolean resume, TrainingListener listener);

  /** The float model with the weights that it has now. */
  byte[] file();

  /** Its full-integer form, with ranges from training images. */
  QuantizedModel quantize();

  @Override
  void close();
}
