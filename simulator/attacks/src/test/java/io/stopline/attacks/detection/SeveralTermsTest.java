package io.stopline.attacks.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Objective;
import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One patch against a detector and what stands behind it. */
final class SeveralTermsTest {
  private static final double THRESHOLD = 0.3;
  private static final int LABEL = 13; // give way

  /** The sign is still found, its crop is read as another, both by the exact files. */
  @Test
  void stickersKeepASignFoundAndMisread() throws IOException {
    Image frame = Photographs.image(SharedFiles.path("data/gtsdb/images/00001.jpg"));
    Region sign = new Region(973, 335, 59, 56);
    byte[] finder = bundled("finder-float32");
    byte[] reader = bundled("mobile-float32");
    Region crop = sign.expandedWithin(0.1, frame.width(), frame.height());
    try (DifferentiableDetector detector =
            TfliteModels.openDetector(finder, InputEncoding.UNIT, new DetectorFormat.HeatMap());
        DifferentiableModel model = TfliteModels.open(reader, InputEncoding.UNIT);
        Detector exactFinder =
            new Detector(
                "finder",
                "0".repeat(64),
                TfLiteModel.load("finder", finder, RuntimeOptions.defaults()),
                InputEncoding.UNIT,
                DetectionDecoding.heatMap(THRESHOLD, 20),
                List.of("sign"));
        TfLiteModel exactReader = TfLiteModel.load("reader", reader, RuntimeOptions.defaults())) {
      DetectionGoal found = DetectionGoal.create(sign, 0);
      assertThat(found.reached(exactFinder.detect(frame), THRESHOLD)).isTrue();
      assertThat(label(exactReader, frame.view(crop))).isEqualTo(LABEL);

      int size = 3 * sign.width() * sign.height();
      Objective misread =
          ModelVictim.of(model)
              .objective(
                  new Inputs(
                      model.shape(),
                      new float[model.shape().size()],
                      new int[] {LABEL},
                      new long[] {1}),
                  new MarginLoss(),
                  null);
      LossTerm reading =
          new ObjectiveTerm(
              misread,
              0,
              new CropView(frame, sign, crop, TransformChain.identity(), model.shape()),
              size,
              1);
      LossTerm finding =
          new DetectorTerm(
              detector,
              new FrameView(frame, sign, FrameFit.TOP_LEFT, detector.shape()),
              size,
              found,
              THRESHOLD,
              1);
      List<Region> bars = PatchSites.bars(sign, 0.25, 2, 0.8, frame);
      PatchJudge judge =
          frames ->
              found.reached(exactFinder.detect(frames.get(0)), THRESHOLD)
                  && label(exactReader, frames.get(0).view(crop)) != LABEL;

      PatchResult result =
          new PatchAttack(
                  List.of(new PatchTarget(frame, sign, bars, List.of(finding, reading))),
                  judge,
                  PatchSearch.USUAL.withSteps(60))
              .run(1);

      System.out.printf("found and misread: %s after %d steps%n", result.reached(), result.steps());
      assertThat(result.reached()).isTrue();
    }
  }

  /** The same texels in two frames, in one of which the object is half as large. */
  @Test
  void onePatchHidesAnObjectInTwoFrames() {
    Image near = Photographs.street();
    Image far = half(near);
    try (DifferentiableDetector detector = Photographs.gradients();
        Detector exact = Photographs.exact(0.3)) {
      Region nearSign = Photographs.found(exact, near);
      Region farSign = Photographs.found(exact, far);
      DetectionGoal nearGoal = DetectionGoal.hide(nearSign, Photographs.stopSign());
      DetectionGoal farGoal = DetectionGoal.hide(farSign, Photographs.stopSign());
      PatchJudge judge =
          frames ->
              nearGoal.reached(exact.detect(frames.get(0)), PatchOnSsdTest.THRESHOLD)
                  && farGoal.reached(exact.detect(frames.get(1)), PatchOnSsdTest.THRESHOLD);

      PatchResult result =
          new PatchAttack(
                  List.of(
                      target(detector, near, nearSign, nearGoal),
                      target(detector, far, farSign, farGoal)),
                  judge,
                  PatchSearch.USUAL.withSteps(80))
              .run(1);

      System.out.printf("two frames: %s after %d steps%n", result.reached(), result.steps());
      assertThat(result.reached()).isTrue();
    }
  }

  private static PatchTarget target(
      DifferentiableDetector detector, Image frame, Region sign, DetectionGoal goal) {
    return new PatchTarget(
        frame,
        sign,
        PatchSites.one(sign, 0.2, 0.5, 0.5, frame),
        List.of(Photographs.term(detector, frame, sign, goal)));
  }

  /** In the middle of a black picture of the same size. */
  private static Image half(Image frame) {
    Image small = Image.black(frame.width(), frame.height());
    for (int y = 0; y < frame.height() / 2; y++) {
      for (int x = 0; x < frame.width() / 2; x++) {
        int to = small.index(x + frame.width() / 4, y + frame.height() / 4);
        System.arraycopy(frame.data(), frame.index(2 * x, 2 * y), small.data(), to, 3);
      }
    }
    return small;
  }

  private static int label(TfLiteModel model, Image crop) {
    new TransformRenderer(TransformChain.identity(), model.inputs().get(0), InputEncoding.UNIT)
        .render(crop, 0, model.input(0).order(java.nio.ByteOrder.nativeOrder()));
    model.invoke();
    var scores = model.output(0).order(java.nio.ByteOrder.nativeOrder()).asFloatBuffer();
    int best = 0;
    for (int k = 1; k < scores.capacity(); k++) {
      best = scores.get(k) > scores.get(best) ? k : best;
    }
    return best;
  }

  private static byte[] bundled(String model) throws IOException {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    return Files.readAllBytes(
        root.resolve("firmware-config/bundles/traffic-signs/models/" + model + ".tflite"));
  }
}
