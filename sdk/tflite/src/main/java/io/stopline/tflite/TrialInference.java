package io.stopline.tflite;

import io.stopline.sdk.model.DelegatePreference;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loads and runs models in a child process, where a crash of native code harms nobody: the
 * flatbuffer verifier and {@code ModelStructure} check the form of a file, not what its operators
 * do with it. {@link ModelTrust} has this done for every model that is new.
 *
 * <p>The child is this very Java installation with this process's class path ({@code
 * java.class.path}) and the same JavaCPP cache. It gets the models through a pipe, so that a full
 * disk stops no trial; on Linux its memory is bounded. It is no sandbox: it has the rights of this
 * process.
 */
public final class TrialInference {

  /**
   * A model to try.
   *
   * @param name what messages call it
   * @param bytes the {@code .tflite} file
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Candidate(String name, byte[] bytes) {}

  /** How a trial ended. */
  public enum Ending {
    /** Loaded, ran on constant and random inputs, and was closed. */
    RAN,
    /** The verifier, the structure check or TensorFlow Lite refused it, or it failed to run. */
    REFUSED,
    /** The delegate that was asked for is missing or took no part of it. */
    NO_DELEGATE,
    /** The child died of it. */
    CRASHED,
    /** The child did not end in time. */
    HUNG
  }

  /**
   * What a trial showed.
   *
   * @param message names the model, what happened and the cure; empty if it {@link Ending#RAN}
   */
  public record Outcome(Ending ending, String message) {}

  private static final int SIGNAL_BASE = 128;
  private static final int MAX_LINE = 1000;
  private static final int MIB = 1 << 20;

  /** Beside twice the largest file. */
  private static final int HEAP_MIB = 48;

  /** The tensors' 1 GiB, the file, packed weights, and what Java reserves. */
  private static final int ADDRESS_SPACE_KIB = 5 << 20;

  private static final List<String> INHERITED =
      List.of("org.bytedeco.javacpp.cachedir", "jna.tmpdir", "jna.library.path", "java.io.tmpdir");

  private TrialInference() {}

  /**
   * Tries models one after the other, in one child as long as none crashes or hangs it.
   *
   * @param timeout for the child's start, and again for each model; above 0
   * @return one outcome a model, in order
   * @throws IllegalStateException if no child process can be started here
   */
  public static List<Outcome> run(
      List<Candidate> candidates, RuntimeOptions options, Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout is " + timeout + "; give one above 0");
    }
    List<Outcome> outcomes = new ArrayList<>();
    while (outcomes.size() < candidates.size()) {
      List<Candidate> left = candidates.subList(outcomes.size(), candidates.size());
      try {
        outcomes.addAll(inOneChild(left, options, timeout));
      } catch (IOException e) {
        throw cannotTry(left.get(0).name(), e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(
            "interrupted during the trial inference of model '%s'".formatted(left.get(0).name()),
            e);
      }
    }
    return outcomes;
  }

  /**
   * Tries a model with a delegate.
   *
   * @throws DelegateUnavailableException if the delegate is missing, fails, hangs or crashes
   */
  static void tryDelegate(String name, byte[] bytes, RuntimeOptions options, Duration timeout) {
    Outcome outcome = run(List.of(new Candidate(name, bytes)), options, timeout).get(0);
    switch (outcome.ending()) {
      case RAN -> {}
      case NO_DELEGATE -> throw new DelegateUnavailableException(outcome.message());
      case REFUSED, CRASHED, HUNG ->
          throw new DelegateUnavailableException(
              "delegate '%s' failed its trial in a process of its own: %s"
                  .formatted(options.delegates().get(0), outcome.message()));
    }
  }

  /** Outcomes of the first models, at least of one: all, if none ends the child. */
  private static List<Outcome> inOneChild(
      List<Candidate> candidates, RuntimeOptions options, Duration timeout)
      throws IOException, InterruptedException {
    // A model's texts are printed by native code: none may look like the child's own word.
    byte[] random = new byte[TrialChild.TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    Process child =
        new ProcessBuilder(command(candidates, options)).redirectErrorStream(true).start();
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    try {
      start("stopline-trial-read", () -> read(child, lines));
      start("stopline-trial-feed", () -> feed(child.getOutputStream(), token, candidates));
      Report report = new Report(token, child, lines);
      Candidate first = candidates.get(0);
      String ready = report.next(timeout);
      if (ready == null && !report.timedOut) {
        throw cannotTry(first.name(), "it ended with %s".formatted(report.end()), null);
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Candidate candidate : candidates) {
        String said = ready == null ? null : report.next(timeout);
        outcomes.add(
            said == null ? lost(candidate.name(), report, timeout) : TrialChild.outcome(said));
        if (said == null) {
          break;
        }
      }
      return outcomes;
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static Outcome lost(String name, Report report, Duration timeout)
      throws InterruptedException {
    return report.timedOut
        ? new Outcome(
            Ending.HUNG,
            ("model '%s' did not finish a trial inference within %d ms; it is not used: compare its"
                    + " SHA-256 with the original, or take a smaller model")
                .formatted(name, timeout.toMillis()))
        : new Outcome(
            Ending.CRASHED,
            ("model '%s' crashed its trial inference (%s); it is not used: compare its SHA-256 with"
                    + " the original, or export it again")
                .formatted(name, report.end()));
  }

  private static IllegalStateException cannotTry(
      String name, @Nullable String reason, @Nullable Throwable cause) {
    return new IllegalStateException(
        ("no child process can be started for the trial inference of model '%s' (%s); let this user"
                + " start '%s', with %d MiB of memory free")
            .formatted(name, reason, java(), 256),
        cause);
  }

  /** What the child says, with what its death left in its output. */
  private static final class Report {

    private final String token;
    private final Process child;
    private final BlockingQueue<String> lines;
    private boolean timedOut;
    private String error = "";

    Report(String token, Process child, BlockingQueue<String> lines) {
      this.token = token;
      this.child = child;
      this.lines = lines;
    }

    /** The child's next own line, or null if it ended or did not say one in time. */
    @Nullable String next(Duration timeout) throws InterruptedException {
      long end = System.nanoTime() + timeout.toNanos();
      while (true) {
        String line = lines.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (line == null) {
          timedOut = true;
          return null;
        }
        if (line.startsWith(token)) {
          return line.substring(token.length()).strip();
        }
        if (line.equals(END)) {
          return null;
        }
        if (line.startsWith("#  SIG")) {
          error = line.substring(1).strip();
        } else if (line.startsWith("ERROR: ") || line.startsWith("Error: ")) {
          error = line.strip();
        }
      }
    }

    String end() throws InterruptedException {
      int exit = child.waitFor();
      return "exit code %d%s%s"
          .formatted(
              exit,
              exit > SIGNAL_BASE ? ", signal " + (exit - SIGNAL_BASE) : "",
              error.isEmpty() ? "" : ": " + error);
    }
  }

  /** No line of a text. */
  private static final String END = "\n";

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Keeps what can matter of the child's output, which may be endless, and takes all of it. */
  private static void read(Process child, BlockingQueue<String> lines) {
    try (var in = child.inputReader(StandardCharsets.UTF_8)) {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c != '\n') {
          if (line.length() < MAX_LINE) {
            line.append((char) c);
          }
          continue;
        }
        if (lines.size() < MAX_LINE || line.indexOf(TrialChild.MARK) >= 0) {
          lines.add(line.toString());
        }
        line.setLength(0);
      }
    } catch (IOException e) {
      // The child is gone; its exit code says the rest.
    }
    lines.add(END);
  }

  private static void feed(OutputStream to, String token, List<Candidate> candidates) {
    try (DataOutputStream out = new DataOutputStream(to)) {
      out.writeUTF(token);
      out.writeInt(candidates.size());
      for (Candidate candidate : candidates) {
        out.writeUTF(candidate.name());
        out.writeInt(candidate.bytes().length);
        out.write(candidate.bytes());
      }
    } catch (IOException e) {
      // The child died before it had read all; its exit code says the rest.
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static List<String> command(List<Candidate> candidates, RuntimeOptions options) {
    List<String> command = new ArrayList<>();
    String delegate = options.delegates().get(0);
    Path shell = Path.of("/bin/sh");
    // A driver may map far more than it uses; Java's own option bounds the heap only.
    if (delegate.equals(DelegatePreference.XNNPACK)
        && System.getProperty("os.name", "").startsWith("Linux")
        && Files.isExecutable(shell)) {
      command.addAll(
          List.of(
              shell.toString(),
              "-c",
              "ulimit -v %d 2>/dev/null; exec \"$@\"".formatted(ADDRESS_SPACE_KIB),
              "sh"));
    }
    command.add(java());
    // A short life: the cheapest compiler and collector; a crash leaves nothing behind.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:ReservedCodeCacheSize=16m");
    command.add("-XX:CompressedClassSpaceSize=32m");
    command.add("-Xmx" + heapMebibytes(candidates) + "m");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:+ErrorFileToStdout");
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    for (String property : INHERITED) {
      String value = System.getProperty(property);
      if (value != null) {
        command.add("-D" + property + "=" + value);
      }
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(TrialChild.class.getName());
    command.add(delegate);
    command.add(Integer.toString(options.threads()));
    command.add(Integer.toString(options.batch()));
    return command;
  }

  private static long heapMebibytes(List<Candidate> candidates) {
    long largest = candidates.stream().mapToLong(c -> c.bytes().length).max().orElse(0);
    return HEAP_MIB + 2 * (largest / MIB + 1);
  }
}
