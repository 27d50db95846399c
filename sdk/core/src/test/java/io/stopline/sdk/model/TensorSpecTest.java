package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TensorSpecTest {

  @Test
  void readsLikeASentenceInMessages() {
    TensorSpec image = new TensorSpec("input", List.of(1, 32, 32, 3), ElementType.FLOAT32, 0, 0);
    TensorSpec scores = new TensorSpec("scores", List.of(1, 43), ElementType.INT8, 0.25, -128);
    TensorSpec one = new TensorSpec("x", List.of(), ElementType.FLOAT32, 0, 0);
    assertThat(image).hasToString("float32 1×32×32×3 'input'");
    assertThat(scores).hasToString("int8 1×43 'scores' (scale 0.25, zero point -128)");
    assertThat(one).hasToString("float32 scalar 'x'");
  }
}
