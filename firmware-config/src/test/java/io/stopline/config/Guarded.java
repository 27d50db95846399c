package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Guards of bundles that tests write, and what tests ask of them. */
final class Guarded {

  private Guarded() {}

  /**
   * A guard with repeatable draws, by 200 calibration tracks of the same score that nobody
   * measured.
   *
   * @param folder of a bundle, which is sealed anew
   * @param policy null for the usual one
   */
  static ReadyGuard by(Path folder, @Nullable String policy, double score) {
    Bundle sealed = BundleWriter.reseal(folder);
    PolicyFile file = sealed.policy(policy);
    new BundleWriter(folder)
        .writeCalibration(
            file.calibration(),
            new CalibrationFile(
                file.policy().name(),
                file.policy().sha256(),
                sealed.learnt(file),
                "made up",
                "0".repeat(64),
                "none",
                200,
                1,
                Collections.nCopies(200, score)));
    return GuardFactory.create(
        BundleWriter.reseal(folder),
        policy,
        RuntimeOptions.defaults(),
        InspectionSeeds.reproducible(1));
  }

  /** Its frames take no time, so that a busy machine leaves nothing out. */
  static FramePipeline pipeline(ReadyGuard ready) {
    return new FramePipeline(
        ready.finder(),
        ready.guard()::inspect,
        PipelineTuning.standard(),
        () -> 0,
        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
        () -> "00000000-0000-0000-0000-000000000000",
        ready.guard().policy().witnesses(),
        ready.witnesses());
  }

  /** Each evidence frame, inspected again from what a record keeps, gives the same verdict. */
  static void assertRepeats(ReadyGuard ready, Incident incident) {
    for (Incident.Evidence e : incident.evidence()) {
      Verdict v = e.verdict();
      TrackState before = e.before().state(v.firstCheck());
      Verdict again = ready.guard().replay(e.crop(), v.seed(), v.passes(), v.sighting(), before);
      assertThat(again.score()).isEqualTo(v.score());
      assertThat(again.checks()).isEqualTo(v.checks());
      assertThat(again.label()).isEqualTo(v.label());
      assertThat(again.probability()).isEqualTo(v.probability());
      assertThat(again.decision()).isEqualTo(v.decision());
    }
  }

  /** What reads a bundle tells one problem so, with its line. */
  static void assertFinding(ThrowingCallable reading, int line, String message) {
    InvalidConfigException e = catchThrowableOfType(InvalidConfigException.class, reading);
    assertThat(e).isNotNull();
    assertThat(e.findings())
        .filteredOn(f -> f.message().contains(message))
        .extracting(f -> f.line())
        .containsExactly(line);
  }
}
