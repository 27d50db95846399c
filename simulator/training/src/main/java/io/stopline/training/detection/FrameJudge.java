package io.stopline.training.detection;

import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.road.Find;
import io.stopline.evaluation.road.FinderCurve;
import io.stopline.evaluation.road.MatchedFind;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignMatcher;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.TrainingSource;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges a detector on whole frames by TensorFlow Lite: the mean share of signs found where the
 * threshold lets 0.03, 0.1, 0.3 and 1 false finds a frame through. Belongs to one thread.
 */
public final class FrameJudge implements TrainingSource.Judge {

  private static final DetectionDecoding DECODING = DetectionDecoding.heatMap(0.02, 64);

  /** One threshold makes the parts of a map of votes; their mean votes rank them. */
  private static final DetectionDecoding VOTES =
      new DetectionDecoding(new DetectorFormat.VoteMap(2), 0.3, 64);

  /** From this probability on a patch counts as reported. */
  private static final double REPORTED = 0.3;

  /** The kind that signs are; what else a detector reports is no sign. */
  private static final int SIGN = 0;

  private final DetectorArchitecture architecture;
  private final InputEncoding encoding;
  private final List<RoadFrame> frames;
  private final List<SceneFrame> scenes;
  private final SignMatcher matcher;
  private final DetectionDecoding decoding;
  private final @Nullable PatchedFrames patched;

  /**
   * @param architecture with the input that frames are judged at
   * @param encoding how pixels become what the model takes
   * @param frames with their signs
   * @param scenes the same frames at the size at which the detector sees them
   * @param matcher which signs are to be found
   * @param votes whether the heat is a map of votes
   * @param prints patches that are stuck onto the signs to judge it again; may be empty
   */
  public FrameJudge(
      DetectorArchitecture architecture,
      InputEncoding encoding,
      List<RoadFrame> frames,
      List<SceneFrame> scenes,
      SignMatcher matcher,
      boolean votes,
      List<Image> prints) {
    this.architecture = architecture;
    this.encoding = encoding;
    this.frames = List.copyOf(frames);
    this.scenes = List.copyOf(scenes);
    this.matcher = matcher;
    this.decoding = votes ? VOTES : DECODING;
    this.patched = prints.isEmpty() ? null : PatchedFrames.of(scenes, prints);
  }

  @Override
  public double clean(TrainableModel model) {
    return FindCurves.meanRecall(curve(architecture.using(model.file())));
  }

  /**
   * With a patch on each sign: the same share, and where patches are a kind, the mean of that and
   * of the share of patched signs on which one is reported. NaN without patches.
   */
  @Override
  public double robust(TrainableModel model) {
    if (patched == null) {
      return Double.NaN;
    }
    Told told = new Told(patched.patches());
    double found =
        FindCurves.meanRecall(curve(architecture.using(model.file()), patched.scenes(), told));
    return architecture.kinds() > 1 ? (found + told.share()) / 2 : found;
  }

  /** Counts the patches that are reported. */
  private static final class Told {
    private final List<List<SceneSign>> patches;
    private int told;
    private int all;

    Told(List<List<SceneSign>> patches) {
      this.patches = patches;
    }

    void look(int frame, List<Detection> detections) {
      for (SceneSign patch : patches.isEmpty() ? List.<SceneSign>of() : patches.get(frame)) {
        all++;
        boolean reported =
            detections.stream()
                .anyMatch(
                    d ->
                        d.label() != SIGN
                            && d.probability() >= REPORTED
                            && touches(d.region(), patch));
        told += reported ? 1 : 0;
      }
    }

    private static boolean touches(Region region, SceneSign patch) {
      return region.x() < patch.right()
          && patch.left() < region.x() + region.width()
          && region.y() < patch.bottom()
          && patch.top() < region.y() + region.height();
    }

    double share() {
      return all == 0 ? 0 : told / (double) all;
    }
  }

  /**
   * What a detector finds.
   *
   * @param file that is used: {@code heat} and {@code boxes} come out
   */
  public FinderCurve curve(byte[] file) {
    return curve(file, scenes, new Told(List.of()));
  }

  private FinderCurve curve(byte[] file, List<SceneFrame> shown, Told told) {
    List<String> labels = IntStream.range(0, architecture.kinds()).mapToObj(k -> "kind").toList();
    List<List<MatchedFind>> matched = new ArrayList<>();
    try (Detector detector =
        new Detector(
            architecture.name(),
            Sha256.of(file),
            TfLiteModel.loadBuilt(architecture.name(), file, RuntimeOptions.defaults()),
            encoding,
            decoding,
            labels)) {
      for (int f = 0; f < shown.size(); f++) {
        SceneFrame scene = shown.get(f);
        double factor = Math.rint(frames.get(f).width() / (double) scene.width());
        List<Detection> detections =
            detector.detect(Image.of(scene.width(), scene.height(), scene.rgb()));
        told.look(f, detections);
        detections.removeIf(d -> d.label() != SIGN);
        List<Find> finds =
            detections.stream()
                .map(d -> enlarged(d.region(), factor))
                .map(r -> new Find(r, r, 1))
                .toList();
        matched.add(
            matcher.match(
                frames.get(f).signs(),
                finds,
                detections.stream().mapToDouble(Detection::probability).toArray()));
      }
    }
    return new FinderCurve(frames, matched, matcher, 1);
  }

  private static Region enlarged(Region r, double factor) {
    return new Region(
        (int) (r.x() * factor),
        (int) (r.y() * factor),
        (int) (r.width() * factor),
        (int) (r.height() * factor));
  }
}
