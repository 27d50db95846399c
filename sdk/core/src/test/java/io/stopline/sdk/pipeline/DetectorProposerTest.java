package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ToyDetectorModel;
import org.junit.jupiter.api.Test;

final class DetectorProposerTest {

  private static final DetectionDecoding DECODING = DetectionDecoding.heatMap(0.05, 32);

  private final ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 2, ElementType.FLOAT32, 0);

  @Test
  void regionsGrowByTheMarginOnEachSideAndKeepLabelProbabilityAndBox() {
    model.heat(2, 3, 1, 0.8);
    model.heat(0, 0, 0, 0.5);
    model.box(0, 0, 0, 0, Math.log(2), 0);
    try (DetectorProposer proposer = new DetectorProposer(model.detector(DECODING), 0.125)) {
      assertThat(proposer.propose(Image.black(128, 96)))
          .containsExactly(
              new Detection(new Region(46, 30, 20, 20), 1, 0.8f, new Region(48, 32, 16, 16)),
              // Clipped at the left and above.
              new Detection(new Region(0, 0, 27, 18), 0, 0.5f, new Region(0, 0, 24, 16)));
    }
    assertThat(model.closed).isOne();
  }

  @Test
  void whatTheDetectorLeavesOutIsPassedOn() {
    model.heat(2, 3, 1, 0.8);
    model.box(2, 3, Double.NaN, 0, 0, 0);
    try (DetectorProposer proposer = new DetectorProposer(model.detector(DECODING), 0)) {
      assertThat(proposer.propose(Image.black(64, 48))).isEmpty();
      assertThat(proposer.discarded()).isOne();
    }
    try (ShapeColourProposer none = new ShapeColourProposer()) {
      assertThat(none.discarded()).isZero();
    }
  }

  @Test
  void anImpossibleMarginIsRefused() {
    assertThatThrownBy(() -> new DetectorProposer(model.detector(DECODING), 1.5))
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new DetectorProposer(model.detector(DECODING), Double.NaN))
        .hasMessageContaining("NaN");
  }
}
