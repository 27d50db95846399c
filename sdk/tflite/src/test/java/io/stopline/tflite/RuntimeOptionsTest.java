package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeOptionsTest {

  private static final RuntimeOptions DEFAULTS = RuntimeOptions.defaults();

  @Test
  void defaultsAreXnnpackOnOneThreadOneImage() {
    assertThat(DEFAULTS).isEqualTo(new RuntimeOptions(List.of("xnnpack"), 1, 1));
    assertThat(
            DEFAULTS.withThreads(2).withBatch(4).withDelegates("gpu", "external:/a.so", "xnnpack"))
        .isEqualTo(new RuntimeOptions(List.of("gpu", "external:/a.so", "xnnpack"), 2, 4));
  }

  @Test
  void refusesWhatCannotBe() {
    assertRefused(() -> DEFAULTS.withDelegates("tpu"), "delegate 'tpu' is unknown; use nnapi");
    assertRefused(() -> DEFAULTS.withDelegates("external:"), "external:<library path>");
    assertRefused(() -> DEFAULTS.withDelegates("gpu", "gpu"), "listed twice");
    assertRefused(() -> DEFAULTS.withDelegates(List.of()), "give 1 to 8");
    assertRefused(() -> DEFAULTS.withThreads(0), "threads is 0; give 1 to 64");
    assertRefused(() -> DEFAULTS.withBatch(257), "batch is 257; give 1 to 256");
    assertRefused(() -> new ReferenceCheck(List.of(), Double.NaN), "tolerance is NaN");
    assertRefused(() -> new ReferenceCheck(List.of(), -1), "tolerance is -1");
  }

  @Test
  void loadsOneDelegateOnly() {
    assertRefused(
        () -> TfLiteModel.load("m", new byte[0], DEFAULTS.withDelegates("gpu", "xnnpack")).close(),
        "use ModelLoader");
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
