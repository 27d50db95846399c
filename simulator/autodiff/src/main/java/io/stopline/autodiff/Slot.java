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
  private final NDManager manager;
  private final DataType precision;
  private final ImageShape shape;
  private final int classes;
  private final ByteBuffer allPixels;
  private final ByteBuffer allCotangents;
  private final int most;
  private int images;
  private ByteBuffer pixelMemory;
  private ByteBuffer cotangentMemory;
  private NDArray pixels;
  private NDArray cotangent;

  Slot(NDManager manager, DataType precision, int images, ImageShape shape, int classes) {
    this.manager = manager;
    this.precision = precision;
    this.shape = shape;
    this.classes = classes;
    this.most = images;
    this.images = images;
    this.allPixels = memory(images * shape.size());
    this.allCotangents = memory(images * classes);
    this.pixelMemory = allPixels;
    this.cotangentMemory = allCotangents;
    this.pixels = pixels(images);
    this.cotangent = cotangent(images);
  }

  private ByteBuffer memory(int values) {
    return ByteBuffer.allocateDirect(values * precision.getNumOfBytes())
        .order(ByteOrder.nativeOrder());
  }

  private NDArray pixels(int count) {
    NDArray made =
        manager.create(
            pixelMemory,
            new Shape(count, shape.height(), shape.width(), shape.channels()),
            precision);
    made.setRequiresGradient(true);
    return made;
  }

  private NDArray cotangent(int count) {
    return manager.create(cotangentMemory, new Shape(count, classes), precision);
  }

  /**
   * Takes another number of images in the same memory: what falls out of a batch, one by one, would
   * else leave a slot of each size behind.
   *
   * @return whether they have room
   */
  boolean resize(int count) {
    if (count > most) {
      return false;
    }
    close();
    images = count;
    pixelMemory = part(allPixels, count * shape.size());
    cotangentMemory = part(allCotangents, count * classes);
    pixels = pixels(count);
    cotangent = cotangent(count);
    return true;
  }

  private ByteBuffer part(ByteBuffer memory, int values) {
    return memory.slice(0, values * precision.getNumOfBytes()).order(ByteOrder.nativeOrder());
  }

  int images() {
    return images;
  }

  /** Numbers a cotangent has for one image. */
  int scores() {
    return classes;
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
