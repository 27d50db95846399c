package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BareInterpreterTest {

  /** A yardstick that did other work would measure nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"mobile-int8.tflite", "mobile-float32.tflite"})
  void givesTheSameBitsAsTheModelThatItIsComparedWith(String file) {
    byte[] bytes = SharedData.bytes(SharedData.model(file));
    try (TfLiteModel model = TfLiteModel.load(file, bytes, RuntimeOptions.defaults());
        BareInterpreter bare = new BareInterpreter(bytes, 1)) {
      for (int i = 0; i < bare.input().capacity(); i++) {
        // Float inputs: small exponents, so that every value is an ordinary number.
        byte value = (byte) (i % 4 == 3 ? 0x3e : i * 37);
        bare.input().put(i, value);
        model.input(0).put(i, value);
      }

      bare.invoke();
      model.invoke();

      assertThat(bare.output()).isEqualTo(model.output(0));
      assertThat(bare.output().capacity()).isEqualTo(model.outputs().get(0).bytes());
    }
  }

  @Test
  void corruptBytesAreRefused() {
    assertThatThrownBy(() -> new BareInterpreter(new byte[4096], 1))
        .isInstanceOf(InvalidModelException.class);
  }
}
