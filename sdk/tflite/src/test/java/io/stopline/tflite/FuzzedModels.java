package io.stopline.tflite;

import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.tflite.ModelMutator.Mutant;
import io.stopline.tflite.TrialInference.Candidate;
import io.stopline.tflite.TrialInference.Ending;
import io.stopline.tflite.TrialInference.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Does with mutants of small models what this program does with models that it is given: checks
 * their form, tries the rest in a child process, and loads and runs here what passed, on inputs
 * that the trial did not see. Run as a process of its own, so that the test sees a crash instead of
 * dying of it.
 */
final class FuzzedModels {

  /** Mutants that share a child. */
  private static final int BATCH = 500;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, Integer> counts = new TreeMap<>();

  private FuzzedModels() {}

  /**
   * Prints one line a mutant that ended or stalled the child, one for each sum, and "done" at the
   * end.
   *
   * @param args folder of models, first seed, one past the last
   */
  public static void main(String[] args) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(f -> f.toString().endsWith(".tflite")).sorted().toList();
    }
    List<ModelMutator> mutators = new ArrayList<>();
    for (Path file : files) {
      mutators.add(new ModelMutator(Files.readAllBytes(file)));
    }
    FuzzedModels fuzzed = new FuzzedModels();
    List<Candidate> batch = new ArrayList<>();
    for (int seed = Integer.parseInt(args[1]); seed < Integer.parseInt(args[2]); seed++) {
      int number = seed % files.size();
      Mutant mutant = mutators.get(number).mutant(seed);
      byte[] bytes = mutant.bytes();
      if (!ModelFile.problem(bytes).isEmpty() || !ModelStructure.problem(bytes).isEmpty()) {
        fuzzed.count("refused by the structure check");
        continue;
      }
      String name = "%d %s %s".formatted(seed, files.get(number).getFileName(), mutant.changes());
      batch.add(new Candidate(name, bytes));
      if (batch.size() == BATCH) {
        fuzzed.tryAndRun(batch);
        batch.clear();
      }
    }
    fuzzed.tryAndRun(batch);
    fuzzed.counts.forEach((what, n) -> System.out.printf("%6d %s%n", n, what));
    System.out.println("done");
  }

  private void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private void tryAndRun(List<Candidate> batch) {
    if (batch.isEmpty()) {
      return;
    }
    List<Outcome> outcomes = TrialInference.run(batch, RuntimeOptions.defaults(), TIMEOUT);
    for (int i = 0; i < batch.size(); i++) {
      Outcome outcome = outcomes.get(i);
      if (outcome.ending() == Ending.RAN) {
        runHere(batch.get(i));
        continue;
      }
      if (outcome.ending() == Ending.REFUSED) {
        count(
            outcome.message().contains("verifier refuses")
                ? "refused by the verifier"
                : "refused by TensorFlow Lite");
        continue;
      }
      count(outcome.ending() == Ending.CRASHED ? "crashed the child" : "took the child too long");
      System.out.println(outcome.message());
    }
  }

  private void runHere(Candidate candidate) {
    // If it ends this process, this is the last that the test reads.
    System.out.println("running " + candidate.name());
    Random random = new Random(candidate.name().hashCode());
    try (TfLiteModel model =
        TfLiteModel.loadBuilt("m", candidate.bytes(), RuntimeOptions.defaults())) {
      for (int i = 0; i < model.inputs().size(); i++) {
        ByteBuffer input = model.input(i);
        byte[] noise = new byte[Math.min(input.remaining(), 1 << 20)];
        random.nextBytes(noise);
        input.put(noise);
      }
      model.invoke();
      count("passed the trial, ran in the parent");
    } catch (InvalidModelException | InferenceException e) {
      count("passed the trial, refused in the parent");
    }
  }
}
