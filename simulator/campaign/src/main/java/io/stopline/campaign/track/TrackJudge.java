package io.stopline.campaign.track;

import io.stopline.campaign.FrameJudge;
import io.stopline.campaign.FrameScore;
import io.stopline.campaign.Judged;
import io.stopline.config.Bundle;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bundle's own files and guard make of a sign in all its near frames, several times: each
 * time another drive for the guard, with random draws of its own. Belongs to one thread.
 */
final class TrackJudge implements AutoCloseable {

  private final FrameJudge frames;

  /**
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  TrackJudge(Bundle bundle, String policy) {
    frames = new FrameJudge(bundle, policy);
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
        FrameJudge.Seen seen = new FrameJudge.Seen(frame, draw, scene.heightPixels(frame));
        scores.add(frames.score(crops.get(frame), seen, scene.label(), number, track));
      }
    }
    return new Judged(scores);
  }

  @Override
  public void close() {
    frames.close();
  }
}
