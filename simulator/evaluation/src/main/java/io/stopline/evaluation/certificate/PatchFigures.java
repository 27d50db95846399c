package io.stopline.evaluation.certificate;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.sdk.certificate.Groups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes figures of frames that were looked at one by one: strict ones (τ = 0) of frames, and ones
 * of tracks whose threshold comes from other tracks. Immutable.
 */
public final class PatchFigures {

  private static final double[] WANTED = {0.01, 0.02, 0.035, 0.05, 0.07, 0.1, 0.15, 0.2};

  private final String model;
  private final String method;
  private final Groups groups;
  private final int imageArea;
  private final List<CertifiedFrame> frames;
  private final List<List<CertifiedFrame>> tracks;
  private final long seed;

  /**
   * @param groups of the model's outputs
   * @param imageArea of the model's input, px
   * @param frames all that were looked at
   * @param seed decides how tracks are split and resampled
   */
  public PatchFigures(
      String model,
      String method,
      Groups groups,
      int imageArea,
      List<CertifiedFrame> frames,
      long seed) {
    this.model = model;
    this.method = method;
    this.groups = groups;
    this.imageArea = imageArea;
    this.frames = List.copyOf(frames);
    this.seed = seed;
    this.tracks = tracks(frames);
  }

  /** The frames by track, each in its order; empty if the track of any is not known. */
  private static List<List<CertifiedFrame>> tracks(List<CertifiedFrame> frames) {
    Map<String, List<CertifiedFrame>> byTrack = new LinkedHashMap<>();
    for (CertifiedFrame frame : frames) {
      if (frame.track().isEmpty()) {
        return List.of();
      }
      byTrack.computeIfAbsent(frame.track(), t -> new ArrayList<>()).add(frame);
    }
    byTrack.values().forEach(t -> t.sort(Comparator.comparingInt(CertifiedFrame::number)));
    return List.copyOf(byTrack.values());
  }

  /** How many physical signs the frames show; 0 if that is not known. */
  public int trackCount() {
    return tracks.size();
  }

  /** Figures of single frames at a threshold. */
  public PatchResult ofFrames(
      Level level, int side, double threshold, @Nullable Attacked attacked) {
    boolean recoveryAsked =
        frames.stream().noneMatch(f -> Double.isNaN(m(f, level, side).recovery()));
    return new PatchResult(
        model,
        method,
        level,
        "frame",
        null,
        side,
        area(side),
        threshold,
        Double.NaN,
        rate(f -> right(f, level)),
        rate(f -> m(f, level, side).alarm() > threshold),
        rate(f -> right(f, level) && m(f, level, side).detected(threshold)),
        recoveryAsked ? rate(f -> right(f, level) && m(f, level, side).recovered()) : null,
        frames.stream().mapToLong(CertifiedFrame::inferences).average().orElse(0),
        frames.stream().mapToLong(CertifiedFrame::inferences).max().orElse(0),
        attacked);
  }

  /**
   * Figures of tracks, each judged by a threshold that came from others. There is one more way to
   * read {@code certifiedDetection} here: an attack of the set that has a wrong label named in each
   * of the frames that are looked at cannot keep the track below the threshold.
   *
   * @param wanted false alarms a track, in (0, 1)
   */
  public PatchResult ofTracks(Level level, int side, TrackRule statistic, double wanted) {
    double[] alarms = new double[tracks.size()];
    double[] margins = new double[tracks.size()];
    int right = 0;
    for (int t = 0; t < alarms.length; t++) {
      List<CertifiedFrame> track = tracks.get(t);
      alarms[t] =
          statistic.largest(track.stream().mapToDouble(f -> m(f, level, side).alarm()).toArray());
      margins[t] =
          statistic.smallest(
              track.stream().mapToDouble(f -> m(f, level, side).detection()).toArray());
      List<CertifiedFrame> last =
          track.subList(Math.max(0, track.size() - statistic.of()), track.size());
      right += 2 * last.stream().filter(f -> right(f, level)).count() > last.size() ? 1 : 0;
    }
    SplitHalves halves = SplitHalves.run(alarms, margins, wanted, seed);
    return new PatchResult(
        model,
        method,
        level,
        "track",
        statistic,
        side,
        area(side),
        halves.threshold(),
        halves.promised(),
        Rate.of(right, tracks.size()),
        halves.falseAlarms(),
        halves.certified(),
        null,
        frames.stream().mapToLong(CertifiedFrame::inferences).average().orElse(0),
        frames.stream().mapToLong(CertifiedFrame::inferences).max().orElse(0),
        null);
  }

  /**
   * Certified share of tracks over false alarms: both of tracks that did not set the threshold, as
   * more and more alarms are allowed.
   *
   * @return pairs of false alarms and certified share, in the order of the former
   */
  public List<double[]> tracksOverAlarms(Level level, int side, TrackRule statistic) {
    List<double[]> points = new ArrayList<>();
    double before = Double.NaN;
    for (double wanted : WANTED) {
      PatchResult at = ofTracks(level, side, statistic, wanted);
      if (at.promised() != before) {
        points.add(new double[] {at.falseAlarms().value(), at.detection().value()});
        before = at.promised();
      }
    }
    points.sort(Comparator.comparingDouble(p -> p[0]));
    return points;
  }

  /** Certified share over false alarms, frame by frame, as the threshold falls. */
  public List<double[]> overAlarms(Level level, int side) {
    double[] alarms =
        frames.stream().mapToDouble(f -> m(f, level, side).alarm()).sorted().toArray();
    List<double[]> points = new ArrayList<>();
    if (alarms.length == 0) {
      return points;
    }
    double before = Double.NaN;
    for (double share : new double[] {0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2}) {
      int above = (int) Math.floor(share * alarms.length);
      double threshold = alarms[alarms.length - 1 - Math.min(above, alarms.length - 1)];
      if (threshold != before) {
        PatchResult at = ofFrames(level, side, threshold, null);
        points.add(new double[] {at.falseAlarms().value(), at.detection().value()});
        before = threshold;
      }
    }
    return points;
  }

  private double area(int side) {
    return (double) side * side / imageArea;
  }

  private boolean right(CertifiedFrame frame, Level level) {
    return level == Level.CLASS
        ? frame.named() == frame.label()
        : groups.of().get(frame.named()).equals(groups.of().get(frame.label()));
  }

  private static Margins m(CertifiedFrame frame, Level level, int side) {
    return frame.at(level, side);
  }

  /** Frames of a track are not independent: where tracks are known, they are resampled. */
  private Rate rate(Predicate<CertifiedFrame> hit) {
    if (tracks.isEmpty()) {
      return Rate.of(frames.stream().filter(hit).count(), frames.size());
    }
    int[] hits = tracks.stream().mapToInt(t -> (int) t.stream().filter(hit).count()).toArray();
    int[] sizes = tracks.stream().mapToInt(List::size).toArray();
    return TrackBootstrap.rate(hits, sizes, seed);
  }

  @Override
  public String toString() {
    return "%s, %s: %d frames of %s tracks, levels %s"
        .formatted(
            model,
            method,
            frames.size(),
            tracks.isEmpty() ? "unknown" : tracks.size(),
            Arrays.toString(Level.values()));
  }
}
