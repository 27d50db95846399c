package io.stopline.sdk.certificate;

import io.stopline.sdk.image.Region;

/**
 * What is proved of one picture, the crop of one frame as the model's input shows it. If it holds:
 * no picture that differs from this one in one square of at most {@code patchSide} pixels a side,
 * at any place and with any content, can have a label of another group accepted by a guard that
 * asks this model and refuses what scores above {@code threshold} ({@link WindowScores} has the
 * proof). So what an attacker adds to this crop cannot pass with a label of another group; and if
 * this crop is itself the work of such an attacker, the untouched one would have been refused for
 * its own true label, unless that is of this group.
 *
 * <p>It says nothing of several patches, of larger ones, of changes all over the picture or along
 * the edge, of a box that is wrong, and of other frames; nor that the label is right.
 *
 * @param method by which it is proved, {@value #WINDOWS}
 * @param model whose local scores it is about
 * @param patchSide of the square, px of the model's input
 * @param inputWidth of the model's input, px: the whole crop
 * @param inputHeight of the model's input, px
 * @param level what the groups are
 * @param group of the label
 * @param threshold above which a label is refused, in units of the mean local score (logits)
 * @param score of the label, the same unit: how far another group leads without one window
 * @param margin thresholds below it are certified, the same unit
 * @param window the part of the model's input without which the label has the least lead: where it
 *     hangs
 */
public record Certificate(
    String method,
    String model,
    int patchSide,
    int inputWidth,
    int inputHeight,
    Level level,
    String group,
    double threshold,
    double score,
    double margin,
    Region window) {

  /** The method of {@link WindowScores}. */
  public static final String WINDOWS = "windows";

  /** All claims are about one frame; nothing is proved of a track. */
  public static final String UNIT = "frame";

  /** What a certificate tells apart. */
  public enum Level {
    /** Groups of look-alike classes. */
    GROUP,
    /** Each class. */
    CLASS
  }

  /** Whether the claim is proved of this picture. */
  public boolean holds() {
    return margin > threshold;
  }

  /** Whether the label is refused in this frame. */
  public boolean alarms() {
    return score > threshold;
  }

  /** The patch as a share of the crop's area, above 0 and at most 1. */
  public double patchAreaFraction() {
    return (double) patchSide * patchSide / ((double) inputWidth * inputHeight);
  }

  /** The window as a part of a crop of any size, px: what it touches is in it. */
  public Region windowIn(int width, int height) {
    int left = window.x() * width / inputWidth;
    int top = window.y() * height / inputHeight;
    int right = -Math.floorDiv(-(window.x() + window.width()) * width, inputWidth);
    int bottom = -Math.floorDiv(-(window.y() + window.height()) * height, inputHeight);
    return new Region(left, top, right - left, bottom - top);
  }

  /** The claim in words, or that it does not hold. */
  public String claim() {
    String patch =
        "one square patch of up to %d×%d of the crop's %d×%d px (%.1f %% of its area)"
            .formatted(patchSide, patchSide, inputWidth, inputHeight, 100 * patchAreaFraction());
    return holds()
        ? "in this frame, %s cannot have a label other than %s accepted".formatted(patch, wanted())
        : "not certified in this frame: %s might have a label other than %s accepted"
            .formatted(patch, wanted());
  }

  private String wanted() {
    return level == Level.CLASS ? "'%s'".formatted(group) : "one of '%s'".formatted(group);
  }
}
