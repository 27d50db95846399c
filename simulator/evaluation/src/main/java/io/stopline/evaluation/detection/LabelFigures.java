package io.stopline.evaluation.detection;

import java.util.List;
import java.util.stream.Stream;

/**
 * What clean frames say of the order of a detector's labels.
 *
 * @param objection what speaks against the order, to be put behind the detector's name; empty if
 *     nothing does
 * @param cure how to put it right; empty if nothing speaks against it
 * @param corrected the names in the order that frames or the file tell, one a line; {@code
 *     unknown-N} for what they do not tell; empty if they tell no order
 * @param doubts what is called otherwise too, and proves nothing
 * @param checked of which labels frames show that the names are right, in words; empty if nobody
 *     looked
 */
public record LabelFigures(
    String objection, String cure, List<String> corrected, List<String> doubts, String checked) {

  /** Nothing to say. */
  static final LabelFigures NONE = new LabelFigures("", "", List.of(), List.of(), "");

  public LabelFigures {
    corrected = List.copyOf(corrected);
    doubts = List.copyOf(doubts);
  }

  /** The same with more doubts. */
  LabelFigures withDoubts(List<String> more) {
    return more.isEmpty()
        ? this
        : new LabelFigures(
            objection,
            cure,
            corrected,
            Stream.concat(doubts.stream(), more.stream()).toList(),
            checked);
  }

  /** Whether nothing speaks against the order. */
  public boolean isSound() {
    return objection.isEmpty();
  }
}
