package io.stopline.training.architecture;

import com.google.flatbuffers.FlatBufferBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.tensorflow.lite.schema.BufferT;
import org.tensorflow.lite.schema.MetadataT;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.ModelT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.support.metadata.schema.CustomMetadataT;
import org.tensorflow.lite.support.metadata.schema.ModelMetadata;
import org.tensorflow.lite.support.metadata.schema.ModelMetadataT;
import org.tensorflow.lite.support.metadata.schema.SubGraphMetadataT;
import org.tensorflow.lite.support.metadata.schema.TensorMetadataT;

/**
 * Writes into {@code .tflite} files what MediaPipe's tools write into those of object detectors
 * without post-processing: {@code DETECTOR_METADATA} inside {@code TFLITE_METADATA}, and a file of
 * labels behind the model.
 */
public final class DetectorMetadataFiles {

  private DetectorMetadataFiles() {}

  /**
   * What is told.
   *
   * @param anchors the centre's x and y, width and height each
   * @param placeScale of x and y
   * @param sizeScale of the sizes' exponents
   * @param logits whether the logistic function is still to be applied to scores
   * @param boxes which of the two outputs holds the boxes; −1 to name neither
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  public record Told(
      float[] anchors, double placeScale, double sizeScale, boolean logits, int boxes) {}

  /**
   * The file with metadata and labels.
   *
   * @param labels one a line; empty for none
   */
  public static byte[] with(byte[] file, Told told, String labels) throws IOException {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    for (OperatorT operator : model.getSubgraphs()[0].getOperators()) {
      operator.setCustomOptions(null); // what was absent is unpacked as empty
    }
    BufferT[] buffers = Arrays.copyOf(model.getBuffers(), model.getBuffers().length + 1);
    buffers[buffers.length - 1] = new BufferT();
    buffers[buffers.length - 1].setData(unsigned(metadata(told)));
    model.setBuffers(buffers);
    MetadataT entry = new MetadataT();
    entry.setName("TFLITE_METADATA");
    entry.setBuffer(buffers.length - 1);
    model.setMetadata(new MetadataT[] {entry});
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 16);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(builder.sizedByteArray());
    if (!labels.isEmpty()) {
      try (ZipOutputStream zip = new ZipOutputStream(all)) {
        ZipEntry text = new ZipEntry("labels.txt");
        text.setTimeLocal(java.time.LocalDateTime.of(2000, 1, 1, 0, 0)); // the same bytes always
        zip.putNextEntry(text);
        zip.write(labels.getBytes(StandardCharsets.UTF_8));
      }
    }
    return all.toByteArray();
  }

  private static byte[] metadata(Told told) {
    CustomMetadataT custom = new CustomMetadataT();
    custom.setName("DETECTOR_METADATA");
    custom.setData(unsigned(options(told)));
    SubGraphMetadataT graph = new SubGraphMetadataT();
    graph.setOutputTensorMetadata(
        new TensorMetadataT[] {output(told.boxes(), 0), output(told.boxes(), 1)});
    graph.setCustomMetadata(new CustomMetadataT[] {custom});
    ModelMetadataT metadata = new ModelMetadataT();
    metadata.setName("ObjectDetector");
    metadata.setSubgraphMetadata(new SubGraphMetadataT[] {graph});
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 12);
    ModelMetadata.finishModelMetadataBuffer(builder, ModelMetadata.pack(builder, metadata));
    return builder.sizedByteArray();
  }

  private static TensorMetadataT output(int boxes, int number) {
    TensorMetadataT output = new TensorMetadataT();
    output.setName(boxes < 0 ? "output" : boxes == number ? "location" : "score");
    return output;
  }

  /** By the public schema of MediaPipe's object detectors. */
  private static byte[] options(Told told) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 12);
    float[] anchors = told.anchors();
    int[] each = new int[anchors.length / 4];
    for (int n = 0; n < each.length; n++) {
      builder.startTable(4);
      for (int i = 0; i < 4; i++) {
        builder.addFloat(i, anchors[4 * n + i], 0);
      }
      each[n] = builder.endTable();
    }
    int list = builder.createVectorOfTables(each);
    builder.startTable(1);
    builder.addOffset(0, list, 0);
    int fixed = builder.endTable();
    builder.startTable(1);
    builder.addOffset(0, fixed, 0);
    int anchored = builder.endTable();
    builder.startTable(12);
    builder.addInt(0, YoloFiles.LABELS, 0);
    builder.addInt(1, each.length, 0);
    builder.addInt(2, 4, 0);
    builder.addFloat(6, (float) told.placeScale(), 0);
    builder.addFloat(7, (float) told.placeScale(), 0);
    builder.addFloat(8, (float) told.sizeScale(), 0);
    builder.addFloat(9, (float) told.sizeScale(), 0);
    builder.addBoolean(10, true, false);
    builder.addBoolean(11, told.logits(), false);
    int decoding = builder.endTable();
    int version = builder.createString("1.0.0");
    builder.startTable(3);
    builder.addOffset(0, version, 0);
    builder.addOffset(1, anchored, 0);
    builder.addOffset(2, decoding, 0);
    builder.finish(builder.endTable(), "V001");
    return builder.sizedByteArray();
  }

  private static int[] unsigned(byte[] bytes) {
    int[] all = new int[bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = bytes[i] & 0xff;
    }
    return all;
  }
}
