package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.testing.ToyModels;
import io.stopline.tflite.TrialInference.Candidate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With trials on, as they are for users; for other tests of the build they are off. */
class ModelTrustTest {

  private static final String SWITCH = "stopline.trials";
  private static final RuntimeOptions OPTIONS = RuntimeOptions.defaults();

  private String before = "";

  @BeforeEach
  void trialsOn() {
    before = System.getProperty(SWITCH, "");
    System.clearProperty(SWITCH);
  }

  @AfterEach
  void restore() {
    if (!before.isEmpty()) {
      System.setProperty(SWITCH, before);
    }
  }

  /** This process would not get to its last line otherwise. */
  @Test
  void aCrashingModelIsRefusedEachTimeAndTheProcessLives() {
    byte[] crashing = HostileModels.crashing();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> TfLiteModel.load("hostile", crashing, OPTIONS).close())
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("'hostile' crashed its trial inference")
          .hasMessageContaining("SHA-256");
    }
    assertThatThrownBy(() -> new BareInterpreter(crashing, 1).close())
        .isInstanceOf(InvalidModelException.class);
  }

  @Test
  void aSoundModelIsTriedOnce() {
    byte[] model = ToyModels.verifier();
    // The last byte is of a text that nothing reads: to the cache a model as no other.
    byte[] fresh = java.util.Arrays.copyOf(model, model.length + 8);
    java.nio.ByteBuffer.wrap(fresh).putLong(model.length, System.nanoTime());

    long start = System.nanoTime();
    TfLiteModel.load("fresh", fresh, OPTIONS).close();
    long first = System.nanoTime() - start;
    long again = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      start = System.nanoTime();
      TfLiteModel.load("fresh", fresh, OPTIONS).close();
      again = Math.min(again, System.nanoTime() - start);
    }
    System.out.printf("first load %.3f s, again %.3f s%n", first / 1e9, again / 1e9);
    // A process takes longer to start than a toy to load.
    assertThat(again).isLessThan(first / 2);
  }

  @Test
  void oneHostileModelOfABundleSpoilsTheTrialOfAll() {
    byte[] hostile = HostileModels.crashing();
    ModelTrust.tryTogether(
        List.of(new Candidate("a", ToyModels.finder()), new Candidate("b", hostile)));
    TfLiteModel.load("a", ToyModels.finder(), OPTIONS).close();
    assertThatThrownBy(() -> TfLiteModel.load("b", hostile, OPTIONS).close())
        .hasMessageContaining("'b' crashed");
  }
}
