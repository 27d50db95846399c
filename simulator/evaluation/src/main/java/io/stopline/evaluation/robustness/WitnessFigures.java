package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.List;

/**
 * What a guard's witnesses see in the still frames that were attacked.
 *
 * @param witnesses their names
 * @param seenClean share of the attacked objects that one of them sees when clean; where something
 *     is created, of the places
 * @param seenAttacked the same with the painting
 * @param untold share of the successful paintings that no witness contradicts: it does not see what
 *     is hidden either, or sees what is created too
 */
public record WitnessFigures(
    List<String> witnesses, Rate seenClean, Rate seenAttacked, Rate untold) {

  public WitnessFigures {
    witnesses = List.copyOf(witnesses);
  }

  /** Adds {@code witnesses} to a report's fields. */
  void fill(ObjectNode fields) {
    ObjectNode node = fields.putObject("witnesses");
    witnesses.forEach(node.putArray("names")::add);
    node.set("seenClean", seenClean.toJson());
    node.set("seenAttacked", seenAttacked.toJson());
    node.set("untold", untold.toJson());
  }
}
