package io.stopline.evaluation.road;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.pipeline.RegionProposer;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import io.stopline.tflite.RuntimeOptions;
import java.util.List;

/** Finds signs in frames and tells the tight boxes too. Belongs to one thread. */
interface RoadFinder extends AutoCloseable {

  /** The name of the detector in reports, whatever its model is called. */
  String DETECTOR = "detector";

  /** The name of colour and shape in reports. */
  String COLOUR_SHAPE = "colour-shape";

  /** What it found, best first. */
  List<Find> find(Image frame);

  @Override
  void close();

  /**
   * The finder that looks at colour and shape alone. It adds a border of its own to what it finds
   * and cannot say which part that is, so its boxes are compared as they are.
   */
  static RoadFinder colourShape() {
    RegionProposer proposer = new ShapeColourProposer();
    return new RoadFinder() {
      @Override
      public List<Find> find(Image frame) {
        return proposer.propose(frame).stream()
            .map(d -> new Find(d.region(), d.region(), d.probability()))
            .toList();
      }

      @Override
      public void close() {
        proposer.close();
      }
    };
  }

  /**
   * A detector of a bundle.
   *
   * @param finder its threshold and the margin that it puts around its boxes
   */
  static RoadFinder detector(Bundle bundle, GuardPolicy.Finder finder, RuntimeOptions options) {
    Detector detector =
        GuardFactory.openDetector(bundle, finder.detector(), finder, options).detector();
    return new RoadFinder() {
      @Override
      public List<Find> find(Image frame) {
        return detector.detect(frame).stream()
            .map(
                d ->
                    new Find(
                        d.region(),
                        d.region().expandedWithin(finder.margin(), frame.width(), frame.height()),
                        d.probability()))
            .toList();
      }

      @Override
      public void close() {
        detector.close();
      }
    };
  }
}
