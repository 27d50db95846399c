package io.stopline.campaign.stills;

import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.ParallelWork;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.List;
import java.util.function.Function;

/** Drives through many photographs, several at a time. */
public final class StillRuns {

  private StillRuns() {}

  /**
   * Drives once through each photograph. Results do not depend on the number of threads.
   *
   * @param camera what is added to the frames
   * @param minimumSide signs that are smaller at the end of a drive, px, are not asked about
   * @param seed of draws, drift and noise
   * @param done is called after each photograph, from any thread
   * @param pictures gives the picture to drive through, from any thread: {@link RoadFrame#image} or
   *     one with altered signs
   * @throws io.stopline.evaluation.UnusableDatasetException if a picture is damaged
   */
  public static List<StillResult> run(
      Bundle bundle,
      PolicyFile policy,
      List<RoadFrame> photographs,
      StillCamera camera,
      int minimumSide,
      int threads,
      long seed,
      Runnable done,
      Function<RoadFrame, Image> pictures) {
    StillResult[] results = new StillResult[photographs.size()];
    ParallelWork.run(
        threads,
        results.length,
        () ->
            new ParallelWork.Worker() {
              private final StillJudge judge =
                  StillJudge.open(
                      bundle, policy.policy().name(), RuntimeOptions.defaults(), minimumSide, seed);

              @Override
              public void run(int i) {
                RoadFrame photograph = photographs.get(i);
                StillDrive drive =
                    new StillDrive(
                        pictures.apply(photograph), camera, RandomStream.derive(seed, i));
                results[i] = judge.judge(photograph.name(), drive, photograph.signs());
              }

              @Override
              public void close() {
                judge.close();
              }
            },
        done);
    return List.of(results);
  }
}
