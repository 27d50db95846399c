package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Optional;

/**
 * How a training went, epoch by epoch.
 *
 * @param points in their order
 * @param best the epoch whose weights were kept, 1-based; 0 if none was better than the start
 */
public record TrainingCurve(List<Point> points, int best) {

  /**
   * One epoch, seen at its end. Shares are of 0..1; NaN where nothing was measured.
   *
   * @param epoch 1-based
   * @param loss mean of what was minimised
   * @param trainClean of the augmented training images, right as they came
   * @param trainAttacked the same after the method's own attack or noise
   * @param clean accuracy on validation images
   * @param robust accuracy on a fixed sample of them under a short attack
   * @param seconds since training began
   */
  public record Point(
      int epoch,
      double loss,
      double trainClean,
      double trainAttacked,
      double clean,
      double robust,
      double seconds) {}

  public TrainingCurve {
    points = List.copyOf(points);
  }

  /** The epoch whose weights were kept, if it is one of them. */
  public Optional<Point> kept() {
    return points.stream().filter(p -> p.epoch() == best).findFirst();
  }

  /** One object an epoch; what was not measured is null. */
  public ArrayNode toJson() {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Point p : points) {
      var node = all.addObject().put("epoch", p.epoch());
      put(node, "loss", p.loss());
      put(node, "trainClean", p.trainClean());
      put(node, "trainAttacked", p.trainAttacked());
      put(node, "validationClean", p.clean());
      put(node, "validationRobust", p.robust());
      put(node, "seconds", p.seconds());
    }
    return all;
  }

  private static void put(
      com.fasterxml.jackson.databind.node.ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, Math.rint(value * 1e6) / 1e6);
    } else {
      node.putNull(name);
    }
  }
}
