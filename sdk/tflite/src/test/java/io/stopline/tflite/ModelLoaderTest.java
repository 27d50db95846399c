package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real delegate libraries, compiled here, on a real model. */
class ModelLoaderTest {

  private static final String FILE = "mobile-int8.tflite";

  @TempDir private Path folder;

  @Test
  void runsOnAnExternalDelegateThatAgreesWithTheCpu() throws Exception {
    String delegate = compiled("HONEST");
    List<byte[]> images = images();

    try (TfLiteModel cpu = TfLiteModel.load(FILE, bytes(), RuntimeOptions.defaults())) {
      LoadedModel loaded = open(delegate, "xnnpack");
      try (TfLiteModel model = (TfLiteModel) loaded.model()) {
        assertThat(loaded.passedOver()).isEmpty();
        assertThat(loaded.delegate()).isEqualTo(delegate);
        assertThat(model.delegate()).isEqualTo(delegate);
        // One piece for the delegate, and XNNPACK takes what it leaves.
        assertThat(model.nodes().delegate()).isEqualTo(1);
        assertThat(model.nodes().xnnpack()).isPositive().isEqualTo(cpu.nodes().xnnpack());
        assertThat(model.nodes().cpu()).isEqualTo(cpu.nodes().cpu() - 1);
        for (byte[] image : images) {
          assertThat(run(model, image)).isEqualTo(run(cpu, image));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WRONG, disagrees with the CPU on reference input 0 by",
    "TAKES_NOTHING, took no node of model",
    "FAILS_TO_PREPARE, failed to take model",
    "FAILS_TO_RUN, failed to run",
    "CREATES_NONE, no accelerator on this bus",
    "NO_SYMBOLS, has no function tflite_plugin_create_delegate",
    "CRASHES, signal 6"
  })
  void passesOverADelegateThatFails(String mode, String reason) throws Exception {
    String delegate = compiled(mode);
    assertPassedOver(delegate, reason);
  }

  @Test
  void passesOverADelegateThatHangs() throws Exception {
    String delegate = compiled("HANGS");
    assertThatThrownBy(
            () ->
                TrialInference.tryDelegate(
                    FILE,
                    bytes(),
                    RuntimeOptions.defaults().withDelegates(delegate),
                    java.time.Duration.ofSeconds(3)))
        .isInstanceOf(DelegateUnavailableException.class)
        .hasMessageContaining("did not finish");
  }

  @Test
  void passesOverALibraryThatIsMissing() {
    assertPassedOver("external:" + folder.resolve("absent.so"), "there is no file");
  }

  @Test
  void passesOverAFileThatIsNoLibrary() throws IOException {
    Path file = Files.write(folder.resolve("text.so"), new byte[4096]);
    assertPassedOver("external:" + file, linux() ? "no ELF" : "cannot be loaded");
  }

  @Test
  void passesOverATruncatedLibrary() throws Exception {
    Path whole = Path.of(compiled("HONEST").substring("external:".length()));
    assumeTrue(linux(), "looks at ELF files");
    byte[] bytes = Files.readAllBytes(whole);
    Path half = folder.resolve("half.so");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 4));
    assertPassedOver("external:" + half, "truncated");
  }

  @Test
  void asksThePlatformForNnapiAndGpu() {
    LoadedModel loaded = open("nnapi", "gpu");
    try (var model = loaded.model()) {
      assertThat(model.delegate()).isEqualTo("xnnpack");
      assertThat(loaded.passedOver()).extracting(PassedOver::delegate).startsWith("nnapi");
      assertThat(loaded.passedOver().get(0).reason()).contains("Android only");
      System.out.println("gpu here: " + loaded.passedOver());
    }
  }

  @Test
  void doesNotTrustADelegateWithoutReferenceInputs() throws Exception {
    String delegate = compiled("HONEST");
    LoadedModel loaded =
        ModelLoader.open(
            FILE,
            bytes(),
            RuntimeOptions.defaults().withDelegates(delegate),
            new ReferenceCheck(List.of(), 0));
    try (var model = loaded.model()) {
      assertThat(model.delegate()).isEqualTo("xnnpack");
      assertThat(loaded.passedOver().get(0).reason()).contains("no reference input");
    }
  }

  @Test
  void refusesReferenceInputsThatDoNotFit() {
    assertThatThrownBy(
            () ->
                ModelLoader.open(
                    FILE,
                    bytes(),
                    RuntimeOptions.defaults(),
                    new ReferenceCheck(List.of(new byte[7]), 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7 bytes");
  }

  @Test
  void aModelThatIsNoneIsTheModelsFault() {
    assertThatThrownBy(
            () ->
                ModelLoader.open(
                    "m",
                    new byte[100],
                    RuntimeOptions.defaults().withDelegates("nnapi", "xnnpack"),
                    new ReferenceCheck(List.of(), 0)))
        .isInstanceOf(InvalidModelException.class);
  }

  private void assertPassedOver(String delegate, String reason) {
    LoadedModel loaded = open(delegate);
    try (TfLiteModel model = (TfLiteModel) loaded.model()) {
      assertThat(loaded.delegate()).isEqualTo("xnnpack");
      assertThat(model.nodes().delegate()).isZero();
      assertThat(loaded.passedOver()).hasSize(1);
      assertThat(loaded.passedOver().get(0).delegate()).isEqualTo(delegate);
      System.out.println(loaded.passedOver().get(0).reason());
      assertThat(loaded.passedOver().get(0).reason()).contains(reason);
      model.invoke();
    }
  }

  private static LoadedModel open(String... delegates) {
    return ModelLoader.open(
        FILE,
        bytes(),
        RuntimeOptions.defaults().withDelegates(delegates),
        new ReferenceCheck(images(), 0));
  }

  private static byte[] bytes() {
    return SharedData.bytes(SharedData.model(FILE));
  }

  private static List<byte[]> images() {
    try {
      return SharedData.testImages(List.of(0, 1263, 5052));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] run(TfLiteModel model, byte[] image) {
    model.input(0).put(image);
    model.invoke();
    ByteBuffer output = model.output(0);
    byte[] bytes = new byte[output.remaining()];
    output.get(bytes);
    return bytes;
  }

  private String compiled(String mode) throws IOException, InterruptedException {
    Path library = folder.resolve("lib" + mode.toLowerCase(Locale.ROOT) + ".so");
    Path source = Path.of("src/test/c/fixture_delegate.c").toAbsolutePath();
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-O1",
                  "-DMODE_" + mode,
                  "-o",
                  library.toString(),
                  source.toString())
              .redirectErrorStream(true)
              .redirectOutput(new File(folder.toFile(), "cc.log"))
              .start();
    } catch (IOException e) {
      assumeTrue(false, "no C compiler 'cc' to build a delegate with");
      throw e;
    }
    assertThat(compiler.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(compiler.exitValue()).as(Files.readString(folder.resolve("cc.log"))).isZero();
    return "external:" + library;
  }

  private static boolean linux() {
    return System.getProperty("os.name").equals("Linux");
  }
}
