package io.stopline.campaign.certify;

import io.stopline.attacks.Inputs;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.CertifiedFrame;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.PatchFigures;
import io.stopline.evaluation.certificate.PatchResult;
import io.stopline.evaluation.certificate.TrackRule;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Figures, curves and pictures of the frames of one model that were looked at one by one.
 *
 * @param results of tracks first, then of frames
 * @param curves over the patch's side and over false alarms
 * @param examples the frames that are furthest from a certificate
 */
record PatchStudy(List<CertificateResult> results, List<Plot> curves, List<WorstExample> examples) {

  private static final int EXAMPLES = 12;

  /** Lines of one plot that a page has colours for. */
  private static final int COLOURS = 6;

  /** An axis of false alarms does not end before. */
  private static final double LEAST_AXIS = 0.02;

  /** One certified model under attack: what came of it at a level and side. */
  interface Attacks {
    /** Null if that was not attacked. */
    @Nullable Attacked of(Level level, int side);
  }

  /** What decides over a picture. */
  interface Outlines {
    /**
     * What the view hides in which the right label stands worst, px.
     *
     * @param row of the inputs
     */
    Region weakest(int row, Level level, int side);
  }

  /**
   * How tracks are judged.
   *
   * @param statistics empty if the frames are no whole tracks
   * @param wanted false alarms a track
   */
  record Judging(List<TrackRule> statistics, double wanted) {
    Judging {
      statistics = List.copyOf(statistics);
    }
  }

  /**
   * Makes them.
   *
   * @param model name
   * @param method {@code windows} or {@code masks}
   * @param groups by level
   * @param inputs what the frames show; ids are theirs
   * @param classNames of the model's outputs
   * @param outlines asked about the frames that are shown
   */
  static PatchStudy of(
      String model,
      String method,
      List<Integer> sides,
      Map<Level, Groups> groups,
      List<CertifiedFrame> frames,
      Inputs inputs,
      List<String> classNames,
      Judging judging,
      Attacks attacks,
      Outlines outlines,
      long seed) {
    Groups most = new TreeMap<>(groups).lastEntry().getValue();
    PatchFigures figures =
        new PatchFigures(
            model, method, most, inputs.shape().height() * inputs.shape().width(), frames, seed);
    List<Level> levels = groups.keySet().stream().sorted(Comparator.reverseOrder()).toList();
    List<TrackRule> statistics =
        figures.trackCount() > 1 ? judging.statistics() : List.<TrackRule>of();
    List<CertificateResult> ofTracks = new ArrayList<>();
    List<CertificateResult> ofFrames = new ArrayList<>();
    List<Plot.Series> overSide = new ArrayList<>();
    List<Plot> overAlarms = new ArrayList<>();
    List<Double> xs = sides.stream().map(Integer::doubleValue).toList();
    for (Level level : levels) {
      List<List<Double>> tracks = new ArrayList<>();
      statistics.forEach(s -> tracks.add(new ArrayList<>()));
      List<Double> detection = new ArrayList<>();
      List<Double> recovery = new ArrayList<>();
      for (int side : sides) {
        for (int s = 0; s < statistics.size(); s++) {
          PatchResult track = figures.ofTracks(level, side, statistics.get(s), judging.wanted());
          ofTracks.add(track);
          tracks.get(s).add(track.detection().value());
        }
        PatchResult frame = figures.ofFrames(level, side, 0, attacks.of(level, side));
        ofFrames.add(frame);
        detection.add(frame.detection().value());
        recovery.add(frame.recovery() == null ? Double.NaN : frame.recovery().value());
      }
      if (!statistics.isEmpty()) {
        overSide.add(series(overSide, "tracks, %s level".formatted(level.id()), xs, tracks.get(0)));
      }
      overSide.add(series(overSide, "frames, %s level".formatted(level.id()), xs, detection));
      overSide.add(
          series(overSide, "recovery of frames, %s level".formatted(level.id()), xs, recovery));
      if (!statistics.isEmpty()) {
        overAlarms.add(
            overAlarms(
                "%s: certified tracks over false alarms, %s level, %s"
                    .formatted(model, level.id(), statistics.get(0).words()),
                "false alarms, share of clean tracks",
                sides,
                side -> figures.tracksOverAlarms(level, side, statistics.get(0))));
      }
      overAlarms.add(
          overAlarms(
              "%s: certified frames over false alarms, %s level".formatted(model, level.id()),
              "false alarms, share of clean frames",
              sides,
              side -> figures.overAlarms(level, side)));
    }
    List<Plot> curves = new ArrayList<>();
    if (sides.size() > 1) {
      curves.add(
          new Plot(
              "%s: certified share over the patch's side".formatted(model),
              Plot.Axis.linear(
                  "side of the patch, px",
                  sides.get(0),
                  sides.get(sides.size() - 1),
                  1,
                  v -> String.format(Locale.ROOT, "%.0f", v)),
              Plot.shares("certified share"),
              Double.NaN,
              overSide));
    }
    curves.addAll(overAlarms);
    List<CertificateResult> results = new ArrayList<>(ofTracks);
    results.addAll(ofFrames);
    return new PatchStudy(
        results, curves, worst(frames, levels.get(0), sides.get(0), inputs, classNames, outlines));
  }

  private static Plot.Series series(
      List<Plot.Series> before, String name, List<Double> xs, List<Double> ys) {
    return new Plot.Series(name, before.size(), xs, ys);
  }

  private static Plot overAlarms(
      String title, String axis, List<Integer> sides, IntFunction<List<double[]>> points) {
    List<Plot.Series> series = new ArrayList<>();
    double most = 0;
    for (int side : SampleList.spread(COLOURS, sides.size()).stream().map(sides::get).toList()) {
      List<double[]> of = points.apply(side);
      series.add(
          new Plot.Series(
              "%d×%d px".formatted(side, side),
              series.size(),
              of.stream().map(p -> p[0]).toList(),
              of.stream().map(p -> p[1]).toList()));
      most = of.stream().mapToDouble(p -> p[0]).reduce(most, Math::max);
    }
    double end = Math.max(LEAST_AXIS, most);
    return new Plot(
        title,
        Plot.Axis.linear(
            axis,
            0,
            end,
            0,
            v -> String.format(Locale.ROOT, end < 0.05 ? "%.1f %%" : "%.0f %%", 100 * v)),
        Plot.shares("certified share"),
        Double.NaN,
        series);
  }

  private static List<WorstExample> worst(
      List<CertifiedFrame> frames,
      Level level,
      int side,
      Inputs inputs,
      List<String> classNames,
      Outlines outlines) {
    Map<Long, Integer> rows = new TreeMap<>();
    for (int i = 0; i < inputs.count(); i++) {
      rows.put(inputs.ids()[i], i);
    }
    return frames.stream()
        .sorted(
            Comparator.comparingDouble((CertifiedFrame f) -> f.at(level, side).detection())
                .thenComparingInt(CertifiedFrame::id))
        .limit(EXAMPLES)
        .map(
            f -> {
              int row = rows.getOrDefault((long) f.id(), 0);
              return new WorstExample(
                  "input %d, %s: named %s, %s at %s level, %d×%d px"
                      .formatted(
                          f.id(),
                          classNames.get(f.label()),
                          f.named() == f.label() ? "rightly" : classNames.get(f.named()),
                          distance(f.at(level, side).detection()),
                          level.id(),
                          side,
                          side),
                  png(inputs, row),
                  inputs.shape().width(),
                  inputs.shape().height(),
                  outlines.weakest(row, level, side),
                  classNames.get(f.label()));
            })
        .toList();
  }

  private static String distance(double detection) {
    return detection > 0
        ? String.format(Locale.ROOT, "certified by %.2f", detection)
        : String.format(Locale.ROOT, "%.2f short of a certificate", -detection);
  }

  /** A row of the inputs as a PNG. */
  static byte[] png(Inputs inputs, int row) {
    int size = inputs.shape().size();
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) Math.round(255 * inputs.images()[row * size + i]);
    }
    return ImageFiles.encodePng(Image.of(inputs.shape().width(), inputs.shape().height(), bytes));
  }
}
