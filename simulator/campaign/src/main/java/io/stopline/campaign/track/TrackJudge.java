package io.stopline.campaign.track;

import io.stopline.campaign.BareEnsemble;
import io.stopline.campaign.FrameScore;
import io.stopline.campaign.Judged;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bundle's own files and guard make of a sign in all its near frames, several times: each
 * time another drive for the guard, with random draws of its own. Belongs to one thread.
 */
final class TrackJudge implements AutoCloseable {

  private final BareEnsemble ensemble;
  private final ReadyGuard ready;

  /**
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  TrackJudge(Bundle bundle, String policy) {
    RuntimeOptions options = RuntimeOptions.defaults().withThreads(1);
    ensemble = BareEnsemble.open(bundle, policy, options);
    boolean done = false;
    try {
      // Each inspection is given its seed.
      ready = GuardFactory.create(bundle, policy, options, InspectionSeeds.reproducible(0));
      done = true;
    } finally {
      if (!done) {
        ensemble.close();
      }
    }
  }

  /**
   * Judges.
   *
   * @param alteration null for the clean sign
   * @param draws drives, at least 1; the first one with the signs' exact margins
   * @param seed of cut-outs and of the guard's draws
   */
  Judged judge(TrackScene scene, @Nullable Alteration alteration, int draws, long seed) {
    List<FrameScore> scores = new ArrayList<>();
    List<Image> crops = List.of();
    for (int draw = 0; draw < draws; draw++) {
      if (draw == 0 || scene.draws() > 1) {
        crops = scene.crops(alteration, draw == 0 ? 0 : RandomStream.derive(seed, -draw));
      }
      TrackState track = new TrackState();
      for (int frame = 0; frame < crops.size(); frame++) {
        long number = RandomStream.derive(seed, 1_000_000L * draw + frame);
        scores.add(score(scene, crops.get(frame), frame, draw, number, track));
      }
    }
    return new Judged(scores);
  }

  private FrameScore score(
      TrackScene scene, Image crop, int frame, int draw, long number, TrackState track) {
    int right = scene.label();
    float[] p = ensemble.probabilities(crop);
    int label = BareEnsemble.best(p);
    int first = BareEnsemble.best(ensemble.ofMember(0));
    Verdict v = ready.guard().replay(crop, number, ready.guard().passesPerInspection(), track);
    int released = track.release().label();
    return new FrameScore(
        frame,
        draw,
        scene.heightPixels(frame),
        label,
        p[label],
        BareEnsemble.margin(p, right),
        label != right,
        first != right,
        v.decision(),
        v.label() != right && v.decision() == Decision.ACCEPT,
        released == right,
        released == right ? -1 : released);
  }

  @Override
  public void close() {
    ensemble.close();
    ready.close();
  }
}
