package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Certified inputs under attack.
 *
 * @param inputs how many certified inputs were attacked
 * @param broken how many of them fell: anything but 0 is a fault of Stopline
 * @param beyondSide side of the patches of the control, px: one more than the certificate covers
 * @param controlled how many inputs the control attacked
 * @param beyondBroken how many of those fell: what shows that the attack bites
 * @param seconds that all of it took, on this machine
 */
public record Attacked(
    int inputs, int broken, int beyondSide, int controlled, int beyondBroken, double seconds) {

  /** For a terminal. */
  public String words() {
    String beyond =
        controlled == 0
            ? ""
            : "; beyond the certificate, %d px, %d of %d"
                .formatted(beyondSide, beyondBroken, controlled);
    return "%d of %d broken%s".formatted(broken, inputs, beyond);
  }

  ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("inputs", inputs).put("broken", broken);
    node.putObject("control")
        .put("patchSide", beyondSide)
        .put("inputs", controlled)
        .put("broken", beyondBroken);
    return node.put("seconds", seconds);
  }
}
