package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.stopline.config.BundleWriter;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.QuantizationParameters;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.TensorType;

/**
 * Models made to crash who loads them, through every command that takes a model or a bundle: each
 * says what is wrong and ends with the code of bad input, and this process lives on. Trials are on,
 * as they are for users.
 */
@Tag("faults")
final class HostileModelsTest {

  private static final String SWITCH = "stopline.trials";
  private static final String MEMBER = "models/robust-int8";

  /** A width of steps in a model of the shipped bundle, and one over which XNNPACK crashes. */
  private static final int STRIDE_AT = 1692;

  private static final int STRIDE = 2;
  private static final int HUGE_STRIDE = 4098;

  @TempDir private static Path folder;
  private static TinySigns signs;
  private static String before;

  /** What is wrong with a model and what says so. */
  private enum Hostile {
    ZERO_POINT("corrupt or hostile: ", "zero point -2147483648"),
    SCALE("corrupt or hostile: ", "quantisation scale 1.4E-45"),
    CRASHING("crashed its trial inference", "not used");

    private final String problem;
    private final String detail;

    Hostile(String problem, String detail) {
      this.problem = problem;
      this.detail = detail;
    }

    byte[] of(byte[] sound) {
      byte[] file = sound.clone();
      ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      switch (this) {
        case ZERO_POINT ->
            computed(bytes)
                .zeroPointAsByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Integer.MIN_VALUE);
        case SCALE ->
            computed(bytes)
                .scaleAsByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(Float.MIN_VALUE);
        case CRASHING -> {
          assertThat(bytes.getInt(STRIDE_AT))
              .as("the model is another one now: name a place that crashes it")
              .isEqualTo(STRIDE);
          bytes.putInt(STRIDE_AT, HUGE_STRIDE);
        }
      }
      return file;
    }

    /** Quantisation of a tensor between two operators. */
    private static QuantizationParameters computed(ByteBuffer bytes) {
      SubGraph graph = Model.getRootAsModel(bytes).subgraphs(0);
      int tensor = graph.operators(graph.operatorsLength() / 2).outputs(0);
      assertThat(graph.tensors(tensor).type()).isEqualTo(TensorType.INT8);
      return graph.tensors(tensor).quantization();
    }
  }

  @BeforeAll
  static void trialsOn() throws IOException {
    before = System.getProperty(SWITCH, "");
    System.clearProperty(SWITCH);
    signs = TinySigns.of(SharedFiles.path("data/gtsrb"));
  }

  @AfterAll
  static void restore() throws IOException {
    if (!before.isEmpty()) {
      System.setProperty(SWITCH, before);
    }
    signs.close();
  }

  @TestFactory
  Stream<DynamicTest> everyCommandRefuses() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    byte[] sound = Files.readAllBytes(shipped().resolve(MEMBER + ".tflite"));
    for (Hostile hostile : Hostile.values()) {
      byte[] file = hostile.of(sound);
      Path model = Files.write(folder.resolve(hostile + ".tflite"), file);
      Path bundle = bundle(folder.resolve(hostile + "-bundle"), file);
      String data = signs.folder().toString();
      String out = folder.resolve("out.tflite").toString();
      List<List<String>> commands =
          List.of(
              List.of("attack", "--model", model.toString(), "--data", data),
              List.of("harden", "--model", model.toString(), "--data", data, "--out", out),
              List.of("quantize", "--model", model.toString(), "--data", data, "--out", out),
              List.of("guard", "init", "--model", model.toString(), "--data", data, "--out", out),
              List.of(
                  "attacks",
                  "transfer",
                  "--data",
                  data,
                  "--model",
                  model.toString(),
                  "--model",
                  shipped().resolve(MEMBER + ".tflite").toString()),
              List.of("inspect", "--bundle", bundle.toString(), picture()));
      for (List<String> command : commands) {
        tests.add(
            DynamicTest.dynamicTest(
                hostile + " in " + command.get(0) + " " + command.get(1),
                () -> {
                  CommandLineRun run = CommandLineRun.of(command.toArray(new String[0]));
                  check(hostile, command, run.exitCode(), run.err());
                }));
      }
      if (hostile != Hostile.SCALE) { // It takes the way of the zero point.
        tests.add(DynamicTest.dynamicTest(hostile + " in agent", () -> agent(hostile, bundle)));
      }
    }
    return tests.stream();
  }

  /** What is no file, or larger than any model, is refused before a byte of it is read. */
  @TestFactory
  Stream<DynamicTest> everyCommandRefusesWhatIsNoModelFile() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path huge = folder.resolve("huge.tflite");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    Map<Path, String> what =
        Map.of(
            pipe,
            "is a named pipe, not a file",
            Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/zero")),
            "is a device, not a file",
            Files.createDirectory(folder.resolve("saved")),
            "is a folder",
            folder.resolve("absent"),
            "does not exist",
            huge,
            "has 3221225472 bytes; at most 268435456 are accepted");
    String data = signs.folder().toString();
    String out = folder.resolve("never.tflite").toString();
    List<DynamicTest> tests = new ArrayList<>();
    what.forEach(
        (file, message) -> {
          String model = file.toString();
          for (List<String> command :
              List.of(
                  List.of("attack", "--model", model, "--data", data),
                  List.of("harden", "--model", model, "--data", data, "--out", out),
                  List.of("quantize", "--model", model, "--data", data, "--out", out),
                  List.of("guard", "init", "--model", model, "--data", data, "--out", out),
                  List.of(
                      "attacks", "transfer", "--data", data, "--model", model, "--model", model),
                  List.of("attacks", "scale-logits", "--model", model, "--out", out),
                  List.of("inspect", model))) {
            tests.add(
                DynamicTest.dynamicTest(
                    file.getFileName() + " in " + command.get(0),
                    () -> refused(command, model, message)));
          }
        });
    return tests.stream();
  }

  private static void refused(List<String> command, String model, String message) {
    CommandLineRun run =
        assertTimeoutPreemptively(
            Duration.ofSeconds(90), () -> CommandLineRun.of(command.toArray(new String[0])));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.BAD_INPUT);
    // An image may have fewer bytes than a model.
    assertThat(run.err()).contains("'" + model + "'", message.split(";", 2)[0], "; ");
  }

  @Test
  void aBundleWithAPipeOrAHugeFileIsRefused() throws Exception {
    byte[] sound = Files.readAllBytes(shipped().resolve(MEMBER + ".tflite"));
    Path bundle = bundle(folder.resolve("special-bundle"), sound);
    Path member = bundle.resolve(MEMBER + ".tflite");
    Files.delete(member);
    assertThat(new ProcessBuilder("mkfifo", member.toString()).start().waitFor()).isZero();
    refused(
        List.of("inspect", "--bundle", bundle.toString(), picture()),
        MEMBER + ".tflite",
        "is a named pipe, not a file");

    Files.delete(member);
    try (RandomAccessFile sparse = new RandomAccessFile(member.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    refused(
        List.of("inspect", "--bundle", bundle.toString(), picture()),
        MEMBER + ".tflite",
        "has more than 268435456 bytes");
  }

  private static void check(Hostile hostile, List<String> command, int exit, String said) {
    String last = said.lines().reduce((a, b) -> b).orElse("");
    FaultTable.add(
        "models",
        "%s, by %s".formatted(hostile, command.get(0)),
        switch (command.get(0)) {
          case "guard" -> "refused, by the only trial that there was";
          case "quantize" -> "not tried";
          default -> "the process crashes (SIGSEGV)";
        },
        "exit %d: %s".formatted(exit, last));
    assertThat(said).contains(hostile.problem, hostile.detail);
    assertThat(exit).as(said).isEqualTo(ExitCode.BAD_INPUT);
  }

  /** In a process of its own, as on a vehicle. */
  private static void agent(Hostile hostile, Path bundle) throws Exception {
    Path log = folder.resolve(hostile + "-agent.log");
    Path state = folder.resolve(hostile + "-state");
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.stopline.agent.AgentMain",
                "--bundle",
                bundle.toString(),
                "--source",
                signs.folder().toString(),
                "--state",
                state.toString(),
                "--exit-when-done")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = agent.waitFor(180, TimeUnit.SECONDS);
    agent.destroyForcibly().waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as(said).isTrue();
    check(hostile, List.of("agent"), agent.exitValue(), said);
  }

  private static Path shipped() {
    return Path.of(System.getProperty("stopline.root", "."), "firmware-config/bundles")
        .resolve("traffic-signs");
  }

  private static String picture() throws IOException {
    try (Stream<Path> all = Files.walk(signs.folder())) {
      return all.filter(f -> f.toString().endsWith(".png")).findFirst().orElseThrow().toString();
    }
  }

  /** The shipped bundle with one member replaced and all hashes made right, as its maker could. */
  private static Path bundle(Path to, byte[] member) throws IOException {
    try (Stream<Path> files = Files.walk(shipped())) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(shipped().relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    String old = ToyModels.sha256(Files.readAllBytes(to.resolve(MEMBER + ".tflite")));
    for (String named : List.of(MEMBER + ".yaml", "calibrations/int8.yaml")) {
      String text = Files.readString(to.resolve(named));
      assertThat(text).contains(old);
      Files.writeString(to.resolve(named), text.replace(old, ToyModels.sha256(member)));
    }
    Files.write(to.resolve(MEMBER + ".tflite"), member);
    BundleWriter.reseal(to);
    return to;
  }
}
