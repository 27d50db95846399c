package io.stopline.sdk.model;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An object detector around a {@link VisionModel}: a whole frame in, boxes out. The frame is
 * written into the input tensor itself, row by row, as {@link FrameScaler} scales it. Belongs to
 * one thread at a time. Allocates nothing for a frame but the detections (and some tables when the
 * size of the frames changes).
 */
public final class Detector implements AutoCloseable {

  /** Of an input whose size is left open, the converter writes 1. */
  private static final int LEAST_SIDE = 8;

  private final String name;
  private final String sha256;
  private final VisionModel model;
  private final List<String> labels;
  private final TensorSpec input;
  private final ByteBuffer inputBytes;
  private final InputEncoding encoding;
  private final DetectorFormat format;
  private final TensorWriter writer;
  private final FrameScaler scaler;
  private final byte[] row;
  private final DetectionDecoder decoder;

  /** An image of the input's own size in the input. */
  private final FramePlacement itself;

  /**
   * Takes ownership of the model.
   *
   * @param name as the bundle's manifest says
   * @param sha256 of the model file, lower-case hexadecimal
   * @param labels one a kind of object, in the model's order; at least one
   * @throws IllegalArgumentException if there are no labels, the model does not take one image,
   *     1×H×W×3, or its outputs are not what the decoding asks for
   */
  public Detector(
      String name,
      String sha256,
      VisionModel model,
      InputEncoding encoding,
      DetectionDecoding decoding,
      List<String> labels) {
    this.name = name;
    this.sha256 = sha256;
    this.model = RgbInput.of(model, encoding.channels());
    this.labels = List.copyOf(labels);
    this.input = this.model.inputs().get(0);
    List<Integer> shape = input.shape();
    if (model.inputs().size() != 1 || shape.size() != 4 || shape.get(0) != 1 || shape.get(3) != 3) {
      boolean batch = model.inputs().size() == 1 && shape.size() == 4 && shape.get(0) > 1;
      throw new IllegalArgumentException(
          "detector '%s' takes %s; a detector takes one image, 1×H×W×3%s"
              .formatted(name, model.inputs(), batch ? ": export it with a batch size of 1" : ""));
    }
    if (shape.get(1) < LEAST_SIDE || shape.get(2) < LEAST_SIDE) {
      throw new IllegalArgumentException(
          "detector '%s' takes an image of %d×%d px, so its size was left open when it was exported; export it with a fixed input size, such as 640×640"
              .formatted(name, shape.get(2), shape.get(1)));
    }
    if (labels.isEmpty()) {
      throw new IllegalArgumentException(
          "detector '%s' has no labels; give one for each kind of object that it finds"
              .formatted(name));
    }
    this.inputBytes = this.model.input(0).duplicate().order(ByteOrder.nativeOrder());
    this.inputBytes.clear();
    this.encoding = encoding;
    this.format = decoding.format();
    this.writer = new TensorWriter(input, encoding);
    this.scaler = new FrameScaler(inputWidth(), inputHeight(), decoding.format().fit());
    this.row = new byte[3 * inputWidth()];
    this.decoder = decoder(decoding);
    this.itself =
        FramePlacement.of(
            FrameFit.STRETCH, inputWidth(), inputHeight(), inputWidth(), inputHeight());
  }

  private DetectionDecoder decoder(DetectionDecoding decoding) {
    DetectorFormat format = decoding.format();
    if (format instanceof DetectorFormat.HeatMap) {
      return new HeatMapDecoder(name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    if (format instanceof DetectorFormat.VoteMap) {
      return new VoteMapDecoder(name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    if (format instanceof DetectorFormat.SsdPostProcess) {
      return new SsdDecoder(name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    if (format instanceof DetectorFormat.Yolo) {
      return new YoloDecoder(name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    if (format instanceof DetectorFormat.LabelledBoxes) {
      return new LabelledBoxesDecoder(
          name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    if (format instanceof DetectorFormat.AnchoredBoxes) {
      return new AnchoredDecoder(name, model, inputWidth(), inputHeight(), labels.size(), decoding);
    }
    throw new IllegalArgumentException(
        "detector '%s': there is no decoder for %s".formatted(name, format.word()));
  }

  public String name() {
    return name;
  }

  /** SHA-256 of the model file. */
  public String sha256() {
    return sha256;
  }

  /** One name a kind of object. */
  public List<String> labels() {
    return labels;
  }

  /** Width of the model's input, px. */
  public int inputWidth() {
    return input.shape().get(2);
  }

  /** Height of the model's input, px. */
  public int inputHeight() {
    return input.shape().get(1);
  }

  public TensorSpec inputSpec() {
    return input;
  }

  /** How pixels become the input tensor's numbers. */
  public InputEncoding encoding() {
    return encoding;
  }

  /** What its output tensors mean. */
  public DetectorFormat format() {
    return format;
  }

  /** The input tensor's own memory, for who writes an image of its size into it by himself. */
  public ByteBuffer input() {
    return inputBytes;
  }

  /** Where it really runs. */
  public String delegate() {
    return model.delegate();
  }

  /**
   * Finds objects in a frame.
   *
   * @param frame of any size
   * @return best first, a new list that the caller may change
   * @throws InferenceException if the runtime fails or the output as a whole says nothing
   */
  public List<Detection> detect(Image frame) {
    FramePlacement placement = scaler.begin(frame);
    for (int y = 0; y < scaler.height(); y++) {
      scaler.row(frame, y, row);
      writer.write(row, 0, row.length, inputBytes, row.length * y);
    }
    model.invoke();
    return decoder.decode(placement);
  }

  /**
   * Finds objects in what {@link #input()} holds.
   *
   * @return best first, px of the input, a new list that the caller may change
   * @throws InferenceException if the runtime fails or the output as a whole says nothing
   */
  public List<Detection> detectWritten() {
    model.invoke();
    return decoder.decode(itself);
  }

  /**
   * How many values and boxes the last frame's output had that say nothing (not finite, of no size,
   * wholly outside the frame, of a class that has no label) and were left out.
   */
  public int discarded() {
    return decoder.discarded();
  }

  @Override
  public void close() {
    model.close();
  }
}
