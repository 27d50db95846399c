package io.stopline.sdk.guard;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.CloseUpDetector;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A real, tiny detector in plain Java with the outputs of an SSD: finds the box around all red
 * pixels and the box around all green ones of its 64×64 input.
 */
final class SpotModel implements VisionModel {

  static final int SIDE = 64;
  static final List<String> LABELS = List.of("red spot", "green spot");

  private final ByteBuffer in =
      ByteBuffer.allocateDirect(4 * 3 * SIDE * SIDE).order(ByteOrder.nativeOrder());
  private final List<TensorSpec> outputs =
      List.of(
          new TensorSpec("boxes", List.of(1, 2, 4), ElementType.FLOAT32, 0, 0),
          new TensorSpec("classes", List.of(1, 2), ElementType.FLOAT32, 0, 0),
          new TensorSpec("scores", List.of(1, 2), ElementType.FLOAT32, 0, 0),
          new TensorSpec("count", List.of(1), ElementType.FLOAT32, 0, 0));
  private final List<ByteBuffer> out =
      outputs.stream()
          .map(o -> ByteBuffer.allocateDirect(o.bytes()).order(ByteOrder.nativeOrder()))
          .toList();
  private final float score;
  int closed;

  /**
   * @param score that it gives to what it finds
   */
  SpotModel(double score) {
    this.score = (float) score;
  }

  CloseUpDetector closeUp(String name, FrameFit fit, double threshold) {
    return closeUp(name, fit, threshold, LABELS);
  }

  CloseUpDetector closeUp(String name, FrameFit fit, double threshold, List<String> labels) {
    DetectorFormat format =
        new DetectorFormat.SsdPostProcess(fit, 0, DetectorFormat.SsdPostProcess.Part.OF_OPERATOR);
    return new CloseUpDetector(
        new Detector(
            name,
            "aa",
            this,
            InputEncoding.UNIT,
            new DetectionDecoding(
                format, CloseUpDetector.LOWEST_THRESHOLD, CloseUpDetector.MAXIMUM),
            labels),
        threshold);
  }

  @Override
  public List<TensorSpec> inputs() {
    return List.of(new TensorSpec("in", List.of(1, SIDE, SIDE, 3), ElementType.FLOAT32, 0, 0));
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs;
  }

  @Override
  public ByteBuffer input(int index) {
    return in;
  }

  @Override
  public ByteBuffer output(int index) {
    return out.get(index);
  }

  @Override
  public void invoke() {
    int found = 0;
    for (int channel = 0; channel < 2; channel++) {
      int left = SIDE;
      int top = SIDE;
      int right = -1;
      int bottom = -1;
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int at = 4 * 3 * (y * SIDE + x);
          float it = in.getFloat(at + 4 * channel);
          float other = in.getFloat(at + 4 * (1 - channel));
          if (it - other > 0.4) {
            left = Math.min(left, x);
            top = Math.min(top, y);
            right = Math.max(right, x + 1);
            bottom = Math.max(bottom, y + 1);
          }
        }
      }
      if (right > left) {
        ByteBuffer boxes = out.get(0);
        boxes.putFloat(16 * found, top / (float) SIDE);
        boxes.putFloat(16 * found + 4, left / (float) SIDE);
        boxes.putFloat(16 * found + 8, bottom / (float) SIDE);
        boxes.putFloat(16 * found + 12, right / (float) SIDE);
        out.get(1).putFloat(4 * found, channel);
        out.get(2).putFloat(4 * found, score);
        found++;
      }
    }
    out.get(3).putFloat(0, found);
  }

  @Override
  public String delegate() {
    return "toy";
  }

  @Override
  public void close() {
    closed++;
  }
}
