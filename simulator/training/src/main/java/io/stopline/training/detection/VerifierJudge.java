package io.stopline.training.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.road.Find;
import io.stopline.evaluation.road.FinderCurve;
import io.stopline.evaluation.road.MatchedFind;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignMatcher;
import io.stopline.sdk.image.Image;
import io.stopline.training.TrainingSource;
import io.stopline.training.detection.Crop.View;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges a verifier together with the finder whose finds it verifies: by the geometric mean of both
 * probabilities, the mean share of signs found where 0.03, 0.1, 0.3 and 1 false finds a frame are
 * let through. Belongs to one thread.
 */
public final class VerifierJudge implements TrainingSource.Judge {

  private static final int BATCH = 128;

  private final List<RoadFrame> frames;
  private final List<List<Find>> finds;
  private final SignMatcher matcher;
  private final ImageShape shape;
  private final byte[][] crops;

  /**
   * @param frames with their signs
   * @param finds one list a frame
   * @param images the frames' pictures; not kept
   * @param matcher which signs are to be found
   * @param shape of the verifier's input, square
   * @param margin around a box, as a share of its side
   */
  public VerifierJudge(
      List<RoadFrame> frames,
      List<List<Find>> finds,
      List<Image> images,
      SignMatcher matcher,
      ImageShape shape,
      double margin) {
    this.frames = List.copyOf(frames);
    this.finds = List.copyOf(finds);
    this.matcher = matcher;
    this.shape = shape;
    List<byte[]> cut = new ArrayList<>();
    Crop crop = new Crop(shape.width(), true);
    for (int f = 0; f < frames.size(); f++) {
      for (Find find : finds.get(f)) {
        SceneFrame patch = SignPatch.of(images.get(f), find.box(), false).scene();
        SceneSign box = patch.signs().get(0);
        double size = Math.sqrt(box.width() * box.height()) * (1 + 2 * margin);
        double middle = shape.width() / 2.0;
        crop.cut(
            patch,
            View.of(
                (box.left() + box.right()) / 2,
                (box.top() + box.bottom()) / 2,
                middle,
                middle,
                shape.width() / size,
                0,
                false));
        cut.add(crop.rgb.clone());
      }
    }
    crops = cut.toArray(byte[][]::new);
  }

  @Override
  public double clean(TrainableModel model) {
    return FindCurves.meanRecall(curve(model));
  }

  @Override
  public double robust(TrainableModel model) {
    return Double.NaN;
  }

  /** What finder and verifier find together. */
  public FinderCurve curve(TrainableModel model) {
    double[] probabilities = probabilities(model);
    List<List<MatchedFind>> matched = new ArrayList<>();
    int next = 0;
    for (int f = 0; f < frames.size(); f++) {
      double[] scores = new double[finds.get(f).size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = Math.sqrt(probabilities[next++] * finds.get(f).get(i).probability());
      }
      matched.add(matcher.match(frames.get(f).signs(), finds.get(f), scores));
    }
    return new FinderCurve(frames, matched, matcher, 1);
  }

  private double[] probabilities(TrainableModel model) {
    int size = shape.size();
    double[] probabilities = new double[crops.length];
    float[] batch = new float[BATCH * size];
    float[] logits = new float[BATCH * 2];
    for (int from = 0; from < crops.length; from += BATCH) {
      int count = Math.min(BATCH, crops.length - from);
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < size; i++) {
          batch[n * size + i] = (crops[from + n][i] & 0xff) / 255f;
        }
      }
      model.logits(batch, count, logits);
      for (int n = 0; n < count; n++) {
        probabilities[from + n] = 1 / (1 + Math.exp(logits[2 * n] - logits[2 * n + 1]));
      }
    }
    return probabilities;
  }
}
