package io.stopline.sdk.model;

import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.FlatTable.Vector;
import java.util.Locale;
import java.util.Optional;

/**
 * What the metadata of MediaPipe's object detectors say: how boxes and scores are read that come
 * without post-processing. They lie inside the {@code .tflite} file, in {@code TFLITE_METADATA},
 * under the name {@code DETECTOR_METADATA}.
 *
 * @param anchors one a candidate
 * @param scores whether scores are probabilities already
 * @param boxes which output tensor holds the boxes, 0 or 1; −1 if no name tells
 */
public record DetectorMetadata(BoxAnchors anchors, Scores scores, int boxes) {

  private static final String METADATA = "TFLITE_METADATA";
  private static final String NAME = "DETECTOR_METADATA";

  /** What MediaPipe calls its tensors. */
  private static final String LOCATION = "location";

  private static final String SCORE = "score";

  private static final int BOX = 4;

  /** More anchors than this are no detector's; a hostile file may name one anchor many times. */
  private static final int MOST_ANCHORS = 1 << 20;

  // Field numbers, by the public schemas of TensorFlow Lite, its metadata and MediaPipe's.
  private static final int MODEL_BUFFERS = 4;
  private static final int MODEL_METADATA = 6;
  private static final int METADATA_NAME = 0;
  private static final int METADATA_BUFFER = 1;
  private static final int BUFFER_DATA = 0;
  private static final int SUBGRAPHS = 3;
  private static final int OUTPUT_TENSORS = 3;
  private static final int CUSTOM = 9;
  private static final int CUSTOM_NAME = 0;
  private static final int CUSTOM_DATA = 1;
  private static final int TENSOR_NAME = 0;
  private static final int ANCHOR_OPTIONS = 1;
  private static final int DECODING_OPTIONS = 2;
  private static final int FIXED_ANCHORS = 0;
  private static final int ANCHORS = 0;
  private static final int COORDINATES = 2;
  private static final int FIRST_SCALE = 6; // of x; then y, w, h
  private static final int EXPONENTIAL = 10;
  private static final int SIGMOID = 11;

  /**
   * Reads what a file says.
   *
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty
   * @return empty if it says nothing of the kind
   * @throws IllegalArgumentException if what it says cannot be; says what and what to do
   */
  public static Optional<DetectorMetadata> of(byte[] file) {
    try {
      return read(file);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "its DETECTOR_METADATA are not sound: they refer to bytes outside themselves; export the model again",
          e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "its DETECTOR_METADATA cannot be: %s; export the model again".formatted(e.getMessage()),
          e);
    }
  }

  /**
   * The format with what only the file says, if it is one with anchors and has none yet.
   *
   * @param file as for {@link #of}
   * @throws IllegalArgumentException if what the file says cannot be
   */
  public static DetectorFormat complete(DetectorFormat format, byte[] file) {
    return format instanceof AnchoredBoxes anchored && anchored.anchors().count() == 0
        ? of(file)
            .<DetectorFormat>map(
                told ->
                    new AnchoredBoxes(
                        anchored.fit(),
                        told.scores(),
                        anchored.byLabel(),
                        anchored.overlap(),
                        told.anchors(),
                        told.boxes()))
            .orElse(format)
        : format;
  }

  private static Optional<DetectorMetadata> read(byte[] file) {
    FlatTable model = FlatTable.root(file);
    Vector entries = model.vector(MODEL_METADATA, Integer.BYTES);
    for (int i = 0; i < entries.count(); i++) {
      FlatTable entry = entries.table(i);
      if (entry.text(METADATA_NAME).equals(METADATA)) {
        Vector buffers = model.vector(MODEL_BUFFERS, Integer.BYTES);
        int buffer = entry.int32(METADATA_BUFFER, 0);
        if (buffer < 0 || buffer >= buffers.count()) {
          throw new IndexOutOfBoundsException("buffer " + buffer);
        }
        byte[] data = buffers.table(buffer).vector(BUFFER_DATA, 1).copy();
        return data.length == 0 ? Optional.empty() : ofMetadata(FlatTable.root(data));
      }
    }
    return Optional.empty();
  }

  private static Optional<DetectorMetadata> ofMetadata(FlatTable metadata) {
    Vector graphs = metadata.vector(SUBGRAPHS, Integer.BYTES);
    if (graphs.count() == 0) {
      return Optional.empty();
    }
    FlatTable graph = graphs.table(0);
    Vector custom = graph.vector(CUSTOM, Integer.BYTES);
    for (int i = 0; i < custom.count(); i++) {
      FlatTable entry = custom.table(i);
      if (entry.text(CUSTOM_NAME).equals(NAME)) {
        FlatTable options = FlatTable.root(entry.vector(CUSTOM_DATA, 1).copy());
        return Optional.of(ofOptions(options, boxes(graph.vector(OUTPUT_TENSORS, Integer.BYTES))));
      }
    }
    return Optional.empty();
  }

  private static int boxes(Vector outputs) {
    for (int i = 0; i < Math.min(2, outputs.count()); i++) {
      String name = outputs.table(i).text(TENSOR_NAME).toLowerCase(Locale.ROOT);
      if (name.contains(LOCATION)) {
        return i;
      }
      if (name.contains(SCORE)) {
        return 1 - i;
      }
    }
    return -1;
  }

  private static DetectorMetadata ofOptions(FlatTable options, int boxes) {
    if (!options.has(ANCHOR_OPTIONS)
        || !options.table(ANCHOR_OPTIONS).has(FIXED_ANCHORS)
        || !options.has(DECODING_OPTIONS)) {
      throw new IllegalArgumentException("they have no fixed anchors, or do not say how boxes are");
    }
    FlatTable decoding = options.table(DECODING_OPTIONS);
    int coordinates = decoding.int32(COORDINATES, 0);
    if (coordinates != BOX) {
      throw new IllegalArgumentException(
          "a box has %d numbers; boxes of 4, without key points, are read".formatted(coordinates));
    }
    double[] scales = new double[BOX];
    for (int i = 0; i < BOX; i++) {
      scales[i] = decoding.float32(FIRST_SCALE + i, 0);
    }
    return new DetectorMetadata(
        new BoxAnchors(
            anchors(options.table(ANCHOR_OPTIONS).table(FIXED_ANCHORS)),
            scales,
            decoding.int8(EXPONENTIAL, 0) != 0),
        decoding.int8(SIGMOID, 0) != 0 ? Scores.LOGITS : Scores.PROBABILITIES,
        boxes);
  }

  private static float[] anchors(FlatTable fixed) {
    Vector all = fixed.vector(ANCHORS, Integer.BYTES);
    if (all.count() == 0 || all.count() > MOST_ANCHORS) {
      throw new IllegalArgumentException("they have %d anchors".formatted(all.count()));
    }
    float[] values = new float[BOX * all.count()];
    for (int n = 0; n < all.count(); n++) {
      FlatTable anchor = all.table(n);
      for (int i = 0; i < BOX; i++) {
        values[BOX * n + i] = anchor.float32(i, 0);
      }
    }
    return values;
  }
}
