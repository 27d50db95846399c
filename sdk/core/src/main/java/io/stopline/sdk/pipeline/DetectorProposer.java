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
  private final boolean surroundings;
  private final boolean[] wanted;

  /**
   * For classifiers: proposes boxes with a margin, and that is what is inspected.
   *
   * <p>Takes ownership of the detector.
   *
   * @param margin added at each side, as a part of the box's width or height, 0..1; clipped at the
   *     edges of the frame
   * @throws IllegalArgumentException if the margin is out of its range
   */
  public DetectorProposer(Detector detector, double margin) {
    this(detector, margin, false, List.of());
  }

  /**
   * Takes ownership of the detector.
   *
   * @param margin added at each side, as a part of the box's width or height, 0..1
   * @param surroundings for detectors that look closer: proposes the boxes themselves and has their
   *     {@linkplain #surroundings(Region, double, int, int) surroundings} inspected
   * @param labels only what has one of these labels is proposed; none: whatever it finds
   * @throws IllegalArgumentException if the margin is out of its range or the detector does not
   *     know a label
   */
  public DetectorProposer(
      Detector detector, double margin, boolean surroundings, List<String> labels) {
    for (String label : labels) {
      if (!detector.labels().contains(label)) {
        throw new IllegalArgumentException(
            "detector '%s' knows no label '%s'; it knows %s"
                .formatted(detector.name(), label, detector.labels()));
      }
    }
    if (!(margin >= 0 && margin <= 1)) {
      throw new IllegalArgumentException(
          "the margin around a detection is %s; it must lie in 0..1".formatted(margin));
    }
    this.detector = detector;
    this.margin = margin;
    this.surroundings = surroundings;
    this.wanted = new boolean[detector.labels().size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = labels.isEmpty() || labels.contains(detector.labels().get(i));
    }
  }

  @Override
  public List<Detection> propose(Image image) {
    List<Detection> detections = detector.detect(image);
    detections.removeIf(d -> !wanted[d.label()]);
    if (surroundings) {
      return detections;
    }
    detections.replaceAll(
        d -> {
          Region grown = d.region().expandedWithin(margin, image.width(), image.height());
          return new Detection(grown, d.label(), d.probability(), d.box());
        });
    return detections;
  }

  @Override
  public Region crop(Region region, Image frame) {
    return surroundings ? surroundings(region, margin, frame.width(), frame.height()) : region;
  }

  /**
   * A square around a box whose side is the box's longer one and the margin on both sides. It is
   * moved into the frame where it reaches beyond, and is no square only where the frame is smaller.
   *
   * @param margin as a part of the longer side, 0..1
   */
  public static Region surroundings(Region box, double margin, int frameWidth, int frameHeight) {
    int side = (int) Math.ceil(Math.max(box.width(), box.height()) * (1 + 2 * margin));
    int width = Math.min(side, frameWidth);
    int height = Math.min(side, frameHeight);
    int x = box.x() + (box.width() - width) / 2;
    int y = box.y() + (box.height() - height) / 2;
    return new Region(
        Math.max(0, Math.min(frameWidth - width, x)),
        Math.max(0, Math.min(frameHeight - height, y)),
        width,
        height);
  }

  @Override
  public List<String> labels() {
    return detector.labels();
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
