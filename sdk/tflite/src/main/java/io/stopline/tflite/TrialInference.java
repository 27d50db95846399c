package io.stopline.tflite;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Loads and runs an unknown model in a child process, where a crash of native code harms nobody. A
 * new model may go live only after this: the flatbuffer verifier checks the form of a file, not
 * what its operators do with it.
 *
 * <p>The child is this very Java installation with this process's class path ({@code
 * java.class.path}) and the same JavaCPP cache. A trial costs about a second.
 */
public final class TrialInference {

  private static final int EXIT_INVALID = 10;
  private static final int EXIT_NO_DELEGATE = 11;
  private static final String RESULT = "stopline-trial: ";
  private static final int MAX_OUTPUT = 64 << 10;
  private static final int SIGNAL_BASE = 128;
  private static final List<String> INHERITED =
      List.of("org.bytedeco.javacpp.cachedir", "jna.tmpdir", "jna.library.path", "java.io.tmpdir");

  private TrialInference() {}

  /**
   * Runs the model on the CPU on constant and on random inputs.
   *
   * @param timeout for start, load and all runs together; above 0
   * @throws InvalidModelException if the child crashes, does not end in time, refuses the model, or
   *     gives an output that is not finite; or if the file cannot be read
   * @throws IllegalStateException if no child process can be started here
   */
  public static void run(Path model, Duration timeout) {
    String name = String.valueOf(model.getFileName());
    if (!Files.isRegularFile(model) || !Files.isReadable(model)) {
      throw new InvalidModelException(
          "model '%s' cannot be read at %s; check the path and its permissions"
              .formatted(name, model.toAbsolutePath()));
    }
    runChild(name, model.toAbsolutePath(), RuntimeOptions.defaults(), timeout);
  }

  /**
   * The same with a delegate.
   *
   * @throws DelegateUnavailableException if the delegate is missing, fails, hangs or crashes
   */
  static void tryDelegate(String name, byte[] bytes, RuntimeOptions options, Duration timeout) {
    String delegate = options.delegates().get(0);
    Path folder = null;
    try {
      folder = Files.createTempDirectory("stopline-trial");
      Path file = folder.resolve("model.tflite");
      Files.write(file, bytes);
      runChild(name, file, options, timeout);
    } catch (InvalidModelException e) {
      throw new DelegateUnavailableException(
          "delegate '%s' failed its trial in a process of its own: %s"
              .formatted(delegate, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new DelegateUnavailableException(
          "delegate '%s' cannot be tried: the temporary folder cannot be written (%s)"
              .formatted(delegate, e.getMessage()),
          e);
    } finally {
      delete(folder);
    }
  }

  private static void runChild(String name, Path model, RuntimeOptions options, Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout is " + timeout + "; give one above 0");
    }
    Path folder = null;
    try {
      folder = Files.createTempDirectory("stopline-trial");
      Path output = folder.resolve("output");
      Process child =
          new ProcessBuilder(command(name, model, options, folder))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      child.getOutputStream().close();
      try {
        if (!child.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new InvalidModelException(
              "model '%s' did not finish a trial inference within %d ms; it is not used"
                  .formatted(name, timeout.toMillis()));
        }
        judge(name, child.exitValue(), text(output));
      } finally {
        child.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "no child process can be started for the trial inference of model '%s': %s"
              .formatted(name, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted during the trial inference of model '%s'".formatted(name), e);
    } finally {
      delete(folder);
    }
  }

  private static List<String> command(
      String name, Path model, RuntimeOptions options, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A short life: the cheapest compiler and collector; a crash leaves nothing behind.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err.log"));
    for (String property : INHERITED) {
      String value = System.getProperty(property);
      if (value != null) {
        command.add("-D" + property + "=" + value);
      }
    }
    command.add("-cp");
    command.add(absoluteClassPath());
    command.add(TrialInference.class.getName());
    command.add(name);
    command.add(model.toString());
    command.add(options.delegates().get(0));
    command.add(Integer.toString(options.threads()));
    command.add(Integer.toString(options.batch()));
    return command;
  }

  /** The child works in a folder of its own, so relative entries have to be resolved here. */
  private static String absoluteClassPath() {
    String separator = System.getProperty("path.separator");
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(separator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(separator, entries);
  }

  private static void judge(String name, int exit, String output) {
    if (exit == 0) {
      return;
    }
    String said = lastLineWith(output, RESULT);
    if (exit == EXIT_INVALID && !said.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' failed its trial inference: %s".formatted(name, said));
    }
    if (exit == EXIT_NO_DELEGATE && !said.isEmpty()) {
      throw new DelegateUnavailableException(said);
    }
    String signal = exit > SIGNAL_BASE ? ", signal " + (exit - SIGNAL_BASE) : "";
    String crash = lastLineWith(output, "#  SIG");
    String error = crash.isEmpty() ? lastLineWith(output, "ERROR: ") : "SIG" + crash;
    throw new InvalidModelException(
        "model '%s' crashed its trial inference (exit code %d%s)%s; it is not used"
            .formatted(name, exit, signal, error.isEmpty() ? "" : ": " + error));
  }

  private static String lastLineWith(String output, String start) {
    return output
        .lines()
        .filter(line -> line.startsWith(start))
        .reduce((first, second) -> second)
        .map(line -> line.substring(start.length()).strip())
        .orElse("");
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      in.skipNBytes(Math.max(0, Files.size(file) - MAX_OUTPUT));
      return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }

  /**
   * The child's entry point; not meant to be called.
   *
   * @param args name and file of the model, delegate, threads, batch
   */
  public static void main(String[] args) throws IOException {
    int exit = 0;
    try {
      RuntimeOptions options =
          new RuntimeOptions(
              List.of(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
      Path file = Path.of(args[1]);
      if (Files.size(file) > TfLiteModel.MAX_MODEL_BYTES) {
        throw new InvalidModelException(
            "it has %d bytes; at most %d are accepted"
                .formatted(Files.size(file), TfLiteModel.MAX_MODEL_BYTES));
      }
      try (TfLiteModel model = TfLiteModel.load(args[0], Files.readAllBytes(file), options)) {
        exercise(model);
      }
    } catch (DelegateUnavailableException e) {
      System.out.println("\n" + RESULT + e.getMessage());
      exit = EXIT_NO_DELEGATE;
    } catch (InvalidModelException | InferenceException e) {
      System.out.println("\n" + RESULT + e.getMessage());
      exit = EXIT_INVALID;
    }
    System.out.flush();
    // A library that left threads behind must not keep the child alive.
    Runtime.getRuntime().halt(exit);
  }

  /** All zero, all ones, and two random inputs; fixed seed, so that a trial repeats exactly. */
  private static void exercise(TfLiteModel model) {
    Random random = new Random(20);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < model.inputs().size(); i++) {
        fill(model.input(i), model.inputs().get(i), round, random);
      }
      model.invoke();
      for (int i = 0; i < model.outputs().size(); i++) {
        if (model.outputs().get(i).type() == ElementType.FLOAT32) {
          requireFinite(model.output(i), i);
        }
      }
    }
  }

  private static void fill(ByteBuffer input, TensorSpec spec, int round, Random random) {
    while (input.hasRemaining()) {
      if (spec.type() == ElementType.FLOAT32) {
        input.putFloat(round < 2 ? round : random.nextFloat());
      } else {
        input.put((byte) (round < 2 ? -round : random.nextInt()));
      }
    }
  }

  private static void requireFinite(ByteBuffer output, int index) {
    while (output.hasRemaining()) {
      if (!Float.isFinite(output.getFloat())) {
        throw new InvalidModelException(
            "output %d is not finite; train or export the model again".formatted(index));
      }
    }
  }
}
