package io.stopline.autodiff;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.Metadata;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.SignatureDef;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorT;

/**
 * A {@code .tflite} file whose first subgraph is changed and then written anew. All else stays as
 * it is: operators that are declared, further subgraphs, signatures, metadata. Tensors keep their
 * numbers. Files that a tool has appended to the flatbuffer, such as a list of labels, are left
 * out.
 */
final class ModelRewriter {

  /** Kernels read weights in place and want them aligned so. */
  private static final int ALIGNMENT = 16;

  private static final int SPARE_BYTES = 1 << 16;

  private final Model model;
  private final SubGraphT graph;
  private final Map<Integer, byte[]> added = new HashMap<>();
  private int buffers;

  /**
   * @param file of sound structure
   */
  ModelRewriter(byte[] file) {
    this.model = Model.getRootAsModel(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
    this.graph = model.subgraphs(0).unpack();
    this.buffers = model.buffersLength();
  }

  /** The first subgraph, to be changed in place. */
  SubGraphT graph() {
    return graph;
  }

  /** Makes a tensor a constant with a buffer of its own. */
  void fix(int tensor, byte type, ByteBuffer values) {
    byte[] bytes = new byte[values.remaining()];
    values.get(bytes);
    added.put(buffers, bytes);
    TensorT changed = graph.getTensors()[tensor];
    changed.setType(type);
    changed.setBuffer(buffers);
    changed.setQuantization(null);
    buffers++;
  }

  /** The file. Buffers that no tensor uses any more are empty in it. */
  byte[] bytes() {
    Set<Long> used = used();
    FlatBufferBuilder builder = new FlatBufferBuilder(SPARE_BYTES);
    int[] written = new int[buffers];
    for (int b = 0; b < buffers; b++) {
      byte[] data = added.get(b);
      written[b] =
          data != null ? buffer(builder, data) : buffer(builder, kept(b, used.contains((long) b)));
    }
    int bufferVector = Model.createBuffersVector(builder, written);
    int graphVector =
        Model.createSubgraphsVector(
            builder,
            offsets(
                model.subgraphsLength(),
                s -> SubGraph.pack(builder, tidy(s == 0 ? graph : model.subgraphs(s).unpack()))));
    int codeVector =
        Model.createOperatorCodesVector(
            builder,
            offsets(
                model.operatorCodesLength(),
                c -> OperatorCode.pack(builder, model.operatorCodes(c).unpack())));
    int metadataVector =
        Model.createMetadataVector(
            builder,
            offsets(
                model.metadataLength(), m -> Metadata.pack(builder, model.metadata(m).unpack())));
    int signatureVector =
        Model.createSignatureDefsVector(
            builder,
            offsets(
                model.signatureDefsLength(),
                s -> SignatureDef.pack(builder, model.signatureDefs(s).unpack())));
    String description = model.description();
    int text = builder.createString(description == null ? "" : description);
    Model.startModel(builder);
    Model.addVersion(builder, model.version());
    Model.addOperatorCodes(builder, codeVector);
    Model.addSubgraphs(builder, graphVector);
    Model.addDescription(builder, text);
    Model.addBuffers(builder, bufferVector);
    Model.addMetadata(builder, metadataVector);
    Model.addSignatureDefs(builder, signatureVector);
    Model.finishModelBuffer(builder, Model.endModel(builder));
    return builder.sizedByteArray();
  }

  /** Vectors that were absent are empty now, which TensorFlow Lite warns of or takes for a rank. */
  private static SubGraphT tidy(SubGraphT graph) {
    for (OperatorT operator : graph.getOperators()) {
      if (operator.getCustomOptions() != null && operator.getCustomOptions().length == 0) {
        operator.setCustomOptions(null);
      }
    }
    for (TensorT tensor : graph.getTensors()) {
      if (tensor.getShapeSignature() != null && tensor.getShapeSignature().length == 0) {
        tensor.setShapeSignature(null);
      }
    }
    return graph;
  }

  private interface Packed extends IntFunction<Integer> {}

  private static int[] offsets(int count, Packed pack) {
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = pack.apply(i);
    }
    return offsets;
  }

  /** Buffers of tensors and of metadata. */
  private Set<Long> used() {
    Set<Long> used = new HashSet<>();
    for (TensorT tensor : graph.getTensors()) {
      used.add(tensor.getBuffer());
    }
    for (int s = 1; s < model.subgraphsLength(); s++) {
      for (int t = 0; t < model.subgraphs(s).tensorsLength(); t++) {
        used.add(model.subgraphs(s).tensors(t).buffer());
      }
    }
    for (int m = 0; m < model.metadataLength(); m++) {
      used.add(model.metadata(m).buffer());
    }
    return used;
  }

  private byte[] kept(int b, boolean wanted) {
    Buffer buffer = model.buffers(b);
    byte[] data = new byte[wanted ? buffer.dataLength() : 0];
    if (data.length > 0) {
      buffer.dataAsByteBuffer().get(data);
    }
    return data;
  }

  private static int buffer(FlatBufferBuilder builder, byte[] data) {
    if (data.length == 0) {
      Buffer.startBuffer(builder);
      return Buffer.endBuffer(builder);
    }
    builder.startVector(1, data.length, ALIGNMENT);
    // Backwards, as the builder fills its memory.
    for (int b = data.length - 1; b >= 0; b--) {
      builder.addByte(data[b]);
    }
    return Buffer.createBuffer(builder, builder.endVector());
  }
}
