package io.stopline.studio.demo;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What models and guard say of a drive's frames, judged in this process.
 *
 * @param frames filmed
 * @param inspected inspections made
 * @param undefendedErrors of them, where the policy's first model alone is wrong
 * @param ensembleErrors of them, where the members' mean is wrong, whatever the guard decides
 * @param acceptedErrors of them, where the guard accepts a wrong label
 * @param suspectFrames of them, where the guard suspects
 * @param tracks confirmed
 * @param incidents raised
 * @param highestScore the largest fused score
 */
record JudgedDrive(
    int frames,
    int inspected,
    int undefendedErrors,
    int ensembleErrors,
    int acceptedErrors,
    int suspectFrames,
    int tracks,
    int incidents,
    double highestScore) {

  /**
   * Judges frames as an agent does that misses none of them.
   *
   * @param label the sign's true class
   */
  static JudgedDrive of(
      List<byte[]> jpegs, int label, Guard guard, BareModel bare, double framesPerSecond) {
    FramePipeline pipeline =
        new FramePipeline(new ShapeColourProposer(), guard::inspect, PipelineTuning.standard());
    int inspected = 0;
    int undefended = 0;
    int ensemble = 0;
    int accepted = 0;
    int suspect = 0;
    int incidents = 0;
    double highest = 0;
    Set<Long> tracks = new TreeSet<>();
    Instant start = Instant.now();
    for (int i = 0; i < jpegs.size(); i++) {
      Image image = Pictures.decode(jpegs.get(i));
      long nanos = (long) (i * 1e9 / framesPerSecond);
      FrameResult result =
          pipeline.process(
              new Frame(image, start.plus(Duration.ofNanos(nanos)), nanos, i, "drive"));
      incidents += result.incidents().size();
      for (FrameResult.TrackedObject t : result.tracks()) {
        tracks.add(t.track());
        Verdict v = t.verdict();
        if (!t.inspected() || v == null) {
          continue;
        }
        inspected++;
        undefended += bare.label(image.view(t.region())) != label ? 1 : 0;
        boolean wrong = v.label() != label;
        ensemble += wrong ? 1 : 0;
        accepted += wrong && v.decision() == Decision.ACCEPT ? 1 : 0;
        suspect += v.decision() == Decision.SUSPECT ? 1 : 0;
        highest = Math.max(highest, v.trackScore());
      }
    }
    incidents += pipeline.finish().size();
    return new JudgedDrive(
        jpegs.size(),
        inspected,
        undefended,
        ensemble,
        accepted,
        suspect,
        tracks.size(),
        incidents,
        highest);
  }
}
