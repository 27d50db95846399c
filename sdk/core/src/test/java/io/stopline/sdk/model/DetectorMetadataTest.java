package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.testing.AnchoredModel;
import io.stopline.testing.YoloModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DetectorMetadataTest {

  @ParameterizedTest
  @EnumSource(AnchoredModel.class)
  void whatTheFileSaysIsRead(AnchoredModel model) {
    DetectorMetadata told = DetectorMetadata.of(model.bytes()).orElseThrow();

    BoxAnchors anchors = told.anchors();
    assertThat(anchors.count()).isEqualTo(AnchoredModel.CANDIDATES);
    // One a cell of maps of strides 8, 16 and 32, of 20 px on the first.
    assertThat(anchors.x(21)).isCloseTo(12f / YoloModel.WIDTH, within(1e-6f));
    assertThat(anchors.y(21)).isCloseTo(12f / YoloModel.HEIGHT, within(1e-6f));
    assertThat(anchors.width(21)).isCloseTo(20f / YoloModel.WIDTH, within(1e-6f));
    assertThat(anchors.height(419)).isCloseTo(80f / YoloModel.HEIGHT, within(1e-6f));
    assertThat(anchors.exponential()).isTrue();
    assertThat(anchors.scaleX()).isEqualTo(model.isLogits() ? 10 : 1);
    assertThat(anchors.scaleHeight()).isEqualTo(model.isLogits() ? 5 : 1);
    assertThat(told.scores()).isEqualTo(model.isLogits() ? Scores.LOGITS : Scores.PROBABILITIES);
    assertThat(told.boxes()).isEqualTo(model.isLogits() ? 1 : 0);
  }

  @Test
  void aFileWithoutThemSaysNothingAndAFormatWithAnchorsKeepsThem() {
    assertThat(DetectorMetadata.of(YoloModel.V8_RED.bytes())).isEmpty();
    AnchoredBoxes none = new AnchoredBoxes(FrameFit.TOP_LEFT, false, 0.3);
    assertThat(DetectorMetadata.complete(none, YoloModel.V8_RED.bytes())).isSameAs(none);
    AnchoredBoxes complete =
        (AnchoredBoxes) DetectorMetadata.complete(none, AnchoredModel.RED_LOGITS.bytes());
    assertThat(complete.scores()).isEqualTo(Scores.LOGITS);
    assertThat(complete.boxes()).isEqualTo(1);
    assertThat(complete.fit()).isEqualTo(FrameFit.TOP_LEFT);
    assertThat(complete.byLabel()).isFalse();
    assertThat(complete.overlap()).isEqualTo(0.3);
    assertThat(complete.anchors().count()).isEqualTo(AnchoredModel.CANDIDATES);
    assertThat(DetectorMetadata.complete(complete, YoloModel.V8_RED.bytes())).isSameAs(complete);
  }

  @Test
  void ofAnyDamageNothingButAnErrorComesThatNamesTheMetadata() {
    byte[] file = AnchoredModel.RED.bytes();
    int from = new String(file, StandardCharsets.ISO_8859_1).indexOf("V001") - 8;
    assertThat(from).isPositive();
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = file.clone();
      int at = from + random.nextInt(i % 2 == 0 ? 200 : file.length - from);
      damaged[at] = (byte) random.nextInt(256);
      try {
        DetectorMetadata.of(damaged);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("DETECTOR_METADATA").hasMessageContaining("export");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(50);
  }

  @Test
  void aScaleOfNothingIsNamed() {
    byte[] file = AnchoredModel.RED_LOGITS.bytes();
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int from = new String(file, StandardCharsets.ISO_8859_1).indexOf("V001");
    // Of the four scales 10, 10, 5, 5, which lie side by side, the last first: that of h.
    int at = from;
    while (bytes.getFloat(at) != 5 || bytes.getFloat(at + 12) != 10) {
      at++;
    }
    bytes.putFloat(at, -5);
    assertThatThrownBy(() -> DetectorMetadata.of(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DETECTOR_METADATA")
        .hasMessageContaining("the scale of h is -5.0; it must be above 0");
  }
}
