package io.stopline.attacks.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.ImageShape;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that behave, and programs that do not. */
final class ExternalAttackTest {

  private static final ImageShape SHAPE = new ImageShape(4, 4, 3);
  private static final String HEAD =
      """
      import base64, json, os, struct, sys, time
      def read(): return json.loads(sys.stdin.readline())
      def send(m): print(json.dumps(m), flush=True)
      def pack(v): return base64.b64encode(struct.pack("<%df" % len(v), *v)).decode()
      def unpack(t):
          d = base64.b64decode(t)
          return struct.unpack("<%df" % (len(d) // 4), d)
      hello = read()
      inputs = [read() for _ in range(hello["inputs"])]
      read()
      """;

  @TempDir private Path folder;

  /** The right class is 0 while the mean lies below a bound. */
  private record Threshold(double bound) implements BatchModel {
    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public void logits(float[] images, int count, float[] logits) {
      for (int i = 0; i < count; i++) {
        double mean = 0;
        for (int k = 0; k < SHAPE.size(); k++) {
          mean += images[i * SHAPE.size() + k] / (double) SHAPE.size();
        }
        logits[2 * i] = (float) (bound - mean);
        logits[2 * i + 1] = (float) (mean - bound);
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void theExampleOfTheDocumentationRuns() throws IOException {
    Path page =
        Path.of(System.getProperty("stopline.root", "../..")).resolve("docs/attacks/external.md");
    String text = Files.readString(page);
    int from = text.indexOf("```python\n") + "```python\n".length();
    String example = text.substring(from, text.indexOf("```", from));
    // Half of all corners raise the mean.
    Attack.Outcome outcome = run(example, 0.5 + 1e-6, Map.of("eps", "0.1", "queries", "60"));
    assertThat(outcome.success()).containsOnly(true);
    new PixelBudget(Norm.LINF, 0.1, false).assertWithin(inputs(), outcome.images());
    assertThat(run(example, 0.7, Map.of("eps", "0.1", "queries", "60")).success())
        .containsOnly(false);
  }

  @Test
  void successAndValidityAreJudgedHere() throws IOException {
    Attack.Outcome outcome =
        run(
            """
            for g in inputs:
                image = unpack(g["image"])
                send({"type": "propose", "input": g["input"], "image": pack([v + 0.2 for v in image])})
                judged = read()
                assert not judged["valid"] and "budget" in judged["reason"], judged
                send({"type": "propose", "input": g["input"], "image": pack([v + 0.05 for v in image])})
                assert read()["success"]
                send({"type": "propose", "input": g["input"], "image": pack(image)})
                assert not read()["success"]
            send({"type": "done"})
            """,
            0.52,
            Map.of("eps", "0.1"));
    assertThat(outcome.success()).containsOnly(true);
    assertThat(outcome.images()[0]).isEqualTo(0.55f);
  }

  @Test
  void budgetAndAccessAreHeldHere() throws IOException {
    Attack.Outcome outcome =
        run(
            """
            x = unpack(inputs[0]["image"])
            send({"type": "query", "input": 0, "images": pack(x * 5)})
            a = read()
            assert len(a["success"]) == 5 and a["left"] == 1 and "loss" not in a, a
            send({"type": "query", "input": 0, "images": pack(x), "scores": True})
            assert read() == {"type": "refused", "reason": "scores are not given"}
            send({"type": "query", "input": 0, "images": pack(x * 2)})
            assert "1 queries left" in read()["reason"]
            send({"type": "query", "input": 0, "images": pack([2.0] * len(x))})
            assert "outside 0..1" in read()["reason"]
            send({"type": "done"})
            """,
            0.52,
            Map.of("access", "labels", "queries", "6"));
    assertThat(outcome.success()).containsOnly(false);
    assertThat(outcome.images()).isEqualTo(inputs().images());
  }

  @Test
  void scoresAreThoseOfTheVictim() throws IOException {
    run(
        """
        x = unpack(inputs[0]["image"])
        send({"type": "query", "input": 0, "images": pack(x), "scores": True})
        a = read()
        scores = unpack(a["scores"])
        assert abs(scores[0] - 0.02) < 1e-5 and abs(scores[1] + 0.02) < 1e-5, scores
        assert abs(a["loss"][0] + 0.04) < 1e-5
        send({"type": "query", "input": 0, "images": pack(x), "gradient": True})
        assert read()["reason"] == "gradients are not given"
        send({"type": "done"})
        """,
        0.52,
        Map.of());
  }

  @Test
  void whatGoesWrongIsNamed() {
    assertThatThrownBy(() -> run("print('Hello', flush=True)\n", 1, Map.of()))
        .isInstanceOf(ExternalAttackException.class)
        .hasMessageContaining("line 1 is no JSON: Hello");
    assertThatThrownBy(() -> run("raise ValueError('out of ideas')\n", 1, Map.of()))
        .hasMessageContaining("without {\"type\":\"done\"}")
        .hasMessageContaining("exit code 1")
        .hasMessageContaining("out of ideas");
    assertThatThrownBy(() -> run("time.sleep(600)\n", 1, Map.of("timeout", "1")))
        .hasMessageContaining("said nothing for 1 s");
    assertThatThrownBy(() -> run("send({'type': 'query', 'input': 9})\n", 1, Map.of()))
        .hasMessageContaining("names input 9; there are 0 to 1");
    assertThatThrownBy(
            () -> run("send({'type': 'query', 'input': 0, 'images': 'AAAA'})\n", 1, Map.of()))
        .hasMessageContaining("has 3 bytes in 'images'");
    assertThatThrownBy(() -> run("send({'type': 'win'})\n", 1, Map.of()))
        .hasMessageContaining("there are query, propose and done");
    assertThatThrownBy(() -> run("while True: sys.stdout.write('x' * 65536)\n", 1, Map.of()))
        .hasMessageContaining("sent a line of more than");
    assertThatThrownBy(
            () ->
                run(
                    "while True: send({'type': 'query', 'input': 0, 'images': pack([9.0] * 48)})\n",
                    1,
                    Map.of("timeout", "20")))
        .hasMessageContaining("1000 requests that were refused");
    assertThatThrownBy(
            () ->
                new ExternalAttack.Provider()
                    .create(Map.of("command", "/no/such/program"))
                    .attack(ModelVictim.withoutGradients(new Threshold(1)), inputs(), Run.of(1)))
        .hasMessageContaining("cannot be started");
  }

  @Test
  void theProgramIsEndedWithAllThatItStarted() throws Exception {
    Path pids = folder.resolve("pids");
    run(
        """
        import subprocess
        child = subprocess.Popen(["sleep", "600"])
        open(%s, "w").write("%%d %%d" %% (os.getpid(), child.pid))
        send({"type": "done"})
        time.sleep(600)
        """
            .formatted("r'" + pids + "'"),
        1,
        Map.of());
    for (String pid : Files.readString(pids).split(" ", -1)) {
      var process = ProcessHandle.of(Long.parseLong(pid));
      if (process.isPresent()) {
        process.get().onExit().get(60, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void optionsAreChecked() {
    ExternalAttack.Provider provider = new ExternalAttack.Provider();
    assertThat(ExternalAttack.Provider.words("python3 'my attack.py'  --fast \"\""))
        .containsExactly("python3", "my attack.py", "--fast", "");
    assertThatThrownBy(() -> provider.create(Map.of())).hasMessageContaining("command is missing");
    assertThatThrownBy(() -> provider.create(Map.of("command", "a 'b")))
        .hasMessageContaining("not closed");
    assertThatThrownBy(() -> provider.create(Map.of("command", "a", "access", "root")))
        .hasMessageContaining("labels, scores, gradients");
    assertThatThrownBy(
            () ->
                new ExternalAttack(
                        List.of("true"),
                        new PixelBudget(Norm.LINF, 0.1, false),
                        ExternalAttack.Access.GRADIENTS,
                        5,
                        Duration.ofSeconds(5))
                    .attack(ModelVictim.withoutGradients(new Threshold(1)), inputs(), Run.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("access=scores");
  }

  private Attack.Outcome run(String program, double bound, Map<String, String> options)
      throws IOException {
    assumeTrue(pythonIsThere(), "no python3 on the path to run an external attack with");
    Path file = folder.resolve("attack.py");
    Files.writeString(file, program.startsWith("import base64") ? program : HEAD + program);
    Map<String, String> all = new HashMap<>(options);
    all.put("command", "python3 '" + file + "'");
    return Attacks.installed()
        .byName("external", all)
        .attack(ModelVictim.withoutGradients(new Threshold(bound)), inputs(), Run.of(1));
  }

  private static boolean pythonIsThere() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, "python3")));
  }

  private static Inputs inputs() {
    float[] images = new float[2 * SHAPE.size()];
    Arrays.fill(images, 0.5f);
    return new Inputs(SHAPE, images, new int[2], new long[] {5, 6});
  }
}
