package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.autodiff.TrainableModel;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.method.Methods;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However often training is interrupted, the weights in the end are the same to the last bit. */
final class ResumeTest {

  @TempDir Path folder;

  private float[] uninterrupted(String name) {
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make(name, Map.of())) {
      TrainingProcess.trainer(model, method).train(TrainingListener.none());
      return TinyTask.weights(model);
    }
  }

  @Test
  void killedAtARandomMomentAndResumedItEndsTheSame() throws IOException, InterruptedException {
    int steps = TrainingProcess.EPOCHS * (TinyTask.data(60).train().count() / 32);
    int kill = ThreadLocalRandom.current().nextInt(1, steps - 3);
    System.out.println("killing the training process after step " + kill);
    // Killed while it works on this step or one of the next two.
    Process first = start("standard", kill + 2);
    try (BufferedReader lines = output(first)) {
      String line = lines.readLine();
      while (line != null && !line.equals("step " + kill)) {
        line = lines.readLine();
      }
      assertThat(line).as("the process told of step %d", kill).isNotNull();
      first.destroyForcibly().waitFor();
    }
    assertThat(folder.resolve("weights")).doesNotExist();

    Process second = start("standard", 0);
    String told;
    try (BufferedReader lines = output(second)) {
      told = String.join("\n", lines.lines().toList());
    }
    assertThat(second.waitFor()).as(told).isZero();
    assertThat(told).doesNotContain("step 1\n").contains("step " + steps);
    float[] weights = new float[(int) Files.size(folder.resolve("weights")) / 4];
    ByteBuffer.wrap(Files.readAllBytes(folder.resolve("weights"))).asFloatBuffer().get(weights);
    assertThat(weights).isEqualTo(uninterrupted("standard"));
  }

  private Process start(String method, int hold) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingProcess.class.getName(),
                folder.toString(),
                method,
                Integer.toString(hold)))
        .redirectErrorStream(true)
        .start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void cancelledAfterEveryFewStepsItEndsTheSame() {
    float[] whole = uninterrupted("standard");
    Path file = folder.resolve("checkpoint");
    float[] pieces;
    TrainingOutcome outcome;
    int runs = 0;
    do {
      try (TrainableModel model = TinyTask.model(folder, 1);
          TrainingMethod method = Methods.make("standard", Map.of())) {
        outcome = TrainingProcess.trainer(model, method).train(file, true, cancelAfter(4));
        pieces = TinyTask.weights(model);
      }
      runs++;
    } while (outcome.ended() == Ended.CANCELLED);

    assertThat(runs).isGreaterThan(3);
    assertThat(outcome.ended()).isEqualTo(Ended.PLAN);
    assertThat(outcome.history()).hasSize(TrainingProcess.EPOCHS);
    assertThat(pieces).isEqualTo(whole);
  }

  private static TrainingListener cancelAfter(int steps) {
    return new TrainingListener() {
      private int done;

      @Override
      public void step(Progress progress) {
        done++;
      }

      @Override
      public boolean cancelled() {
        return done >= steps;
      }
    };
  }

  @Test
  void finishedTrainingResumesToTheSameModelAtOnce() {
    Path file = folder.resolve("checkpoint");
    float[] weights;
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make("standard", Map.of())) {
      TrainingProcess.trainer(model, method).train(file, false, TrainingListener.none());
      weights = TinyTask.weights(model);
    }
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make("standard", Map.of())) {
      TrainingProcess.trainer(model, method)
          .train(
              file,
              true,
              new TrainingListener() {
                @Override
                public void step(Progress progress) {
                  throw new AssertionError("nothing was left to do");
                }
              });
      assertThat(TinyTask.weights(model)).isEqualTo(weights);
    }
  }

  @Test
  void aCheckpointIsNotOverwrittenUnasked() {
    Path file = folder.resolve("checkpoint");
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make("standard", Map.of())) {
      Trainer trainer = TrainingProcess.trainer(model, method);
      trainer.train(file, false, cancelAfter(1));

      assertThatThrownBy(() -> trainer.train(file, false, TrainingListener.none()))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("already a checkpoint")
          .hasMessageContaining("resume it");
      Trainer.deleteCheckpoint(file);
      assertThat(trainer.train(file, false, cancelAfter(1)).ended()).isEqualTo(Ended.CANCELLED);
    }
  }

  @Test
  void otherStartingWeightsAreNoticed() {
    Path file = folder.resolve("checkpoint");
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make("standard", Map.of())) {
      TrainingProcess.trainer(model, method).train(file, false, cancelAfter(1));
    }
    try (TrainableModel model = TinyTask.model(folder, 2);
        TrainingMethod method = Methods.make("standard", Map.of())) {
      Trainer trainer = TrainingProcess.trainer(model, method);
      assertThatThrownBy(() -> trainer.train(file, true, TrainingListener.none()))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("starting weights was");
    }
  }
}
