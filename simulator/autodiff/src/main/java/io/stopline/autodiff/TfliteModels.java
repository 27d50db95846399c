package io.stopline.autodiff;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.sdk.model.InputEncoding;

/** Makes differentiable models of {@code .tflite} classifiers and detectors. */
public final class TfliteModels {
  private TfliteModels() {}

  /**
   * Rebuilds a classifier with gradients. Its logits are those before a final softmax or logistic,
   * also behind a final reshape or quantisation; if the model has neither and its outputs are
   * probabilities all the same, the logits are their logarithms.
   *
   * <p>The model may be used by any one thread at a time; several models may be used side by side,
   * and several recordings may be open, also of one model. Results are the same in each run on one
   * machine, whatever the number of threads.
   *
   * @param file bytes of a classifier: one image in (batch × height × width × channels), one vector
   *     of at least two scores out
   * @param encoding how pixels 0..1 become the model's real numbers
   * @throws UnusableModelException if the file is damaged or no such classifier
   * @throws UnsupportedOperatorException if it computes with something that is not known here
   */
  public static DifferentiableModel open(byte[] file, InputEncoding encoding) {
    return new TfliteModel(new TfliteFile(file), encoding, DataType.FLOAT32);
  }

  /**
   * Rebuilds a detector with gradients, up to its candidates: of an SSD before {@code
   * TFLite_Detection_PostProcess}, of a YOLO export or a heat map up to its outputs, with scores
   * before the logistic function wherever it is found. Of a quantised file values are rounded as it
   * stores them, with the gradient of the identity.
   *
   * <p>Threads as for {@link #open}.
   *
   * @param file bytes of a detector: one image in
   * @param encoding how pixels 0..1 become the model's real numbers
   * @param format what its outputs mean
   * @throws UnusableModelException if the file is damaged or its tensors are not what the format
   *     says
   * @throws UnsupportedOperatorException if it computes with something that is not known here
   */
  public static DifferentiableDetector openDetector(
      byte[] file, InputEncoding encoding, DetectorFormat format) {
    TfliteFile sound = new TfliteFile(file);
    DetectorFormat complete;
    try {
      complete = DetectorMetadata.complete(format, file);
    } catch (IllegalArgumentException e) {
      throw new UnusableModelException(String.valueOf(e.getMessage()));
    }
    return new TfliteDetector(sound, encoding, complete, DataType.FLOAT32);
  }

  /**
   * Rebuilds a classifier so that its weights can be trained further. Weights that are stored in
   * fewer bits are taken as float32 ({@link FloatForm}), and so is the file that comes of them.
   *
   * @param file as for {@link #open}, with float32 activations
   * @param encoding how pixels 0..1 become the model's real numbers
   * @throws UnusableModelException if the file is damaged or no such classifier, or if only a part
   *     of its weights could be trained
   * @throws UnsupportedOperatorException if it computes with something that is not known here
   */
  public static TrainableModel openTrainable(byte[] file, InputEncoding encoding) {
    return new TfliteTraining(new TfliteFile(FloatForm.of(file).file()), encoding);
  }
}
