package io.stopline.evaluation.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often a model is right on clean images as it is read, and whether it would be right more
 * often if it were read in another way.
 *
 * @param right as it is read
 * @param guessing what guessing would give, 0..1
 * @param splits that the images come from
 * @param better how it is clearly better; null if nothing is
 */
public record CleanFigures(
    Rate right, double guessing, List<String> splits, @Nullable Better better) {

  /** No image was looked at. */
  public static final CleanFigures NONE = new CleanFigures(Rate.of(0, 0), 0, List.of(), null);

  /** Of the way from guessing to always, what a model of use has come. */
  private static final double OF_USE = 0.3;

  /**
   * Another way of reading the same file.
   *
   * @param options that say so on a command line
   * @param right how often it is right then
   * @param changed classes that other outputs stand for then: {@code 'Stop' is output 17}; empty if
   *     only pixels change
   */
  public record Better(String options, Rate right, List<String> changed) {
    public Better {
      changed = List.copyOf(changed);
    }
  }

  public CleanFigures {
    splits = List.copyOf(splits);
  }

  /** Whether the reading can be relied on: better than guessing, and no other is clearly better. */
  public boolean isSound() {
    return better == null && !isPoor();
  }

  /** Whether it is hardly right more often than by guessing. */
  public boolean isPoor() {
    return right.value() < guessing + OF_USE * (1 - guessing);
  }

  /** One sentence, with the cure where there is one; to be put behind the model's name. */
  public String words() {
    String as =
        "is right on %s of clean images (%s) as it is read"
            .formatted(right, String.join(", ", splits));
    if (better != null) {
      return "%s, but on %s with %s%s"
          .formatted(
              as,
              better.right(),
              better.options(),
              better.changed().isEmpty() ? "" : " (" + String.join(", ", better.changed()) + ")");
    }
    return isPoor()
        ? "%s, where guessing gives %.1f %%; neither another range (--input-range), the other order of channels (--channels) nor another order of classes (--labels, --class-order) is clearly better: say how it was fed when it was trained"
            .formatted(as, 100 * guessing)
        : as;
  }

  /** As reports have it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("accuracy", right.toJson());
    node.put("guessing", Math.rint(guessing * 1e6) / 1e6);
    splits.forEach(node.putArray("splits")::add);
    node.put("sound", isSound());
    if (better != null) {
      ObjectNode other = node.putObject("better").put("options", better.options());
      other.set("accuracy", better.right().toJson());
      better.changed().forEach(other.putArray("changed")::add);
    }
    return node;
  }
}
