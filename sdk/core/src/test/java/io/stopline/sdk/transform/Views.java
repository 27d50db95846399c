package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Images, tensors and renderings that the tests of this package share. */
final class Views {

  private Views() {}

  static TensorSpec tensor(ElementType type, int width, int height, double scale, int zeroPoint) {
    return new TensorSpec("input", List.of(1, height, width, 3), type, scale, zeroPoint);
  }

  /** Stores pixel values as they are. */
  static TensorSpec pixels(int width, int height) {
    return tensor(ElementType.UINT8, width, height, 1.0 / 255, 0);
  }

  static TensorSpec floats(int width, int height) {
    return tensor(ElementType.FLOAT32, width, height, 0, 0);
  }

  static Image noise(int width, int height, long seed) {
    RandomStream random = new RandomStream(seed);
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(256);
    }
    return Image.of(width, height, rgb);
  }

  /** Gentle slopes, on which resampling twice is nearly resampling once. */
  static Image smooth(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double u = (x + 0.5) / width;
        double v = (y + 0.5) / height;
        int i = 3 * (y * width + x);
        rgb[i] = (byte) (int) (40 + 170 * u);
        rgb[i + 1] = (byte) (int) (40 + 170 * v);
        rgb[i + 2] = (byte) (int) (128 + 80 * Math.sin(3 * u) * Math.cos(3 * v));
      }
    }
    return Image.of(width, height, rgb);
  }

  static ByteBuffer memory(TensorSpec spec) {
    return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
  }

  static TransformChain chain(InputTransform... transforms) {
    return new TransformChain("test", List.of(transforms));
  }

  /** The view as pixels, rendered through a uint8 tensor that stores them as they are. */
  static byte[] render(TransformChain chain, Image image, int width, int height, long seed) {
    TensorSpec spec = pixels(width, height);
    ByteBuffer memory = memory(spec);
    new TransformRenderer(chain, spec, InputEncoding.UNIT).render(image, seed, memory);
    byte[] out = new byte[spec.bytes()];
    memory.get(0, out);
    return out;
  }

  static Image image(byte[] rgb, int width, int height) {
    return Image.of(width, height, rgb);
  }

  static int largestDifference(byte[] a, byte[] b) {
    int largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return largest;
  }

  static double meanDifference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }
}
