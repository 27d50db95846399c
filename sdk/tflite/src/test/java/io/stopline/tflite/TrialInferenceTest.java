package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.ToyModels;
import io.stopline.tflite.TrialInference.Candidate;
import io.stopline.tflite.TrialInference.Ending;
import io.stopline.tflite.TrialInference.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrialInferenceTest {

  private static final Duration GENEROUS = Duration.ofSeconds(60);

  private static List<Outcome> run(Candidate... candidates) {
    return TrialInference.run(List.of(candidates), RuntimeOptions.defaults(), GENEROUS);
  }

  @Test
  void soundModelsPassInOneChild() {
    assertThat(
            run(
                new Candidate("a", ToyModels.verifier()),
                new Candidate("b", ToyModels.finder()),
                new Candidate("c", ToyModels.verifier())))
        .extracting(Outcome::ending)
        .containsExactly(Ending.RAN, Ending.RAN, Ending.RAN);
  }

  @Test
  void aModelThatCrashesIsNamedAndTheOthersAreTriedOn() {
    byte[] whole = ToyModels.verifier();
    List<Outcome> outcomes =
        run(
            new Candidate("good", whole),
            new Candidate("hostile", HostileModels.crashing()),
            new Candidate("half", Arrays.copyOf(whole, whole.length / 2)),
            new Candidate("last", whole));

    assertThat(outcomes)
        .extracting(Outcome::ending)
        .containsExactly(Ending.RAN, Ending.CRASHED, Ending.REFUSED, Ending.RAN);
    assertThat(outcomes.get(1).message())
        .contains("'hostile'", "crashed its trial inference", "SIG", "not used");
    assertThat(outcomes.get(2).message()).contains("'half'", "truncated or corrupt");
  }

  @Test
  void aTrialIsBoundedInTime() {
    Outcome outcome =
        TrialInference.run(
                List.of(new Candidate("slow", ToyModels.verifier())),
                RuntimeOptions.defaults(),
                Duration.ofMillis(1))
            .get(0);
    assertThat(outcome.ending()).isEqualTo(Ending.HUNG);
    assertThat(outcome.message()).contains("'slow'", "did not finish", "1 ms");
  }
}
