package io.stopline.evaluation.export;

import java.util.List;

/**
 * What really is in a frame.
 *
 * @param object what it is called; the same in all frames that show the same one
 * @param label its class
 * @param judged whether a detector has to find it; finds on others are neither right nor false
 * @param box around it, inside the frame
 * @param outlines of it, inside the frame; none where only the box is known
 * @param attributes what else is known
 */
public record TrueObject(
    String object,
    String label,
    boolean judged,
    Box box,
    List<Outline> outlines,
    List<Attribute> attributes) {

  public TrueObject {
    outlines = List.copyOf(outlines);
    attributes = List.copyOf(attributes);
  }

  /** Of its outlines, else of its box, px². */
  double area() {
    return outlines.isEmpty()
        ? box.width() * box.height()
        : outlines.stream().mapToDouble(Outline::area).sum();
  }
}
