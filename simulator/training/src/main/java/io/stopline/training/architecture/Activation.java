package io.stopline.training.architecture;

import java.util.Locale;
import org.tensorflow.lite.schema.ActivationFunctionType;

/** What is fused behind an operator. */
enum Activation {
  NONE(ActivationFunctionType.NONE),
  RELU(ActivationFunctionType.RELU),
  RELU6(ActivationFunctionType.RELU6);

  private final byte code;

  Activation(byte code) {
    this.code = code;
  }

  /** Its number in the file. */
  byte code() {
    return code;
  }

  /** As it is written in a file; the schema allows these names only. */
  static Activation named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
