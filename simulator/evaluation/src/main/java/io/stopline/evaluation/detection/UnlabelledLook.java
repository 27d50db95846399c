package io.stopline.evaluation.detection;

import io.stopline.evaluation.Rate;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What frames without labels tell of how a detector is read: the range of its numbers, and whether
 * it finds the same in a frame and in its mirror image. Belongs to one thread.
 */
final class UnlabelledLook {

  /** Frames that other ranges and channels are first tried on. */
  private static final int SCREENED = 8;

  private final DetectorReading reading;
  private final DetectorTrials trials;
  private final LabelledFrames frames;
  private final DetectorWays ways;
  private final double threshold;

  UnlabelledLook(DetectorReading reading, DetectorTrials trials, LabelledFrames frames) {
    this.reading = reading;
    this.trials = trials;
    this.frames = frames;
    this.ways = new DetectorWays(reading);
    this.threshold = reading.options().thresholdOrUsual();
  }

  DetectorLook.Outcome outcome() {
    LabelledFrames few = frames.spread(SCREENED);
    BoxNumbers numbers = BoxNumbers.of(reading, trials, few);
    List<String> because = new ArrayList<>(numbers.because());
    DetectorWay asRead = new DetectorWay(reading.encoding(), numbers.settled());
    InputEncoding fuller =
        trials.screened(
            asRead,
            ways.encodings(),
            few,
            (way, some) -> trials.agreeingMass(way, some, threshold));
    SelfConsistency before = trials.agreement(asRead, frames, threshold);
    DetectorWay chosen = asRead;
    SelfConsistency consistency = before;
    DetectorFigures.Better better = null;
    DetectorWay other = new DetectorWay(fuller, asRead.format());
    if (!fuller.equals(asRead.encoding())) {
      SelfConsistency after = trials.agreement(other, frames, threshold);
      // Twice as much and more: without labels, less may be chance.
      if (after.isSensible() && after.again().count() > 2 * before.again().count() + 2) {
        String options = other.optionsAfter(asRead);
        String why =
            "with %s it finds %d things again in the mirrored frame, without %d"
                .formatted(options, after.again().count(), before.again().count());
        if (ways.isFree(other)) {
          chosen = other;
          consistency = after;
          because.add("read with %s, since %s".formatted(options, why));
        } else {
          better = better(options, after.again(), why);
        }
      }
    }
    if (better == null) {
      better = contradiction(asRead, numbers);
    }
    return new DetectorLook.Outcome(
        reading.with(chosen.encoding(), chosen.format()),
        new DetectorFigures(
            frames.objects().size(),
            new Estimate(Double.NaN, 0, 1, 0),
            Rate.of(0, 0),
            threshold,
            because,
            better,
            NamesForScores.of(reading).figures(),
            consistency));
  }

  private static DetectorFigures.@Nullable Better contradiction(
      DetectorWay asRead, BoxNumbers numbers) {
    String reasons = numbers.contradiction();
    if (reasons.isEmpty()) {
      return null;
    }
    String options = new DetectorWay(asRead.encoding(), numbers.format()).optionsAfter(asRead);
    return better(options, Rate.of(0, 0), "%s, which speaks for %s".formatted(reasons, options));
  }

  private static DetectorFigures.Better better(String options, Rate again, String because) {
    return new DetectorFigures.Better(options, new Estimate(Double.NaN, 0, 1, 0), again, because);
  }
}
