package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory that Java and the engine share for one chunk of a batch: pixels in, cotangents in. Reused
 * from pass to pass, so that a pass copies each number once.
 */
final class Slot implements AutoCloseable {
  private final int images;
  private final DataType precision;
  private final ByteBuffer pixelMemory;
  private final ByteBuffer cotangentMemory;
  private final NDArray pixels;
  private final NDArray cotangent;

  Slot(NDManager manager, DataType precision, int images, ImageShape shape, int classes) {
    this.images = images;
    this.precision = precision;
    this.pixelMemory = memory(images * shape.size());
    this.cotangentMemory = memory(images * classes);
    this.pixels =
        manager.create(
            pixelMemory,
            new Shape(images, shape.height(), shape.width(), shape.channels()),
            precision);
    this.cotangent = manager.create(cotangentMemory, new Shape(images, classes), precision);
    pixels.setRequiresGradient(true);
  }

  private ByteBuffer memory(int values) {
    return ByteBuffer.allocateDirect(values * precision.getNumOfBytes())
        .order(ByteOrder.nativeOrder());
  }

  int images() {
    return images;
  }

  /** NHWC, 0..1; a leaf that gathers gradients. */
  NDArray pixels() {
    return pixels;
  }

  NDArray cotangent() {
    return cotangent;
  }

  void setPixels(Numbers from, int offset) {
    from.read(offset, pixelMemory);
  }

  void setCotangent(Numbers from, int offset) {
    from.read(offset, cotangentMemory);
  }

  @Override
  public void close() {
    pixels.close();
    cotangent.close();
  }
}
