package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileModelsTest {

  private static final int CASES = 400;
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void damagedModelsNeverCrashTheProcess() throws Exception {
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(HostileModels.class.getName());
    command.add("0");
    command.add(Integer.toString(CASES));
    command.add(SharedData.model("mobile-int8.tflite").toAbsolutePath().toString());
    command.add(SharedData.model("local-float32.tflite").toAbsolutePath().toString());
    command.add(SharedData.thirdParty("vww_96_int8.tflite").toAbsolutePath().toString());
    command.add(SharedData.thirdParty("cifar10_resnet8_int8.tflite").toAbsolutePath().toString());
    Process child =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean ended = child.waitFor(120, TimeUnit.SECONDS);
    child.destroyForcibly().waitFor();

    String said = Files.readString(log);
    assertThat(ended).as("ends in time, last: " + tail(said)).isTrue();
    assertThat(child.exitValue()).as(tail(said)).isZero();
    assertThat(said.lines().filter(l -> l.startsWith("case "))).hasSize(CASES);
    System.out.println(tail(said).lines().reduce((a, b) -> b).orElse(""));
    // Truncated files alone are a quarter.
    String done = said.substring(said.lastIndexOf("done: ") + "done: ".length());
    assertThat(Integer.parseInt(done.substring(0, done.indexOf(' '))))
        .isGreaterThanOrEqualTo(CASES / 4);
  }

  @Test
  void aSoundModelPassesItsTrial() {
    assertThatCode(() -> TrialInference.run(SharedData.model("mobile-int8.tflite"), GENEROUS))
        .doesNotThrowAnyException();
    assertThatCode(() -> TrialInference.run(SharedData.model("local-float32.tflite"), GENEROUS))
        .doesNotThrowAnyException();
  }

  @Test
  void aTruncatedModelFailsItsTrial() throws IOException {
    byte[] whole = SharedData.bytes(SharedData.model("mobile-int8.tflite"));
    Path half = folder.resolve("half.tflite");
    Files.write(half, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> TrialInference.run(half, GENEROUS))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("half.tflite")
        .hasMessageContaining("truncated or corrupt");
  }

  /**
   * This one passes the verifier and the structure check and makes XNNPACK abort: what the child
   * process is for.
   */
  @Test
  void aModelThatCrashesTheInterpreterFailsItsTrial() throws IOException {
    byte[] whole = SharedData.bytes(SharedData.model("mobile-int8.tflite"));
    Path hostile = folder.resolve("hostile.tflite");
    Files.write(hostile, HostileModels.withAlteredTables(whole, 3645));
    assertThatThrownBy(() -> TrialInference.run(hostile, GENEROUS))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("hostile.tflite")
        .hasMessageContaining("crashed its trial inference")
        .hasMessageContaining("signal");
  }

  @Test
  void refusesFilesWhosePartsDoNotFitTogether() {
    byte[] whole = SharedData.bytes(SharedData.model("local-float32.tflite"));
    // Each passes TensorFlow Lite's verifier and crashed the interpreter before it was checked.
    for (int seed : new int[] {209, 339, 726, 755, 1356, 1399, 1518, 1818}) {
      byte[] hostile = HostileModels.withAlteredTables(whole, seed);
      assertThatThrownBy(() -> TfLiteModel.load("m", hostile, RuntimeOptions.defaults()).close())
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("'m' is corrupt or hostile: ");
    }
  }

  @Test
  void aTrialIsBoundedInTime() {
    assertThatThrownBy(
            () -> TrialInference.run(SharedData.model("mobile-int8.tflite"), Duration.ofMillis(1)))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("did not finish")
        .hasMessageContaining("1 ms");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> TrialInference.run(folder.resolve("no.tflite"), GENEROUS))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("no.tflite")
        .hasMessageContaining("check the path");
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 1500));
  }
}
