package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;

/** The ranges of what a detector's output holds. Belongs to one thread. */
interface RawTable {

  /**
   * Boxes as shares of the input hardly leave it; in pixels, they do not stay below as soon as
   * there are any.
   */
  double FARTHEST_SHARE = 2;

  /** What rounding may add to a probability. */
  double ROUNDING = 0.02;

  /** Takes in what the model gave last. */
  void look(VisionModel model);

  /** Whether it saw any number. */
  boolean sawAny();

  /** In what the boxes are measured. */
  BoxUnit unit();

  /** Why the boxes are taken as they are. */
  String boxWords();

  /** What the scores are. */
  Scores scores();

  /** Why the scores are taken as they are. */
  String scoreWords();

  /**
   * Why what it saw cannot be what it is taken for, with the cure, to be put behind the detector's
   * name; empty if it can.
   */
  String problem();

  /** One element of a tensor as a real number. */
  static double real(TensorSpec spec, ByteBuffer bytes, int index) {
    if (spec.type() == ElementType.FLOAT32) {
      return bytes.getFloat(4 * index);
    }
    int stored = bytes.get(index);
    return spec.scale()
        * ((spec.type() == ElementType.UINT8 ? stored & 0xff : stored) - spec.zeroPoint());
  }
}
