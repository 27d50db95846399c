package io.stopline.campaign;

import io.stopline.attacks.ScoreTarget;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.SampleList;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks how well the policy's finder still frames a sign: whoever shifts the box has all models look
 * at the wrong part of it, and whoever moves it far enough hides the sign. Looks at whole frames.
 */
final class BoxSession implements ScoreTarget.Session {

  /** A box that shares less with the sign's is about something else, or cuts off much of it. */
  private static final double SHIFTED = 0.5;

  /** Frames of the approach that are asked about; each is kept whole. */
  private static final int FRAMES = 12;

  private final DriveRenderer clean;
  private final int sign;
  private final AlterationSpace space;
  private final ReadyGuard ready;
  private final List<SignTruth> truths = new ArrayList<>();
  private final List<Integer> frames = new ArrayList<>();
  private final Map<Integer, Image> plain = new HashMap<>();
  private final long seed;
  private DriveRenderer altered;

  /**
   * @param policy with a finder
   * @param near frames in which the sign is near
   */
  BoxSession(
      Bundle bundle,
      @Nullable String policy,
      RuntimeOptions options,
      DriveRenderer drive,
      int sign,
      List<Integer> near,
      AlterationSpace space,
      long seed) {
    this.clean = drive.withAlteration(sign, null);
    this.sign = sign;
    this.space = space;
    this.seed = seed;
    altered = clean;
    for (int i : SampleList.spread(FRAMES, near.size())) {
      int frame = near.get(i);
      for (SignTruth truth : clean.truth(frame).signs()) {
        if (truth.sign() == sign) {
          truths.add(truth);
          frames.add(frame);
        }
      }
    }
    ready = GuardFactory.create(bundle, policy, options, InspectionSeeds.reproducible(seed));
  }

  @Override
  public void present(double[] parameters) {
    altered = clean.withAlteration(sign, space.decode(parameters));
  }

  @Override
  public ScoreTarget.Answer ask(long sample) {
    int which = (int) Math.floorMod(RandomStream.derive(seed, sample), (long) frames.size());
    int frame = frames.get(which);
    Image before = plain.computeIfAbsent(frame, f -> FrameFilm.whole(clean, f));
    Image picture = FrameFilm.altered(before, altered, sign, frame);
    double best = 0;
    double probability = 0;
    for (Detection found : ready.finder().propose(picture)) {
      double overlap =
          SignCrop.around(truths.get(which), picture.width(), picture.height())
              .intersectionOverUnion(ready.finder().crop(found.region(), picture));
      if (overlap > best) {
        best = overlap;
        probability = found.probability();
      }
    }
    // How sure the finder is says which way to go while the box still stands.
    double margin = best - SHIFTED;
    return new ScoreTarget.Answer(
        margin < 0 ? margin : 0.8 * margin + 0.2 * probability, margin < 0);
  }

  @Override
  public void close() {
    ready.close();
  }
}
