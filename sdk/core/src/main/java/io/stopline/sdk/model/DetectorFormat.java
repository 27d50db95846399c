package io.stopline.sdk.model;

import io.stopline.sdk.image.FrameFit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/** What the input and the output tensors of a detector mean; one record a family of models. */
public sealed interface DetectorFormat {

  /** The overlap (intersection over union) at which two boxes are usually held to be one object. */
  double USUAL_OVERLAP = 0.5;

  /** As the manifest's {@code output} has it. */
  String word();

  /** How a frame is fitted into the input. */
  FrameFit fit();

  /**
   * Object centres on a grid (after Zhou, Wang and Krähenbühl 2019, "Objects as points").
   *
   * <p>The model gives two tensors, in any order: {@code heat}, {@code 1×h×w×K} probabilities, one
   * channel a label, and {@code boxes}, {@code 1×h×w×4}. Where K is 4 too, their names tell them
   * apart. The stride is input height / h and the same along the width. A cell's box has its centre
   * at {@code ((column + 0.5 + dx) · stride, (row + 0.5 + dy) · stride)} and measures {@code stride
   * · exp(lw)} by {@code stride · exp(lh)} input pixels; the channels are dx, dy, lw, lh.
   *
   * <p>A detection is a cell that no cell of its 3×3 neighbourhood exceeds (of equal ones the first
   * in row order). Of two detections, of any labels, that overlap by more than {@code overlap} the
   * more probable one stays. Frames are fitted {@linkplain FrameFit#TOP_LEFT at the top left}.
   *
   * @param overlap intersection over union, 0..1
   */
  record HeatMap(double overlap) implements DetectorFormat {

    /** With the usual overlap. */
    public HeatMap() {
      this(USUAL_OVERLAP);
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HeatMap {
      checkOverlap(overlap);
    }

    @Override
    public String word() {
      return "heat-map";
    }

    @Override
    public FrameFit fit() {
      return FrameFit.TOP_LEFT;
    }
  }

  /**
   * Votes of a net that sees little at a time (after Xiang and Mittal 2021, "DetectorGuard"): each
   * cell says by itself whether it lies on an object, so a patch can silence no more cells than
   * those that see it. The model gives {@code heat}, {@code 1×h×w×1} probabilities, and may give
   * more, which is not read. Cells that reach the threshold and touch along an edge are one object;
   * its box is that of the cells, its probability their mean. Frames are fitted {@linkplain
   * FrameFit#TOP_LEFT at the top left}.
   *
   * @param leastCells fewer cells than this are no object, 1..100,000
   */
  record VoteMap(int leastCells) implements DetectorFormat {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public VoteMap {
      if (leastCells < 1 || leastCells > 100_000) {
        throw new IllegalArgumentException(
            "an object of %d cells at least is asked for; give 1 to 100000".formatted(leastCells));
      }
    }

    @Override
    public String word() {
      return "vote-map";
    }

    @Override
    public FrameFit fit() {
      return FrameFit.TOP_LEFT;
    }
  }

  /**
   * The four tensors of {@code TFLite_Detection_PostProcess} (SSD MobileNet, EfficientDet-Lite), in
   * any order: {@code boxes} {@code 1×M×4} (top, left, bottom, right, 0..1 of the input), {@code
   * classes} {@code 1×M}, {@code scores} {@code 1×M} and {@code count}, one number. The operator
   * has suppressed overlapping boxes already.
   *
   * <p>A row counts if its score is not below the threshold. What is senseless is left out: scores
   * and boxes that are not finite, boxes of no size, classes that are no whole number, that the
   * labels do not name, or that are the background. A count that cannot be (not a whole number of 0
   * to M) is passed over: all rows are looked at then, for it must not hide an object.
   *
   * @param fit how a frame is fitted into the input; most exports stretch
   * @param firstLabel the line of the labels file, from 0, that the model's class 0 means: 1 where
   *     the file begins with a name for the background, which the operator leaves out; −1 where the
   *     model counts the background and the file does not
   * @param outputs what each output tensor is, in the model's order; empty if shapes and names are
   *     to tell
   */
  record SsdPostProcess(FrameFit fit, int firstLabel, List<Part> outputs)
      implements DetectorFormat {

    /** What one of the four tensors is. */
    public enum Part {
      BOXES,
      CLASSES,
      SCORES,
      COUNT;

      /** The order in which the operator itself gives them. */
      public static final List<Part> OF_OPERATOR = List.of(values());

      /** As manifests have it, such as {@code boxes}. */
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** Shapes and names tell which tensor is which. */
    public SsdPostProcess(FrameFit fit, int firstLabel) {
      this(fit, firstLabel, List.of());
    }

    /**
     * @throws IllegalArgumentException if the first label is not −1, 0 or 1, or the outputs are not
     *     each of the four parts once
     */
    public SsdPostProcess {
      if (firstLabel < -1 || firstLabel > 1) {
        throw new IllegalArgumentException(
            "first label is %d; class 0 of the model means line -1, 0 or 1 of its labels"
                .formatted(firstLabel));
      }
      outputs = List.copyOf(outputs);
      boolean each = outputs.size() == 4 && EnumSet.copyOf(outputs).size() == 4;
      if (!outputs.isEmpty() && !each) {
        throw new IllegalArgumentException(
            "outputs are %s; give boxes, classes, scores and count, each once, in the model's order"
                .formatted(outputs.stream().map(Part::word).toList()));
      }
    }

    @Override
    public String word() {
      return "ssd-postprocess";
    }
  }

  /**
   * The one tensor of a YOLO export: N candidates, each with a box (centre x, centre y, width,
   * height) and scores. A candidate's label is that with the largest score. Of the 4096 most
   * probable candidates above the threshold, those fall that a more probable one overlaps too much,
   * both taken as given: clipped to the frame, in whole pixels. What is senseless is left out:
   * values that are not finite, boxes of no size or wholly outside the frame.
   *
   * @param layout how candidates and values are arranged
   * @param fit how a frame is fitted into the input; most exports are trained with a letterbox
   * @param unit what the boxes are measured in
   * @param scores what the scores are
   * @param byLabel whether only boxes of the same label suppress each other
   * @param overlap above which of two boxes the less probable one falls, 0..1
   */
  record Yolo(
      Layout layout, FrameFit fit, BoxUnit unit, Scores scores, boolean byLabel, double overlap)
      implements DetectorFormat {

    /** How candidates and values are arranged. */
    public enum Layout {
      /**
       * {@code 1×N×(5+C)}, or {@code 1×(5+C)×N}: box, objectness, scores; a label's score is
       * multiplied by objectness.
       */
      V5,
      /** {@code 1×(4+C)×N}, or {@code 1×N×(4+C)}: box, scores; there is no objectness. */
      V8;

      /** How many values a candidate has before its scores. */
      public int before() {
        return this == V5 ? 5 : 4;
      }
    }

    /** What boxes are measured in. */
    public enum BoxUnit {
      /** Shares of the input's width and height. */
      NORMALISED,
      /** Pixels of the input. */
      PIXELS
    }

    /** What the scores are. */
    public enum Scores {
      PROBABILITIES,
      /** Before the logistic function. */
      LOGITS
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Yolo {
      checkOverlap(overlap);
    }

    @Override
    public String word() {
      return layout == Layout.V5 ? "yolo-v5" : "yolo-v8";
    }
  }

  /**
   * One box, one score and the number of one label a row: exports with the head's end inside (YOLO
   * v10 and 26, suppression in the graph), and such as give the largest score and its label apart.
   * Either one tensor {@code 1×N×6} (left, top, right, bottom, score, label), or {@code boxes}
   * {@code 1×N×4}, {@code scores} {@code 1×N} and {@code classes} {@code 1×N}, in any order, with
   * or without a {@code count}, one number.
   *
   * <p>A row counts if its score, a probability, is not below the threshold. Of the 4096 most
   * probable rows, those fall that a more probable one overlaps too much. What is senseless is left
   * out: scores and boxes that are not finite, boxes of no size or wholly outside the frame, labels
   * that are no whole number or have no name. A count that cannot be is passed over: all rows are
   * looked at then.
   *
   * @param fit how a frame is fitted into the input; most exports are trained with a letterbox
   * @param unit what the boxes are measured in
   * @param byLabel whether only boxes of the same label suppress each other
   * @param overlap above which of two boxes the less probable one falls, 0..1; 1 where the model
   *     has suppressed them already
   * @param outputs what each output tensor is, in the model's order; empty for one tensor, or if
   *     shapes and names are to tell
   */
  record LabelledBoxes(
      FrameFit fit,
      Yolo.BoxUnit unit,
      boolean byLabel,
      double overlap,
      List<SsdPostProcess.Part> outputs)
      implements DetectorFormat {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range, or if the outputs
     *     are not boxes, classes and scores, each once, and at most one count
     */
    public LabelledBoxes {
      checkOverlap(overlap);
      outputs = List.copyOf(outputs);
      EnumSet<SsdPostProcess.Part> given = EnumSet.noneOf(SsdPostProcess.Part.class);
      given.addAll(outputs);
      boolean each = given.size() == outputs.size();
      given.remove(SsdPostProcess.Part.COUNT);
      if (!outputs.isEmpty() && !(each && given.size() == 3)) {
        throw new IllegalArgumentException(
            "outputs are %s; give boxes, classes and scores, each once, and count if there is one, in the model's order"
                .formatted(outputs.stream().map(SsdPostProcess.Part::word).toList()));
      }
    }

    @Override
    public String word() {
      return "labelled-boxes";
    }
  }

  /**
   * Boxes relative to anchors and scores of all candidates, as detectors give them that end before
   * their post-processing (MediaPipe's EfficientDet-Lite and SSD): {@code 1×N×4} (y, x, h, w;
   * {@link BoxAnchors} says what they mean) and {@code 1×N×C}, in any order. A candidate's label is
   * that with the largest score. Of the 4096 most probable candidates above the threshold, those
   * fall that a more probable one overlaps too much. What is senseless is left out: values that are
   * not finite, boxes of no size or wholly outside the frame.
   *
   * @param fit how a frame is fitted into the input; MediaPipe stretches
   * @param scores what the scores are
   * @param byLabel whether only boxes of the same label suppress each other
   * @param overlap above which of two boxes the less probable one falls, 0..1
   * @param anchors one a candidate; {@link BoxAnchors#NONE} if {@link DetectorMetadata#complete} is
   *     still to look for them in the file
   * @param boxes which output tensor holds the boxes, 0 or 1; −1 if shapes and names are to tell
   */
  record AnchoredBoxes(
      FrameFit fit,
      Yolo.Scores scores,
      boolean byLabel,
      double overlap,
      BoxAnchors anchors,
      int boxes)
      implements DetectorFormat {

    /** The file says the rest. */
    public AnchoredBoxes(FrameFit fit, boolean byLabel, double overlap) {
      this(fit, Yolo.Scores.PROBABILITIES, byLabel, overlap, BoxAnchors.NONE, -1);
    }

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public AnchoredBoxes {
      checkOverlap(overlap);
      if (boxes < -1 || boxes > 1) {
        throw new IllegalArgumentException(
            "boxes are said to be in tensor %d; it is 0 or 1".formatted(boxes));
      }
    }

    @Override
    public String word() {
      return "anchored-boxes";
    }

    /**
     * Which of the outputs holds the boxes.
     *
     * @param name of the model, for messages
     * @return 0 or 1
     * @throws IllegalArgumentException if they are no boxes and scores, or nothing tells
     */
    public int boxTensor(String name, List<TensorSpec> outputs) {
      boolean tables =
          outputs.size() == 2
              && outputs.stream().allMatch(o -> o.shape().size() == 3 && o.shape().get(0) == 1)
              && outputs.get(0).shape().get(1).equals(outputs.get(1).shape().get(1));
      boolean first = tables && outputs.get(0).shape().get(2) == 4;
      boolean second = tables && outputs.get(1).shape().get(2) == 4;
      if (!(first || second) || (boxes == 0 && !first) || (boxes == 1 && !second)) {
        throw new IllegalArgumentException(
            "detector '%s' gives %s; 'anchored-boxes' are boxes 1×N×4 and scores 1×N×labels, for one image"
                .formatted(name, outputs));
      }
      if (boxes < 0 && first && second) {
        throw new IllegalArgumentException(
            "detector '%s': '%s' and '%s' have one shape, and its metadata name neither 'location' nor 'score': nothing tells boxes from scores; write its metadata again with these names"
                .formatted(name, outputs.get(0).name(), outputs.get(1).name()));
      }
      return boxes >= 0 ? boxes : first ? 0 : 1;
    }
  }

  private static void checkOverlap(double overlap) {
    if (!(overlap >= 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "detection overlap is %s; it must lie in 0..1".formatted(overlap));
    }
  }
}
