package io.stopline.attacks.detection;

import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.autodiff.TfliteModels;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** SSD MobileNet, exact and with gradients, and photographs with and without a stop sign. */
final class Photographs {
  static final DetectorFormat FORMAT = new DetectorFormat.SsdPostProcess(FrameFit.STRETCH, 0);

  private static final InputEncoding SIGNED =
      new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  private static final String SSD = "data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite";
  private static final String LABELS = "data/models/ssd_mobilenet_v1_coco_labelmap.txt";

  private Photographs() {}

  static List<String> labels() {
    return Arrays.asList(
        new String(SharedFiles.bytes(LABELS), StandardCharsets.UTF_8).strip().split("\\R"));
  }

  static int stopSign() {
    return labels().indexOf("stop sign");
  }

  static DifferentiableDetector gradients() {
    return TfliteModels.openDetector(SharedFiles.bytes(SSD), SIGNED, FORMAT);
  }

  static Detector exact(double threshold) {
    return new Detector(
        "ssd",
        "0".repeat(64),
        TfLiteModel.load("ssd", SharedFiles.bytes(SSD), RuntimeOptions.defaults()),
        SIGNED,
        new DetectionDecoding(FORMAT, threshold, 100),
        labels());
  }

  /** A street with a stop sign. */
  static Image street() {
    return scene("34501842524");
  }

  /** A road with none. */
  static Image road() {
    return scene("p1v_0044");
  }

  private static Image scene(String name) {
    try (Stream<Path> walk = Files.walk(SharedFiles.path("data/scenes"))) {
      return image(walk.filter(p -> p.toString().contains(name)).findFirst().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Image image(Path file) throws IOException {
    BufferedImage picture = ImageIO.read(file.toFile());
    byte[] rgb = new byte[3 * picture.getWidth() * picture.getHeight()];
    for (int i = 0; i < rgb.length / 3; i++) {
      int value = picture.getRGB(i % picture.getWidth(), i / picture.getWidth());
      rgb[3 * i] = (byte) (value >> 16);
      rgb[3 * i + 1] = (byte) (value >> 8);
      rgb[3 * i + 2] = (byte) value;
    }
    return Image.of(picture.getWidth(), picture.getHeight(), rgb);
  }

  /** Where the stop sign of a picture is found. */
  static Region found(Detector detector, Image frame) {
    return detector.detect(frame).stream()
        .filter(d -> d.label() == stopSign())
        .findFirst()
        .map(Detection::region)
        .orElseThrow();
  }

  static DetectorTerm term(
      DifferentiableDetector detector, Image frame, Region window, DetectionGoal goal) {
    return new DetectorTerm(
        detector,
        new FrameView(frame, window, FrameFit.STRETCH, detector.shape()),
        3 * window.width() * window.height(),
        goal,
        PatchOnSsdTest.THRESHOLD,
        1);
  }
}
