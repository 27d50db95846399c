package io.stopline.evaluation.detection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a detector finds in clean frames as it is read, and whether it would find clearly more if it
 * were read in another way.
 *
 * @param frames how many were looked at
 * @param precision its average precision at an overlap of 0.5
 * @param found share of the labelled objects that it finds with the right label
 * @param threshold from which probability on a find counts there
 * @param because what of the reading the frames decided, and why
 * @param better how it is clearly better; null if nothing is
 * @param labels what they say of the order of its labels
 * @param consistency where nothing is labelled, how it agrees with itself; null otherwise
 */
public record DetectorFigures(
    int frames,
    Estimate precision,
    Rate found,
    double threshold,
    List<String> because,
    @Nullable Better better,
    LabelFigures labels,
    @Nullable SelfConsistency consistency) {

  /** A detector that finds a smaller share of the labelled objects finds next to nothing. */
  static final double OF_USE = 0.1;

  /**
   * Another way of reading the same file.
   *
   * @param options that say so on a command line
   * @param because why, in words; empty if the figures say it all
   */
  public record Better(String options, Estimate precision, Rate found, String because) {}

  public DetectorFigures {
    because = List.copyOf(because);
  }

  /**
   * Whether the reading can be relied on: it finds something, no other is clearly better, and
   * nothing speaks against the order of its labels.
   */
  public boolean isSound() {
    return better == null && !isPoor() && labels.isSound();
  }

  /** Whether labelled frames looked at it. */
  public boolean isChecked() {
    return consistency == null;
  }

  /** Whether it finds next to nothing, or contradicts itself where nothing is labelled. */
  public boolean isPoor() {
    return consistency == null ? !(found.value() >= OF_USE) : !consistency.isSensible();
  }

  /** What cures what speaks against the reading, where that is known; else empty. */
  public String cure() {
    return better != null ? "add " + better.options() : labels.cure();
  }

  /** One sentence, with the cure where there is one; to be put behind the detector's name. */
  public String words() {
    if (consistency != null) {
      return consistency.words()
          + (better == null ? "" : "; " + better.because())
          + (labels.isSound() ? "" : "; it " + labels.objection());
    }
    String as =
        "finds %s of the labelled objects with the right label (probability from %s on), average precision %s, in %d clean frames as it is read"
            .formatted(found, number(threshold), precision, frames);
    List<String> more = new ArrayList<>();
    more.add(as);
    if (better != null) {
      more.add(
          "but %s, average precision %s, with %s%s"
              .formatted(
                  better.found(),
                  better.precision(),
                  better.options(),
                  better.because().isEmpty() ? "" : " (" + better.because() + ")"));
    } else if (isPoor() && labels.isSound()) {
      more.add(
          labels.doubts().isEmpty()
              ? "which is next to nothing; neither another range (--input-range), order of channels (--channels), fit (--fit) nor first label (--first-label) is clearly better: say how it was fed when it was trained, pair its labels with the data's (--labels, --rename), or bring frames in which its objects are larger"
              : "which is next to nothing");
      more.addAll(labels.doubts());
    }
    if (!labels.isSound()) {
      more.add("and it " + labels.objection());
    }
    return String.join(", ", more);
  }

  /** As reports have it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("frames", frames).put("labelled", isChecked()).put("sound", isSound());
    node.put("threshold", threshold);
    if (isChecked()) {
      node.set("averagePrecision", precision.toJson());
      node.set("found", found.toJson());
    }
    if (consistency != null) {
      node.set("consistency", consistency.toJson());
    }
    because.forEach(node.putArray("because")::add);
    if (better != null) {
      ObjectNode other = node.putObject("better").put("options", better.options());
      other.set("averagePrecision", better.precision().toJson());
      other.set("found", better.found().toJson());
    }
    if (!labels.isSound()) {
      node.put("order", labels.objection());
    }
    labels.doubts().forEach(node.putArray("doubts")::add);
    if (!labels.checked().isEmpty()) {
      node.put("labelsChecked", labels.checked());
    }
    return node;
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, "%.2f", x);
  }
}
