package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import io.stopline.testing.SharedFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/** Detectors and photographs for tests. */
final class DetectorFiles {
  static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";

  static final String LOCALIZER = "data/models/mobile_object_localizer_v1_1_metadata_2.tflite";

  private DetectorFiles() {}

  /** The project's own finder of signs. */
  static byte[] finder(String precision) {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    try {
      return Files.readAllBytes(
          root.resolve(
              "firmware-config/bundles/traffic-signs/models/finder-%s.tflite"
                  .formatted(precision)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A quantised file with float32 weights and activations instead. Its ReLU6 is only the range in
   * which the results are stored: here it is said.
   */
  static byte[] inFloat(byte[] file) {
    TfliteFile read = new TfliteFile(file);
    ModelRewriter rewriter = new ModelRewriter(file);
    for (Tensor tensor : read.tensors()) {
      if (!tensor.quantization().present()) {
        continue;
      }
      if (tensor.constant()) {
        ByteBuffer floats =
            ByteBuffer.allocate(4 * tensor.elements()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : read.reals(tensor)) {
          floats.putFloat((float) value);
        }
        rewriter.fix(tensor.index(), TensorType.FLOAT32, floats.flip());
      } else {
        TensorT changed = rewriter.graph().getTensors()[tensor.index()];
        changed.setType(TensorType.FLOAT32);
        changed.setQuantization(null);
      }
    }
    for (OperatorT operator : rewriter.graph().getOperators()) {
      Object options = operator.getBuiltinOptions().getValue();
      if (read.tensors().get(operator.getOutputs()[0]).name().endsWith("Relu6")) {
        if (options instanceof Conv2DOptionsT full) {
          full.setFusedActivationFunction(ActivationFunctionType.RELU6);
        } else if (options instanceof DepthwiseConv2DOptionsT depthwise) {
          depthwise.setFusedActivationFunction(ActivationFunctionType.RELU6);
        }
      }
    }
    return rewriter.bytes();
  }

  /** Photographs of roads, squeezed to a size; NHWC, 0..1. */
  static float[] photographs(int count, ImageShape shape) {
    float[] images = new float[count * shape.size()];
    List<Path> files;
    try (Stream<Path> walk = Files.walk(SharedFiles.path("data/scenes"))) {
      files = walk.filter(p -> p.toString().endsWith(".jpg")).sorted().limit(count).toList();
      for (int n = 0; n < count; n++) {
        BufferedImage picture = ImageIO.read(files.get(n).toFile());
        for (int i = 0; i < shape.height() * shape.width(); i++) {
          int rgb =
              picture.getRGB(
                  i % shape.width() * picture.getWidth() / shape.width(),
                  i / shape.width() * picture.getHeight() / shape.height());
          for (int c = 0; c < 3; c++) {
            images[n * shape.size() + 3 * i + c] = (rgb >> (16 - 8 * c) & 0xff) / 255f;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return images;
  }
}
