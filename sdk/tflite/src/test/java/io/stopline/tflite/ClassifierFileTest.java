package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierFileTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar10_resnet8_float",
        "cifar10_resnet8_int8",
        "mobilenet_v1_0.25_128_quant",
        "mobilenet_v2_1.0_224_quant",
        "tf2_mobilenet_v2_1.0_224_ptq",
        "vww_96_float",
        "vww_96_int8"
      })
  void classifiersOfOthersPass(String name) {
    byte[] file = SharedData.bytes(SharedData.thirdParty(name + ".tflite"));
    assertThat(ClassifierFile.require(name, file).isClassifier()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ssd_mobilenet_v1_coco_quant_metadata", "mobile_object_localizer_v1_1_metadata_2"})
  void detectorsOfOthersAreNamed(String name) {
    byte[] file = SharedData.bytes(SharedData.thirdParty(name + ".tflite"));
    assertThatThrownBy(() -> ClassifierFile.require(name, file))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("model '%s' is a detector: it takes one image 1×".formatted(name))
        .hasMessageContaining("gives 4 tensors (")
        .hasMessageContaining(
            "by TFLite_Detection_PostProcess ('ssd-postprocess'); here a classifier");
  }

  @Test
  void whatIsNoModelOrNotAllOfOneIsSaid() {
    byte[] text = "not a model at all".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ClassifierFile.require("m", text))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("model 'm' is no TensorFlow Lite flatbuffer");
    byte[] custom = SharedData.bytes(SharedData.thirdParty("invalid_model_invoking_error.tflite"));
    assertThatThrownBy(() -> ClassifierFile.require("m", custom))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("custom operator 'fake-op-double'");
    byte[] whole = SharedData.bytes(SharedData.model("mobile-int8.tflite"));
    assertThatThrownBy(() -> ClassifierFile.require("m", Arrays.copyOf(whole, whole.length / 2)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("model 'm' is truncated, corrupt or hostile");
  }
}
