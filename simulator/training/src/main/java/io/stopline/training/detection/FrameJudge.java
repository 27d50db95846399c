package io.stopline.training.detection;

import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Sha256;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.TrainingSource;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Judges a detector on whole frames by TensorFlow Lite: the mean share of signs found where the
 * threshold lets so many false finds a frame through as {@link #RATES} says. Belongs to one thread.
 */
public final class FrameJudge implements TrainingSource.Judge {

  /** False finds a frame, evenly spread on a logarithmic scale. */
  private static final List<Double> RATES = List.of(0.03, 0.1, 0.3, 1.0);

  private static final double RIGHT = 0.5;
  private static final double NOTHING_IN_COMMON = 0.1;
  private static final DetectionDecoding DECODING =
      new DetectionDecoding.HeatMap(0.02, 64, DetectionDecoding.HeatMap.USUAL_OVERLAP);

  private final DetectorArchitecture architecture;
  private final InputEncoding encoding;
  private final List<SceneFrame> frames;
  private final double minimumSide;

  /**
   * @param architecture with the input that frames are judged at
   * @param encoding how pixels become what the model takes
   * @param minimumSide smaller signs need not be found and may be
   */
  public FrameJudge(
      DetectorArchitecture architecture,
      InputEncoding encoding,
      List<SceneFrame> frames,
      double minimumSide) {
    this.architecture = architecture;
    this.encoding = encoding;
    this.frames = List.copyOf(frames);
    this.minimumSide = minimumSide;
  }

  @Override
  public double clean(TrainableModel model) {
    byte[] file = architecture.using(model.file());
    return shares(file).stream().mapToDouble(d -> d).average().orElse(0);
  }

  @Override
  public double robust(TrainableModel model) {
    return Double.NaN;
  }

  /** One find on one frame. */
  private record Find(float score, boolean right) {}

  /**
   * Shares of signs found at each of {@link #RATES}.
   *
   * @param file a detector to use, {@code heat} and {@code boxes} out
   */
  List<Double> shares(byte[] file) {
    List<String> labels = IntStream.range(0, architecture.kinds()).mapToObj(k -> "kind").toList();
    List<Find> finds = new ArrayList<>();
    long signs = 0;
    try (Detector detector =
        new Detector(
            architecture.name(),
            Sha256.of(file),
            TfLiteModel.load(architecture.name(), file, RuntimeOptions.defaults()),
            encoding,
            DECODING,
            labels)) {
      for (SceneFrame frame : frames) {
        signs += frame.signs().stream().filter(this::counts).count();
        match(frame, detector.detect(Image.of(frame.width(), frame.height(), frame.rgb())), finds);
      }
    }
    finds.sort(Comparator.comparingDouble((Find f) -> -f.score()));
    List<Double> shares = new ArrayList<>();
    for (double rate : RATES) {
      int wrong = 0;
      int right = 0;
      for (Find find : finds) {
        if (!find.right() && ++wrong > rate * frames.size()) {
          break;
        }
        right += find.right() ? 1 : 0;
      }
      shares.add(right / (double) Math.max(1, signs));
    }
    return shares;
  }

  private boolean counts(SceneSign sign) {
    return !sign.ignored() && sign.smallerSide() >= minimumSide;
  }

  private void match(SceneFrame frame, List<Detection> detections, List<Find> finds) {
    boolean[] taken = new boolean[frame.signs().size()];
    for (Detection detection : detections) {
      int best = -1;
      double most = 0;
      for (int s = 0; s < taken.length; s++) {
        double overlap = overlap(frame.signs().get(s), detection);
        if (overlap > most && (!taken[s] || !counts(frame.signs().get(s)))) {
          most = overlap;
          best = s;
        }
      }
      if (best >= 0 && most >= RIGHT && counts(frame.signs().get(best))) {
        taken[best] = true;
        finds.add(new Find(detection.probability(), true));
      } else if (best < 0 || counts(frame.signs().get(best)) || most < NOTHING_IN_COMMON) {
        finds.add(new Find(detection.probability(), false));
      }
    }
  }

  private static double overlap(SceneSign sign, Detection detection) {
    var r = detection.region();
    double w = Math.min(sign.right(), r.x() + r.width()) - Math.max(sign.left(), r.x());
    double h = Math.min(sign.bottom(), r.y() + r.height()) - Math.max(sign.top(), r.y());
    if (w <= 0 || h <= 0) {
      return 0;
    }
    return w * h / (sign.width() * sign.height() + r.area() - w * h);
  }
}
