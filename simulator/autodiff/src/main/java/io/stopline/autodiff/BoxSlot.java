package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * As {@link Slot}, for boxes of images in single precision: all lower ends, then all upper ends.
 */
final class BoxSlot {
  private final int boxes;
  private final int size;
  private final int classes;
  private final FloatBuffer pixelMemory;
  private final FloatBuffer labelMemory;
  private final FloatBuffer cotangentMemory;
  private final NDArray pixels;
  private final NDArray labels;
  private final NDArray cotangent;

  BoxSlot(NDManager manager, int boxes, ImageShape shape, int classes) {
    this.boxes = boxes;
    this.size = shape.size();
    this.classes = classes;
    ByteBuffer pixelBytes = memory(2 * boxes * size);
    ByteBuffer labelBytes = memory(boxes * classes);
    ByteBuffer cotangentBytes = memory(boxes * classes);
    this.pixelMemory = pixelBytes.asFloatBuffer();
    this.labelMemory = labelBytes.asFloatBuffer();
    this.cotangentMemory = cotangentBytes.asFloatBuffer();
    this.pixels =
        manager.create(
            pixelBytes,
            new Shape(2L * boxes, shape.height(), shape.width(), shape.channels()),
            DataType.FLOAT32);
    this.labels = manager.create(labelBytes, new Shape(boxes, classes), DataType.FLOAT32);
    this.cotangent = manager.create(cotangentBytes, new Shape(boxes, classes), DataType.FLOAT32);
  }

  private static ByteBuffer memory(int values) {
    return ByteBuffer.allocateDirect(4 * values).order(ByteOrder.nativeOrder());
  }

  int boxes() {
    return boxes;
  }

  /** Lower ends, then upper ends. */
  NDArray pixels() {
    return pixels;
  }

  /** One row a box, 1 at its label and else 0. */
  NDArray labels() {
    return labels;
  }

  NDArray cotangent() {
    return cotangent;
  }

  /** Takes the boxes from number {@code first} on. */
  void set(float[] low, float[] high, int[] newLabels, int first) {
    pixelMemory.put(0, low, first * size, boxes * size);
    pixelMemory.put(boxes * size, high, first * size, boxes * size);
    for (int i = 0; i < boxes; i++) {
      if (newLabels[first + i] < 0 || newLabels[first + i] >= classes) {
        throw new IllegalArgumentException(
            "box %d has label %d; the model has classes 0 to %d"
                .formatted(first + i, newLabels[first + i], classes - 1));
      }
      for (int k = 0; k < classes; k++) {
        labelMemory.put(i * classes + k, k == newLabels[first + i] ? 1 : 0);
      }
    }
  }

  void setCotangent(float[] from, int first) {
    cotangentMemory.put(0, from, first * classes, boxes * classes);
  }
}
