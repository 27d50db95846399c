package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.model.ModelStructure;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileModelsTest {

  private static final int CASES = 400;

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

  /** Users' models must not be refused for rules that are stricter than the specification. */
  @Test
  void noRealFileIsRefusedForItsStructure() throws IOException {
    int seen = 0;
    Path root = Path.of(System.getProperty("stopline.root", "."));
    for (Path folder :
        List.of(
            root.resolve("firmware-config"),
            root.resolve("sdk/testing/src"),
            root.resolve("simulator/campaign/src"),
            SharedFiles.path("models"),
            SharedFiles.path("data/models"))) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.filter(f -> f.toString().endsWith(".tflite")).toList()) {
          assertThat(ModelStructure.problem(Files.readAllBytes(file)))
              .as(file.toString())
              .isEmpty();
          seen++;
        }
      }
    }
    System.out.println("files of real models that pass the structure check: " + seen);
    assertThat(seen).isGreaterThanOrEqualTo(20);
  }

  @Test
  void refusesFilesWhosePartsDoNotFitTogether() {
    byte[] whole = SharedData.bytes(SharedData.model("local-float32.tflite"));
    // Each passes TensorFlow Lite's verifier and crashed the interpreter before it was checked.
    for (int seed : new int[] {209, 339, 726, 755, 1356, 1399, 1518, 1818}) {
      byte[] hostile = HostileModels.withAlteredTables(whole, seed);
      assertThatThrownBy(
              () -> TfLiteModel.loadBuilt("m", hostile, RuntimeOptions.defaults()).close())
          .isInstanceOf(InvalidModelException.class)
          .hasMessageContaining("'m' is corrupt or hostile: ");
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 1500));
  }
}
