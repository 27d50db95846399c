package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certified inputs under attack.
 *
 * @param detection what came of those with certified detection (of bounds: with any certificate)
 * @param recovery what came of those with certified recovery; null if that was not asked for
 * @param seconds that all of it took, on this machine
 */
public record Attacked(Tries detection, @Nullable Tries recovery, double seconds) {

  /**
   * One kind of certificate under attack.
   *
   * @param inputs how many certified inputs were attacked
   * @param broken how many of them fell: anything but 0 is a fault of Stopline
   * @param controls the same attack with larger patches, in the order of their side, until one of
   *     them breaks something; empty where there is no control
   */
  public record Tries(int inputs, int broken, List<Control> controls) {
    public Tries {
      controls = List.copyOf(controls);
    }

    private String words() {
      String found = "%d of %d broken".formatted(broken, inputs);
      return controls.isEmpty()
          ? found
          : "%s; beyond the certificate %s"
              .formatted(found, String.join(", ", controls.stream().map(Control::words).toList()));
    }

    private ObjectNode put(ObjectNode node) {
      node.put("inputs", inputs).put("broken", broken);
      for (Control each : controls) {
        node.withArray("controls")
            .addObject()
            .put("patchSide", each.patchSide())
            .put("inputs", each.inputs())
            .put("broken", each.broken());
      }
      return node;
    }
  }

  /**
   * The attack with a patch that no certificate covers: what shows that it bites.
   *
   * @param patchSide px
   * @param inputs that were attacked
   * @param broken how many of them fell
   */
  public record Control(int patchSide, int inputs, int broken) {

    /** For people: {@code 20 of 300 with 7×7 px}. */
    public String words() {
      return "%d of %d with %d×%d px".formatted(broken, inputs, patchSide, patchSide);
    }
  }

  /** Certificates that fell: faults of Stopline. */
  public int broken() {
    return detection.broken() + (recovery == null ? 0 : recovery.broken());
  }

  /** For a terminal. */
  public String words() {
    return recovery == null || recovery.inputs() == 0
        ? detection.words()
        : "detection: %s; recovery: %s".formatted(detection.words(), recovery.words());
  }

  ObjectNode toJson() {
    ObjectNode node = detection.put(JsonNodeFactory.instance.objectNode());
    if (recovery != null) {
      recovery.put(node.putObject("recovery"));
    }
    return node.put("seconds", seconds);
  }
}
