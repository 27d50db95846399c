package io.stopline.campaign.certify;

import io.stopline.attacks.Inputs;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.CertifiedFrame;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.PatchFigures;
import io.stopline.evaluation.certificate.PatchResult;
import io.stopline.evaluation.certificate.TrackStatistic;
import io.stopline.evaluation.certificate.WorstExample;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.image.Image;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Figures, curves and pictures of the frames of one model that were looked at one by one.
 *
 * @param results of tracks first, then of frames
 * @param curves over the patch's side and over false alarms
 * @param examples the frames that are furthest from a certificate
 */
public record PatchStudy(
    List<CertificateResult> results, List<Plot> curves, List<WorstExample> examples) {

  private static final int EXAMPLES = 12;

  /** One certified model under attack: what came of it at a level and side. */
  public interface Attacks {
    /** Null if that was not attacked. */
    @Nullable Attacked of(Level level, int side);
  }

  /**
   * How tracks are judged.
   *
   * @param statistics empty if the frames are no whole tracks
   * @param wanted false alarms a track
   */
  public record Judging(List<TrackStatistic> statistics, double wanted) {
    public Judging {
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
   */
  public static PatchStudy of(
      String model,
      String method,
      List<Integer> sides,
      Map<Level, Groups> groups,
      List<CertifiedFrame> frames,
      Inputs inputs,
      List<String> classNames,
      Judging judging,
      Attacks attacks,
      long seed) {
    Groups most = new TreeMap<>(groups).lastEntry().getValue();
    PatchFigures figures =
        new PatchFigures(
            model, method, most, inputs.shape().height() * inputs.shape().width(), frames, seed);
    List<Level> levels = groups.keySet().stream().sorted(Comparator.reverseOrder()).toList();
    List<CertificateResult> results = new ArrayList<>();
    List<CertificateResult> ofFrames = new ArrayList<>();
    List<Plot.Series> overSide = new ArrayList<>();
    List<Plot.Series> overAlarms = new ArrayList<>();
    for (Level level : levels) {
      List<Double> detection = new ArrayList<>();
      List<Double> recovery = new ArrayList<>();
      for (int side : sides) {
        if (figures.trackCount() > 1) {
          for (TrackStatistic statistic : judging.statistics()) {
            results.add(figures.ofTracks(level, side, statistic, judging.wanted()));
          }
        }
        PatchResult frame = figures.ofFrames(level, side, 0, attacks.of(level, side));
        ofFrames.add(frame);
        detection.add(frame.detection().value());
        recovery.add(frame.recovery() == null ? Double.NaN : frame.recovery().value());
        List<double[]> points = figures.overAlarms(level, side);
        overAlarms.add(
            new Plot.Series(
                "%s level, %d×%d px".formatted(level.id(), side, side),
                overAlarms.size(),
                points.stream().map(p -> p[0]).toList(),
                points.stream().map(p -> p[1]).toList()));
      }
      List<Double> xs = sides.stream().map(Integer::doubleValue).toList();
      overSide.add(
          new Plot.Series(
              "detection, %s level".formatted(level.id()), overSide.size(), xs, detection));
      overSide.add(
          new Plot.Series(
              "recovery, %s level".formatted(level.id()), overSide.size(), xs, recovery));
    }
    results.addAll(ofFrames);
    List<Plot> curves = new ArrayList<>();
    if (sides.size() > 1) {
      curves.add(
          new Plot(
              "%s: certified share of frames over the patch's side".formatted(model),
              Plot.Axis.linear(
                  "side of the patch, px",
                  sides.get(0),
                  sides.get(sides.size() - 1),
                  1,
                  v -> String.format(Locale.ROOT, "%.0f", v)),
              Plot.SHARES,
              Double.NaN,
              overSide));
    }
    curves.add(
        new Plot(
            "%s: certified detection over false alarms, frame by frame".formatted(model),
            Plot.Axis.linear(
                "false alarms", 0, 0.5, 0, v -> String.format(Locale.ROOT, "%.0f %%", 100 * v)),
            Plot.SHARES,
            Double.NaN,
            overAlarms));
    return new PatchStudy(
        results, curves, worst(frames, levels.get(0), sides.get(0), inputs, classNames));
  }

  private static List<WorstExample> worst(
      List<CertifiedFrame> frames, Level level, int side, Inputs inputs, List<String> classNames) {
    Map<Long, Integer> rows = new TreeMap<>();
    for (int i = 0; i < inputs.count(); i++) {
      rows.put(inputs.ids()[i], i);
    }
    return frames.stream()
        .sorted(
            Comparator.comparingDouble((CertifiedFrame f) -> f.at(level, side).detection())
                .thenComparingInt(CertifiedFrame::id))
        .limit(EXAMPLES)
        .filter(f -> !f.at(level, side).detected(0))
        .map(
            f ->
                new WorstExample(
                    "input %d, %s: named %s, %.2f short of a certificate at %s level, %d×%d px"
                        .formatted(
                            f.id(),
                            classNames.get(f.label()),
                            f.named() == f.label() ? "rightly" : classNames.get(f.named()),
                            -f.at(level, side).detection(),
                            level.id(),
                            side,
                            side),
                    png(inputs, rows.getOrDefault((long) f.id(), 0)),
                    classNames.get(f.label())))
        .toList();
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
