package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import java.util.List;

/**
 * Proposes what a trained detector finds, each box with a margin around it: classifiers learn from
 * signs that are cut out with a part of their surroundings, detectors from tight boxes.
 */
public final class DetectorProposer implements RegionProposer {

  private final Detector detector;
  private final double margin;

  /**
   * Takes ownership of the detector.
   *
   * @param margin added at each side, as a part of the box's width or height, 0..1; clipped at the
   *     edges of the frame
   * @throws IllegalArgumentException if the margin is out of its range
   */
  public DetectorProposer(Detector detector, double margin) {
    if (!(margin >= 0 && margin <= 1)) {
      throw new IllegalArgumentException(
          "the margin around a detection is %s; it must lie in 0..1".formatted(margin));
    }
    this.detector = detector;
    this.margin = margin;
  }

  @Override
  public List<Detection> propose(Image image) {
    List<Detection> detections = detector.detect(image);
    detections.replaceAll(
        d -> {
          Region grown = d.region().expandedWithin(margin, image.width(), image.height());
          return new Detection(grown, d.label(), d.probability());
        });
    return detections;
  }

  @Override
  public boolean rates() {
    return true;
  }

  @Override
  public int discarded() {
    return detector.discarded();
  }

  @Override
  public void close() {
    detector.close();
  }
}
