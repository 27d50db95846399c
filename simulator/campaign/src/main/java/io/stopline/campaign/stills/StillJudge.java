package io.stopline.campaign.stills;

import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.FrameJudgement;
import io.stopline.campaign.SignJudgement;
import io.stopline.config.Bundle;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.scene.camera.Pixel;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drives through photographs as {@link DriveJudge} judges any drive: the whole of what an agent
 * runs, on a clock that stands still while a frame is worked on. Belongs to one thread.
 */
public final class StillJudge implements AutoCloseable {

  /** From this overlap on (intersection over union) evidence is about a sign. */
  private static final double ON_SIGN = 0.3;

  /** A sign of which less is in the frame counts as gone. */
  private static final double IN_SIGHT = 0.5;

  private final DriveJudge judge;
  private final int minimumSide;

  private StillJudge(DriveJudge judge, int minimumSide) {
    this.judge = judge;
    this.minimumSide = minimumSide;
  }

  /**
   * Opens models and guard.
   *
   * @param policy its name, or null for the bundle's default
   * @param minimumSide signs that are smaller at the end of the drive, px, are not asked about
   * @param seed of the guard's draws
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public static StillJudge open(
      Bundle bundle, @Nullable String policy, RuntimeOptions options, int minimumSide, long seed) {
    return new StillJudge(DriveJudge.open(bundle, policy, options, seed), minimumSide);
  }

  /**
   * Drives once through a photograph.
   *
   * @param signs of the photograph, with the labels of the policy's models
   */
  public StillResult judge(String name, StillDrive drive, List<SignBox> signs) {
    return judge(name, drive, signs, drive::frame);
  }

  /**
   * Drives once through a photograph that was filmed before.
   *
   * @param frames gives the frames of the drive, 0 to {@value StillDrive#FRAMES}−1
   */
  public StillResult judge(
      String name, StillDrive drive, List<SignBox> signs, IntFunction<Image> frames) {
    for (int frame = 0; frame < StillDrive.FRAMES; frame++) {
      judge.judge(truth(drive, signs, frame), frames.apply(frame));
    }
    DriveResult result = judge.finish(name, false);
    List<StillResult.PlacedIncident> incidents = new ArrayList<>();
    for (Incident incident : result.incidents()) {
      incidents.add(new StillResult.PlacedIncident(incident, isOnSign(incident, drive, signs)));
    }
    List<StillResult.SignEnd> ends = new ArrayList<>();
    for (int s = 0; s < signs.size(); s++) {
      if (signs.get(s).known() && sideAtEnd(drive, signs.get(s)) >= minimumSide) {
        ends.add(end(signs.get(s), verdicts(result, s)));
      }
    }
    return new StillResult(name, result, incidents, ends);
  }

  /**
   * What is true in a frame: signs with a label of which something is in it. Distances are not
   * known, so they are NaN.
   *
   * @param signs of the photograph
   */
  public static GroundTruth truth(StillDrive drive, List<SignBox> signs, int frame) {
    List<SignTruth> truths = new ArrayList<>();
    for (int s = 0; s < signs.size(); s++) {
      SignBox sign = signs.get(s);
      Region seen = drive.region(sign.region(), frame);
      double share = drive.visibleShare(sign.region(), frame);
      if (sign.known() && seen != null && share > 0) {
        double[] e = drive.edges(sign.region(), frame);
        truths.add(
            new SignTruth(
                s,
                sign.label(),
                seen,
                List.of(
                    new Pixel(e[0], e[1]),
                    new Pixel(e[2], e[1]),
                    new Pixel(e[2], e[3]),
                    new Pixel(e[0], e[3])),
                Double.NaN,
                e[3] - e[1],
                share));
      }
    }
    return new GroundTruth(frame, StillDrive.seconds(frame), Double.NaN, truths);
  }

  /**
   * Whether half of an incident's evidence or more is about one of these signs of the photograph.
   */
  public static boolean isOnSign(Incident incident, StillDrive drive, List<SignBox> signs) {
    long on =
        incident.evidence().stream()
            .filter(e -> isOnSign(e.region(), (int) e.frame(), drive, signs))
            .count();
    return 2 * on >= incident.evidence().size();
  }

  private static boolean isOnSign(Region region, int frame, StillDrive drive, List<SignBox> signs) {
    for (SignBox sign : signs) {
      Region seen = drive.region(sign.region(), frame);
      if (seen != null && seen.intersectionOverUnion(region) >= ON_SIGN) {
        return true;
      }
    }
    return false;
  }

  /** Smaller side of a sign in the last frame that has at least half of it, px; 0 if none has. */
  static double sideAtEnd(StillDrive drive, SignBox sign) {
    for (int frame = StillDrive.FRAMES - 1; frame >= 0; frame--) {
      if (drive.visibleShare(sign.region(), frame) >= IN_SIGHT) {
        double[] e = drive.edges(sign.region(), frame);
        return Math.min(e[2] - e[0], e[3] - e[1]);
      }
    }
    return 0;
  }

  /** What was said of a sign, in the order of the frames. */
  private static List<Verdict> verdicts(DriveResult result, int sign) {
    List<Verdict> verdicts = new ArrayList<>();
    for (FrameJudgement frame : result.frames()) {
      for (SignJudgement judged : frame.signs()) {
        if (judged.truth().sign() == sign && judged.verdict() != null) {
          verdicts.add(judged.verdict());
        }
      }
    }
    return verdicts;
  }

  private static StillResult.SignEnd end(SignBox sign, List<Verdict> verdicts) {
    return new StillResult.SignEnd(
        sign,
        verdicts.isEmpty() ? null : verdicts.get(verdicts.size() - 1),
        verdicts.stream().anyMatch(v -> v.decision() == Decision.SUSPECT));
  }

  @Override
  public void close() {
    judge.close();
  }
}
