package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.ModelGraph;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.YoloModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorFileTest {

  @ParameterizedTest
  @CsvSource({
    "ssd_mobilenet_v1_coco_quant_metadata.tflite, 300, 1917, 91",
    "mobile_object_localizer_v1_1_metadata_2.tflite, 192, 738, 1"
  })
  void theOperatorTellsWhichOutputIsWhich(String name, int side, int candidates, int scores) {
    DetectorFacts facts = DetectorFile.read(name, SharedData.bytes(SharedData.thirdParty(name)));

    assertThat(facts.inputHeight()).isEqualTo(side);
    assertThat(facts.inputWidth()).isEqualTo(side);
    assertThat(facts.yolo()).isEmpty();
    assertThat(facts.heatMap()).isFalse();
    DetectorFacts.PostProcess end = facts.postProcess().orElseThrow();
    assertThat(end.outputs()).isEqualTo(Part.OF_OPERATOR);
    assertThat(end.candidates()).isEqualTo(candidates);
    assertThat(end.scores()).isEqualTo(scores);
    assertThat(end.logistic()).isTrue();
  }

  /** The file's own order is one of 24; TensorFlow 2 writes another. */
  @ParameterizedTest
  @CsvSource({"0,1,2,3", "2,0,3,1", "3,2,1,0", "1,3,0,2"})
  void outputsInAnyOrderGiveTheSameDetections(int a, int b, int c, int d) throws IOException {
    byte[] plain =
        SharedData.bytes(SharedData.thirdParty("ssd_mobilenet_v1_coco_quant_metadata.tflite"));
    byte[] turned = EditedModel.withOutputs(plain, a, b, c, d);
    Image frame = stopSign();

    List<Part> parts = DetectorFile.read("turned", turned).postProcess().orElseThrow().outputs();
    assertThat(parts)
        .containsExactly(
            Part.OF_OPERATOR.get(a),
            Part.OF_OPERATOR.get(b),
            Part.OF_OPERATOR.get(c),
            Part.OF_OPERATOR.get(d));
    List<Detection> expected = detect(plain, Part.OF_OPERATOR, frame);
    assertThat(expected).isNotEmpty();
    assertThat(detect(turned, parts, frame)).isEqualTo(expected);
  }

  private static Image stopSign() throws IOException {
    BufferedImage picture =
        ImageIO.read(SharedFiles.path("data/stop-signs/clean256/01.png").toFile());
    byte[] rgb = new byte[3 * picture.getWidth() * picture.getHeight()];
    for (int i = 0; i < rgb.length; i += 3) {
      int pixel = picture.getRGB(i / 3 % picture.getWidth(), i / 3 / picture.getWidth());
      rgb[i] = (byte) (pixel >> 16);
      rgb[i + 1] = (byte) (pixel >> 8);
      rgb[i + 2] = (byte) pixel;
    }
    return Image.of(picture.getWidth(), picture.getHeight(), rgb);
  }

  private static List<Detection> detect(byte[] file, List<Part> parts, Image frame) {
    try (Detector detector =
        new Detector(
            "ssd",
            "",
            TfLiteModel.loadBuilt("ssd", file, RuntimeOptions.defaults()),
            new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
            new DetectionDecoding(new SsdPostProcess(FrameFit.STRETCH, 0, parts), 0.3, 10),
            Collections.nCopies(90, "thing"))) {
      return detector.detect(frame);
    }
  }

  @Test
  void imagesWithoutAFixedSizeAndBatchesAreRefusedWithTheCure() {
    byte[] file = YoloModel.V8_RED.bytes();
    assertThatThrownBy(
            () -> DetectorFile.read("mine", EditedModel.withInputShape(file, 4, 128, 160, 3)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("'mine' looks at 4 images at once")
        .hasMessageContaining("export it with a batch size of 1");
    assertThatThrownBy(
            () -> DetectorFile.read("mine", EditedModel.withInputShape(file, 1, 0, 0, 3)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("size was left open")
        .hasMessageContaining("export it with a fixed input size");
    byte[] signed = SharedData.bytes(SharedData.thirdParty("vww_96_float.tflite"));
    byte[] open = EditedModel.withInputSignature(signed, -1, -1, -1, 3);
    assertThat(DetectorFile.read("mine", open).inputWidth())
        .as("left open, but with a length")
        .isEqualTo(96);
    assertThatThrownBy(
            () -> DetectorFile.read("mine", EditedModel.withInputShape(open, 1, 1, 1, 3)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("size was left open");
  }

  @Test
  void aBatchThatWasLeftOpenIsOneImage() {
    String name = "vww_96_float.tflite";
    byte[] file = SharedData.bytes(SharedData.thirdParty(name));
    ModelGraph.Tensor image = ModelGraph.of(file).fed().get(0);
    assertThat(image.isOpen(0)).isTrue();
    assertThat(image.isOpen(1)).isFalse();
    assertThat(DetectorFile.read(name, file).batch()).isOne();
    assertThat(DetectorFile.read(name, file).inputWidth()).isEqualTo(96);
  }

  @Test
  void aClassifierHasNothingOfADetector() {
    String name = "mobilenet_v1_0.25_128_quant.tflite";
    DetectorFacts facts = DetectorFile.read(name, SharedData.bytes(SharedData.thirdParty(name)));
    assertThat(facts.postProcess()).isEmpty();
    assertThat(facts.yolo()).isEmpty();
    assertThat(facts.heatMap()).isFalse();
  }

  @Test
  void whatIsNoModelIsRefused() {
    assertThatThrownBy(() -> DetectorFile.read("mine", "no model".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("'mine'");
  }
}
