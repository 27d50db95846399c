package io.stopline.sdk.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tells the models that are stored as protocol buffers apart by the numbers of their top fields.
 * They have no identifier; only files that can be read as a whole are named.
 */
final class ProtobufModel {

  /** Of {@code onnx.proto}: {@code ModelProto}. */
  private static final int ONNX_IR_VERSION = 1;

  private static final int ONNX_GRAPH = 7;
  private static final int ONNX_OPERATOR_SETS = 8;
  private static final Set<Integer> ONNX_FIELDS = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26);

  /** Of {@code saved_model.proto}: the schema's version, and graphs. */
  private static final Set<Integer> SAVED_MODEL_FIELDS = Set.of(1, 2);

  /** Of {@code graph.proto}: nodes, library, version numbers, debug information. */
  private static final Set<Integer> GRAPH_FIELDS = Set.of(1, 2, 3, 4, 5);

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;
  private static final int MAX_VARINT = 10;
  private static final int MAX_NAME = 512;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int wire;

  private ProtobufModel(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** What it is and the cure; empty if it is none of these. */
  static Optional<String> problem(byte[] bytes) {
    Set<Integer> fields = new TreeSet<>();
    ProtobufModel reader = new ProtobufModel(bytes, 0, bytes.length);
    int firstWire = -1;
    while (reader.at < bytes.length) {
      int field = reader.next();
      if (field < 1) {
        return Optional.empty();
      }
      firstWire = fields.isEmpty() ? reader.wire : firstWire;
      fields.add(field);
    }
    if (fields.contains(ONNX_IR_VERSION)
        && fields.contains(ONNX_GRAPH)
        && fields.contains(ONNX_OPERATOR_SETS)
        && ONNX_FIELDS.containsAll(fields)) {
      return Optional.of("is an ONNX model; " + ForeignFile.CONVERT_ONNX);
    }
    if (fields.equals(SAVED_MODEL_FIELDS) && firstWire == VARINT) {
      return Optional.of(
          "is the graph of a TensorFlow SavedModel (saved_model.pb); "
              + ForeignFile.CONVERT_SAVED_MODEL);
    }
    if (fields.contains(1) && GRAPH_FIELDS.containsAll(fields) && beginsWithNode(bytes)) {
      return Optional.of(
          "is a frozen TensorFlow graph (.pb); convert it in Python with"
              + " tf.compat.v1.lite.TFLiteConverter.from_frozen_graph('FILE', [INPUT], [OUTPUT])");
    }
    return Optional.empty();
  }

  /** Whether the first field holds a {@code NodeDef}: its name, then its operator. */
  private static boolean beginsWithNode(byte[] bytes) {
    ProtobufModel outer = new ProtobufModel(bytes, 0, bytes.length);
    if (outer.tag() != 1 || outer.wire != BYTES) {
      return false;
    }
    long length = outer.varint();
    if (length < 0 || length > bytes.length - outer.at) {
      return false;
    }
    ProtobufModel node = new ProtobufModel(bytes, outer.at, outer.at + (int) length);
    return node.isText(1) && node.isText(2);
  }

  private boolean isText(int field) {
    if (tag() != field || wire != BYTES) {
      return false;
    }
    long length = varint();
    if (length < 1 || length > Math.min(MAX_NAME, end - at)) {
      return false;
    }
    String text = new String(bytes, at, (int) length, StandardCharsets.ISO_8859_1);
    at += (int) length;
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  /** Skips a field and gives its number; 0 if there is none that can be read. */
  private int next() {
    int field = tag();
    long length =
        switch (wire) {
          case VARINT -> varint() < 0 ? -1 : 0;
          case FIXED_64 -> 8;
          case BYTES -> varint();
          case FIXED_32 -> 4;
          default -> -1;
        };
    if (length < 0 || length > end - at) {
      return 0;
    }
    at += (int) length;
    return field;
  }

  private int tag() {
    long tag = varint();
    wire = (int) (tag & 7);
    return tag < 0 || tag >>> 3 > Short.MAX_VALUE ? 0 : (int) (tag >>> 3);
  }

  /** Negative if it does not end. */
  private long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT && at < end; i++) {
      byte part = bytes[at++];
      value |= (long) (part & 0x7f) << (7 * i);
      if (part >= 0) {
        return value;
      }
    }
    return -1;
  }
}
