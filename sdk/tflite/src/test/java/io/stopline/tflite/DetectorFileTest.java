package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorFileTest {

  @ParameterizedTest
  @CsvSource({
    "ssd_mobilenet_v1_coco_quant_metadata.tflite, 300, 1917, 91",
    "mobile_object_localizer_v1_1_metadata_2.tflite, 192, 738, 2"
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
