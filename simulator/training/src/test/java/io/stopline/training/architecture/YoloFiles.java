package io.stopline.training.architecture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.ArgMaxOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.CastOptionsT;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.GatherOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.ReshapeOptionsT;
import org.tensorflow.lite.schema.ResizeNearestNeighborOptionsT;
import org.tensorflow.lite.schema.SoftmaxOptionsT;
import org.tensorflow.lite.schema.SplitOptionsT;
import org.tensorflow.lite.schema.SplitVOptionsT;
import org.tensorflow.lite.schema.StridedSliceOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;
import org.tensorflow.lite.schema.TensorType;
import org.tensorflow.lite.schema.TopKV2OptionsT;
import org.tensorflow.lite.schema.TransposeOptionsT;

/**
 * Small detectors with the heads of YOLO v5 and v8, by the public description of their exports:
 * maps of strides 8, 16 and 32 and, inside the graph, what makes boxes of them. 1×128×160×3 float32
 * of 0..1 in.
 *
 * <p>With random weights they have a backbone and a neck of a few layers. With weights set by hand
 * they find saturated red squares of 16 px before grey, to a fraction of a pixel: redness, and how
 * far the middle of what is red lies off, are linear in the pixels.
 */
public final class YoloFiles {

  public static final int HEIGHT = 128;
  public static final int WIDTH = 160;
  public static final int LABELS = 3;

  /** The label of a red square. */
  public static final int RED_LABEL = 1;

  /** Side of the squares that are found, px. */
  private static final int SQUARE = 16;

  private static final int[] STRIDES = {8, 16, 32};

  /** Width and height of three anchors a stride, as public YOLO v5 has them but for the second. */
  private static final float[][] ANCHORS = {
    {10, 13, 16, 16, 33, 23}, {30, 61, 62, 45, 59, 119}, {116, 90, 156, 198, 373, 326}
  };

  private static final int ANCHORS_A_CELL = 3;

  /** Logit of what is not there. */
  private static final float NEVER = -8;

  /** How the weights of convolutions are stored. */
  public enum Weights {
    FLOAT32,
    /** Unpacked by an operator. */
    FLOAT16,
    /** One scale an output channel, around zero. */
    INT8
  }

  private final ModelWriter writer;
  private final Form form;
  private final Weights weights;
  private final Random random;
  private final int image;
  private final int[] maps = new int[STRIDES.length];

  /**
   * What is written.
   *
   * @param v5 whether it has the head of v5, else of v8
   * @param red whether it finds red squares, else its weights are random
   * @param bins values that a side of a box is the mean of in v8 (DFL); 0 for the side itself
   * @param normalised whether boxes are shares of the input, else pixels
   * @param logits whether the scores are given before the logistic function (v8 only)
   * @param slices whether one convolution makes all maps of a stride, which are cut apart then, as
   *     exports have it; else each part has a convolution of its own, with the same weights
   */
  public record Form(
      boolean v5, boolean red, int bins, boolean normalised, boolean logits, boolean slices) {

    /** The same function without operators that cut. */
    public Form withoutSlices() {
      return new Form(v5, red, bins, normalised, logits, false);
    }
  }

  private YoloFiles(Form form, Weights weights) {
    this.form = form;
    this.weights = weights;
    writer = new ModelWriter("toy detector: " + form);
    random = new Random(form.v5() ? 5 : 8);
    image = writer.floats("serving_default_images:0", 1, HEIGHT, WIDTH, 3);
  }

  /** The file, with float32 weights. */
  public static byte[] write(Form form) {
    return write(form, Weights.FLOAT32);
  }

  /** The file. */
  public static byte[] write(Form form, Weights weights) {
    YoloFiles file = new YoloFiles(form, weights);
    if (form.red()) {
      file.redness();
    } else {
      file.backbone();
    }
    int out = form.v5() ? file.v5() : file.v8();
    return file.writer.write(file.image, out);
  }

  /**
   * A file that finds red squares and gives one label a row: box corners as shares of the input,
   * the largest score and its label.
   *
   * @param best how many rows are chosen into one tensor {@code 1×best×6}; 0 for three tensors of
   *     all rows: labels, boxes, scores
   */
  public static byte[] writeLabelled(int best) {
    YoloFiles file = new YoloFiles(new Form(false, true, 0, true, false, false), Weights.FLOAT32);
    file.redness();
    return file.writer.write(file.image, file.labelled(best));
  }

  /** Side of an anchor's square on the finest map, px. */
  private static final int ANCHOR = 20;

  /**
   * Anchors of {@link #writeAnchored}, one a cell.
   *
   * @return the centre's x and y, width and height each, shares of the input
   */
  public static float[] anchors() {
    int cells = Arrays.stream(STRIDES).map(s -> (HEIGHT / s) * (WIDTH / s)).sum();
    float[] anchors = new float[4 * cells];
    int at = 0;
    for (int stride : STRIDES) {
      float side = ANCHOR * stride / (float) STRIDES[0];
      for (int y = 0; y < HEIGHT / stride; y++) {
        for (int x = 0; x < WIDTH / stride; x++) {
          anchors[at++] = (x + 0.5f) * stride / WIDTH;
          anchors[at++] = (y + 0.5f) * stride / HEIGHT;
          anchors[at++] = side / WIDTH;
          anchors[at++] = side / HEIGHT;
        }
      }
    }
    return anchors;
  }

  /**
   * A file that finds red squares and gives boxes relative to {@link #anchors}, {@code 1×N×4} (y,
   * x, h, w), and scores {@code 1×N×3}.
   *
   * @param placeScale of x and y
   * @param sizeScale of the sizes' exponents
   * @param logits whether scores are given before the logistic function, and first
   */
  public static byte[] writeAnchored(double placeScale, double sizeScale, boolean logits) {
    YoloFiles file = new YoloFiles(new Form(false, true, 0, true, logits, false), Weights.FLOAT32);
    file.redness();
    int[] boxes = new int[STRIDES.length];
    int[] scores = new int[STRIDES.length];
    for (int level = 0; level < STRIDES.length; level++) {
      Head box = redHead(4, level);
      Head score = redHead(LABELS, level);
      Arrays.fill(score.bias(), NEVER);
      if (level == 0) {
        offset(box, 0, false, placeScale / ANCHOR);
        offset(box, 1, true, placeScale / ANCHOR);
        Arrays.fill(box.bias(), 2, 4, (float) (sizeScale * Math.log(SQUARE / (double) ANCHOR)));
        score(score, RED_LABEL);
      }
      boxes[level] = file.rows("box" + level, level, box);
      scores[level] = file.rows("class" + level, level, score);
    }
    int places = file.concat("StatefulPartitionedCall:0", 1, boxes);
    int labels = file.concat("StatefulPartitionedCall:1", 1, scores);
    return logits
        ? file.writer.write(file.image, labels, places)
        : file.writer.write(file.image, places, file.logistic("scores", labels));
  }

  // What the heads look at.

  private void backbone() {
    int x = silu("stem", conv("stem", image, 8, 3, 2, he(8, 27), new float[8]));
    x = silu("down4", conv("down4", x, 12, 3, 2, he(12, 72), new float[12]));
    int p3 = silu("down8", conv("down8", x, 16, 3, 2, he(16, 108), new float[16]));
    int p4 = silu("down16", conv("down16", p3, 16, 3, 2, he(16, 144), new float[16]));
    int p5 = silu("down32", conv("down32", p4, 16, 3, 2, he(16, 144), new float[16]));
    int[] shape = writer.shape(p4);
    int size = writer.integers("neck/size", new int[] {shape[1], shape[2]}, 2);
    int up = writer.floats("neck/up", shape);
    writer.operator(
        BuiltinOperator.RESIZE_NEAREST_NEIGHBOR,
        1,
        new ResizeNearestNeighborOptionsT(),
        new int[] {p5, size},
        up);
    int both = concat("neck/both", 3, up, p4);
    p4 = silu("neck/mix", conv("neck/mix", both, 16, 1, 1, he(16, 32), new float[16]));
    maps[0] = p3;
    maps[1] = p4;
    maps[2] = p5;
  }

  private float[] he(int outputs, int inputs) {
    float deviation = (float) Math.sqrt(6.0 / inputs);
    return weights(outputs * inputs, i -> deviation * (2 * random.nextDouble() - 1));
  }

  private static float[] weights(int size, IntToDoubleFunction of) {
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (float) of.applyAsDouble(i);
    }
    return weights;
  }

  /** One cell for 4×4 px: mean redness, and its moments along x and y in px. */
  private void redness() {
    float[] colours = {1, -0.5f, -0.5f};
    float[] kernel = new float[3 * 4 * 4 * 3];
    for (int i = 0; i < kernel.length; i++) {
      int channel = i / 48;
      int row = i % 48 / 12;
      int column = i % 12 / 3;
      double y = row - 1.5;
      double x = column - 1.5;
      kernel[i] = (float) (colours[i % 3] / 16 * (channel == 0 ? 1 : channel == 1 ? x : y));
    }
    Arrays.fill(maps, conv("redness", image, 3, 4, 4, kernel, new float[3]));
  }

  // The heads.

  /** Weights of one convolution a stride, and how it looks at its map. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  private record Head(int channels, int kernel, int stride, float[] weights, float[] bias) {

    Head only(int[] channels) {
      int size = weights.length / channels();
      float[] some = new float[size * channels.length];
      float[] biases = new float[channels.length];
      for (int c = 0; c < channels.length; c++) {
        System.arraycopy(weights, size * channels[c], some, size * c, size);
        biases[c] = bias[channels[c]];
      }
      return new Head(channels.length, kernel, stride, some, biases);
    }
  }

  private Head randomHead(int channels, float[] bias) {
    return new Head(channels, 1, 1, he(channels, 16), bias);
  }

  /** Looks at 32×32 px around the middle of a cell. */
  private static Head redHead(int channels, int level) {
    return new Head(
        channels, 8, STRIDES[level] / 4, new float[channels * 8 * 8 * 3], new float[channels]);
  }

  /** How much redder the inner half is than the rest: logit 17 for a square in the middle. */
  private static void score(Head head, int channel) {
    for (int cell = 0; cell < 64; cell++) {
      int row = cell / 8;
      int column = cell % 8;
      boolean inside = row >= 2 && row < 6 && column >= 2 && column < 6;
      head.weights()[(64 * channel + cell) * 3] = inside ? 20 / 16f : -20 / 48f;
    }
    head.bias()[channel] = -3;
  }

  /** How far the middle of a square lies off, times a factor. */
  private static void offset(Head head, int channel, boolean alongX, double factor) {
    double each = factor * 16 / (SQUARE * SQUARE);
    for (int cell = 0; cell < 64; cell++) {
      double at = ((alongX ? cell % 8 : cell / 8) - 3.5) * 4;
      head.weights()[(64 * channel + cell) * 3] = (float) (each * at);
      head.weights()[(64 * channel + cell) * 3 + (alongX ? 1 : 2)] = (float) each;
    }
  }

  // v8

  private Head v8Head(int level) {
    int sides = 4 * Math.max(1, form.bins());
    int channels = sides + LABELS;
    if (!form.red()) {
      float[] bias = new float[channels];
      for (int c = 0; c < sides; c++) {
        // Boxes of a few cells.
        bias[c] = form.bins() > 0 ? -0.6f * (c % form.bins()) : 1.5f;
      }
      return randomHead(channels, bias);
    }
    Head head = redHead(channels, level);
    Arrays.fill(head.bias(), 0, 4, SQUARE / 2f / STRIDES[level]);
    Arrays.fill(head.bias(), 4, channels, NEVER);
    if (level == 0) {
      for (int side = 0; side < 4; side++) {
        offset(head, side, side % 2 == 0, (side < 2 ? -1.0 : 1.0) / STRIDES[0]);
      }
      score(head, 4 + RED_LABEL);
    }
    return head;
  }

  /**
   * What the head of v8 gives, as tensors.
   *
   * @param first left and top edge of each candidate, in cells
   * @param last right and bottom edge
   * @param scale a cell's size in the boxes' unit
   * @param labels one logit a label
   */
  private record Candidates(int first, int last, int scale, int labels) {}

  private int v8() {
    Candidates all = candidates();
    int half = writer.constant("half", new float[] {0.5f}, 1);
    int centre =
        arithmetic(
            BuiltinOperator.MUL,
            "centre",
            arithmetic(BuiltinOperator.ADD, "sum", all.first(), all.last()),
            half);
    int size = arithmetic(BuiltinOperator.SUB, "size", all.last(), all.first());
    int table =
        concat(
            "table",
            2,
            arithmetic(BuiltinOperator.MUL, "xy", centre, all.scale()),
            arithmetic(BuiltinOperator.MUL, "wh", size, all.scale()),
            form.logits() ? all.labels() : logistic("scores", all.labels()));
    return transpose("PartitionedCall:0", table, 0, 2, 1);
  }

  private Candidates candidates() {
    int bins = Math.max(1, form.bins());
    int[] all = new int[STRIDES.length];
    int[][] parts = new int[3][STRIDES.length];
    for (int level = 0; level < STRIDES.length; level++) {
      Head head = v8Head(level);
      if (form.slices()) {
        all[level] = rows("head" + level, level, head);
      } else {
        parts[0][level] = rows("near" + level, level, head.only(range(0, 2 * bins)));
        parts[1][level] = rows("far" + level, level, head.only(range(2 * bins, 4 * bins)));
        parts[2][level] =
            rows("labels" + level, level, head.only(range(4 * bins, head.channels())));
      }
    }
    int near;
    int far;
    int labels;
    if (form.slices()) {
      int[] cut = splitV("cut", concat("heads", 1, all), 2, 4 * bins, LABELS);
      int[] boxes = split("sides", sides("box", cut[0], 4), 2);
      near = boxes[0];
      far = boxes[1];
      labels = cut[1];
    } else {
      near = sides("near", concat("near", 1, parts[0]), 2);
      far = sides("far", concat("far", 1, parts[1]), 2);
      labels = concat("labels", 1, parts[2]);
    }
    int cells = writer.shape(labels)[1];
    float[] centres = new float[2 * cells];
    float[] units = new float[2 * cells];
    int cell = 0;
    for (int stride : STRIDES) {
      for (int y = 0; y < HEIGHT / stride; y++) {
        for (int x = 0; x < WIDTH / stride; x++, cell++) {
          centres[2 * cell] = x + 0.5f;
          centres[2 * cell + 1] = y + 0.5f;
          units[2 * cell] = form.normalised() ? stride / (float) WIDTH : stride;
          units[2 * cell + 1] = form.normalised() ? stride / (float) HEIGHT : stride;
        }
      }
    }
    int anchors = writer.constant("anchors", centres, 1, cells, 2);
    int scale = writer.constant("strides", units, 1, cells, 2);
    int first = arithmetic(BuiltinOperator.SUB, "first", anchors, near);
    int last = arithmetic(BuiltinOperator.ADD, "last", anchors, far);
    return new Candidates(first, last, scale, labels);
  }

  private int[] labelled(int best) {
    Candidates all = candidates();
    int boxes =
        concat(
            "corners",
            2,
            arithmetic(BuiltinOperator.MUL, "near-corner", all.first(), all.scale()),
            arithmetic(BuiltinOperator.MUL, "far-corner", all.last(), all.scale()));
    int probabilities = logistic("scores", all.labels());
    int cells = writer.shape(probabilities)[1];
    int axis = writer.integers("label-axis", new int[] {2}, 1);
    int scores = writer.floats("Identity_1", 1, cells);
    writer.operator(
        BuiltinOperator.REDUCE_MAX,
        1,
        new ReducerOptionsT(),
        new int[] {probabilities, axis},
        scores);
    int number = writer.tensor("number", TensorType.INT32, new int[] {1, cells}, null, null);
    ArgMaxOptionsT options = new ArgMaxOptionsT();
    options.setOutputType(TensorType.INT32);
    int last = writer.integers("last-axis", new int[] {2});
    writer.operator(BuiltinOperator.ARG_MAX, 1, options, new int[] {probabilities, last}, number);
    int classes = writer.floats("Identity", 1, cells);
    CastOptionsT cast = new CastOptionsT();
    cast.setInDataType(TensorType.INT32);
    writer.operator(BuiltinOperator.CAST, 1, cast, new int[] {number}, classes);
    if (best == 0) {
      return new int[] {classes, boxes, scores};
    }
    int rows =
        concat(
            "rows",
            2,
            boxes,
            reshape("score-column", scores, 1, cells, 1),
            reshape("label-column", classes, 1, cells, 1));
    int list = reshape("list", scores, cells);
    int count = writer.integers("count", new int[] {best});
    int highest = writer.floats("highest", best);
    int places = writer.tensor("places", TensorType.INT32, new int[] {best}, null, null);
    writer.operator(
        BuiltinOperator.TOPK_V2, 1, new TopKV2OptionsT(), new int[] {list, count}, highest, places);
    int chosen = writer.floats("chosen", best, 6);
    writer.operator(
        BuiltinOperator.GATHER,
        1,
        new GatherOptionsT(),
        new int[] {reshape("table", rows, cells, 6), places},
        chosen);
    return new int[] {reshape("Identity", chosen, 1, best, 6)};
  }

  /** From the values of a side to the side, in cells. */
  private int sides(String name, int values, int sides) {
    if (form.bins() == 0) {
      return values;
    }
    int cells = writer.shape(values)[1];
    int grouped = reshape(name + "/bins", values, 1, cells, sides, form.bins());
    int shares = writer.floats(name + "/shares", writer.shape(grouped));
    SoftmaxOptionsT softmax = new SoftmaxOptionsT();
    softmax.setBeta(1);
    writer.operator(BuiltinOperator.SOFTMAX, 1, softmax, new int[] {grouped}, shares);
    float[] steps = weights(form.bins(), i -> i);
    int mean = conv(name + "/mean", shares, 1, 1, 1, steps, new float[1]);
    return reshape(name + "/sides", mean, 1, cells, sides);
  }

  // v5

  private Head v5Head(int level) {
    int each = 5 + LABELS;
    int channels = ANCHORS_A_CELL * each;
    if (!form.red()) {
      return randomHead(channels, new float[channels]);
    }
    Head head = redHead(channels, level);
    for (int a = 0; a < ANCHORS_A_CELL; a++) {
      head.bias()[a * each + 4] = NEVER;
      Arrays.fill(head.bias(), a * each + 5, (a + 1) * each, NEVER);
      if (level == 0 && a == 1) {
        // 2σ(t) − 0.5 leaves the middle of the cell by t / 2.
        offset(head, a * each, true, 2.0 / STRIDES[0]);
        offset(head, a * each + 1, false, 2.0 / STRIDES[0]);
        score(head, a * each + 4);
        head.bias()[a * each + 5 + RED_LABEL] = -NEVER;
      }
    }
    return head;
  }

  private int v5() {
    int each = 5 + LABELS;
    int[] levels = new int[STRIDES.length];
    for (int level = 0; level < STRIDES.length; level++) {
      String name = "level" + level;
      Head head = v5Head(level);
      int cells = (HEIGHT / STRIDES[level]) * (WIDTH / STRIDES[level]);
      int xy;
      int wh;
      int rest;
      if (form.slices()) {
        int all = logistic(name, anchored(name, level, head, 0, each));
        xy = slice(name + "/xy", all, 0, 2);
        wh = slice(name + "/wh", all, 2, 4);
        rest = slice(name + "/rest", all, 4, each);
      } else {
        xy = logistic(name + "/xy", anchored(name + "/xy", level, head, 0, 2));
        wh = logistic(name + "/wh", anchored(name + "/wh", level, head, 2, 4));
        rest = logistic(name + "/rest", anchored(name + "/rest", level, head, 4, each));
      }
      int table =
          concat(name + "/table", 3, centres(name, xy, level), sizes(name, wh, level), rest);
      int byAnchor = transpose(name + "/by-anchor", table, 0, 2, 1, 3);
      levels[level] = reshape(name + "/rows", byAnchor, 1, ANCHORS_A_CELL * cells, each);
    }
    return concat("StatefulPartitionedCall:0", 1, levels);
  }

  /** {@code 1×cells×3×values}. */
  private int anchored(String name, int level, Head head, int from, int until) {
    int each = 5 + LABELS;
    int[] channels =
        IntStream.range(0, ANCHORS_A_CELL)
            .flatMap(a -> IntStream.range(a * each + from, a * each + until))
            .toArray();
    int cells = (HEIGHT / STRIDES[level]) * (WIDTH / STRIDES[level]);
    return reshape(
        name + "/anchored",
        head(name, level, head.only(channels)),
        1,
        cells,
        ANCHORS_A_CELL,
        until - from);
  }

  private float unitX() {
    return form.normalised() ? WIDTH : 1;
  }

  private float unitY() {
    return form.normalised() ? HEIGHT : 1;
  }

  /** {@code (2σ − 0.5 + cell) · stride}. */
  private int centres(String name, int xy, int level) {
    int stride = STRIDES[level];
    int columns = WIDTH / stride;
    int cells = columns * (HEIGHT / stride);
    float[] grid = new float[2 * cells];
    for (int c = 0; c < cells; c++) {
      grid[2 * c] = c % columns - 0.5f;
      int row = c / columns;
      grid[2 * c + 1] = row - 0.5f;
    }
    int two = writer.constant(name + "/two", new float[] {2}, 1);
    int doubled = arithmetic(BuiltinOperator.MUL, name + "/doubled", xy, two);
    int corner = writer.constant(name + "/grid", grid, 1, cells, 1, 2);
    int placed = arithmetic(BuiltinOperator.ADD, name + "/placed", doubled, corner);
    int scale =
        writer.constant(name + "/stride", new float[] {stride / unitX(), stride / unitY()}, 2);
    return arithmetic(BuiltinOperator.MUL, name + "/centres", placed, scale);
  }

  /** {@code (2σ)² · anchor}. */
  private int sizes(String name, int wh, int level) {
    float[] anchors = ANCHORS[level].clone();
    for (int i = 0; i < anchors.length; i++) {
      anchors[i] /= i % 2 == 0 ? unitX() : unitY();
    }
    int two = writer.constant(name + "/twice", new float[] {2}, 1);
    int doubled = arithmetic(BuiltinOperator.MUL, name + "/doubled-size", wh, two);
    int squared = arithmetic(BuiltinOperator.MUL, name + "/squared", doubled, doubled);
    int constant = writer.constant(name + "/anchors", anchors, 1, 1, ANCHORS_A_CELL, 2);
    return arithmetic(BuiltinOperator.MUL, name + "/sizes", squared, constant);
  }

  // Operators.

  private static int[] range(int from, int until) {
    return IntStream.range(from, until).toArray();
  }

  private int head(String name, int level, Head head) {
    return conv(
        name + "/conv",
        maps[level],
        head.channels(),
        head.kernel(),
        head.stride(),
        head.weights(),
        head.bias());
  }

  private int rows(String name, int level, Head head) {
    int map = head(name, level, head);
    int[] shape = writer.shape(map);
    return reshape(name + "/rows", map, 1, shape[1] * shape[2], shape[3]);
  }

  private int conv(
      String name, int in, int channels, int kernel, int stride, float[] values, float[] bias) {
    int[] shape = writer.shape(in);
    int height = (shape[1] + stride - 1) / stride;
    int width = (shape[2] + stride - 1) / stride;
    int out = writer.floats(name, 1, height, width, channels);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    int filter = filter(name + "/filter", values, channels, kernel, kernel, shape[3]);
    int biases = writer.constant(name + "/bias", bias, channels);
    int version = weights == Weights.INT8 ? 5 : 1;
    writer.operator(BuiltinOperator.CONV_2D, version, options, new int[] {in, filter, biases}, out);
    return out;
  }

  private int filter(String name, float[] values, int... shape) {
    switch (weights) {
      case FLOAT32:
        return writer.constant(name, values, shape);
      case FLOAT16:
        ByteBuffer halves = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
          halves.putShort(half(value));
        }
        int packed =
            writer.tensor(name + "/packed", TensorType.FLOAT16, shape, halves.array(), null);
        int unpacked = writer.floats(name, shape);
        writer.operator(BuiltinOperator.DEQUANTIZE, 3, null, new int[] {packed}, unpacked);
        return unpacked;
      case INT8:
        int inner = values.length / shape[0];
        float[] scales = new float[shape[0]];
        byte[] steps = new byte[values.length];
        for (int c = 0; c < shape[0]; c++) {
          for (int i = c * inner; i < (c + 1) * inner; i++) {
            scales[c] = Math.max(scales[c], Math.abs(values[i]) / 127);
          }
          scales[c] = Math.max(scales[c], 1e-6f);
          for (int i = c * inner; i < (c + 1) * inner; i++) {
            steps[i] = (byte) Math.round(values[i] / scales[c]);
          }
        }
        return writer.tensor(
            name, TensorType.INT8, shape, steps, new ModelWriter.Scale(scales, 0, 0));
    }
    throw new IllegalStateException("no filters of " + weights);
  }

  /** The nearest number of 16 bits; what is below its normal numbers becomes 0. */
  private static short half(float value) {
    int bits = Float.floatToIntBits(value);
    int rounded = bits + 0xfff + ((bits >>> 13) & 1);
    int exponent = ((rounded >>> 23) & 0xff) - 112;
    int sign = (bits >>> 16) & 0x8000;
    return (short) (exponent <= 0 ? sign : sign | (exponent << 10) | ((rounded >>> 13) & 0x3ff));
  }

  private int logistic(String name, int in) {
    int out = writer.floats(name + "/logistic", writer.shape(in));
    writer.operator(BuiltinOperator.LOGISTIC, 1, null, new int[] {in}, out);
    return out;
  }

  private int silu(String name, int in) {
    return arithmetic(BuiltinOperator.MUL, name + "/silu", in, logistic(name, in));
  }

  private int arithmetic(int operator, String name, int a, int b) {
    int[] first = writer.shape(a);
    int[] second = writer.shape(b);
    int[] shape = new int[Math.max(first.length, second.length)];
    for (int d = 0; d < shape.length; d++) {
      int i = d - shape.length + first.length;
      int k = d - shape.length + second.length;
      shape[d] = Math.max(i < 0 ? 1 : first[i], k < 0 ? 1 : second[k]);
    }
    int out = writer.floats(name, shape);
    Object options =
        operator == BuiltinOperator.MUL
            ? new MulOptionsT()
            : operator == BuiltinOperator.ADD ? new AddOptionsT() : new SubOptionsT();
    writer.operator(operator, 1, options, new int[] {a, b}, out);
    return out;
  }

  private int concat(String name, int axis, int... parts) {
    int[] shape = writer.shape(parts[0]);
    shape[axis] = Arrays.stream(parts).map(p -> writer.shape(p)[axis]).sum();
    int out = writer.floats(name, shape);
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(axis);
    writer.operator(BuiltinOperator.CONCATENATION, 1, options, parts, out);
    return out;
  }

  private int reshape(String name, int in, int... shape) {
    int to = writer.integers(name + "/shape", shape, shape.length);
    int out = writer.floats(name, shape);
    ReshapeOptionsT options = new ReshapeOptionsT();
    options.setNewShape(shape);
    writer.operator(BuiltinOperator.RESHAPE, 1, options, new int[] {in, to}, out);
    return out;
  }

  private int transpose(String name, int in, int... order) {
    int[] from = writer.shape(in);
    int axes = writer.integers(name + "/axes", order, order.length);
    int out = writer.floats(name, Arrays.stream(order).map(d -> from[d]).toArray());
    writer.operator(
        BuiltinOperator.TRANSPOSE, 1, new TransposeOptionsT(), new int[] {in, axes}, out);
    return out;
  }

  private int[] splitV(String name, int in, int axis, int... sizes) {
    int[] outs = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      int[] shape = writer.shape(in);
      shape[axis] = sizes[i];
      outs[i] = writer.floats(name + "/" + i, shape);
    }
    int lengths = writer.integers(name + "/sizes", sizes, sizes.length);
    int along = writer.integers(name + "/axis", new int[] {axis});
    SplitVOptionsT options = new SplitVOptionsT();
    options.setNumSplits(sizes.length);
    writer.operator(BuiltinOperator.SPLIT_V, 1, options, new int[] {in, lengths, along}, outs);
    return outs;
  }

  private int[] split(String name, int in, int axis) {
    int[] shape = writer.shape(in);
    shape[axis] /= 2;
    int along = writer.integers(name + "/axis", new int[] {axis});
    int[] outs = {writer.floats(name + "/0", shape), writer.floats(name + "/1", shape)};
    SplitOptionsT options = new SplitOptionsT();
    options.setNumSplits(2);
    writer.operator(BuiltinOperator.SPLIT, 1, options, new int[] {along, in}, outs);
    return outs;
  }

  /** Values of the last of four axes. */
  private int slice(String name, int in, int from, int until) {
    int[] shape = writer.shape(in);
    int[] end = shape.clone();
    end[3] = until;
    shape[3] = until - from;
    int out = writer.floats(name, shape);
    writer.operator(
        BuiltinOperator.STRIDED_SLICE,
        1,
        new StridedSliceOptionsT(),
        new int[] {
          in,
          writer.integers(name + "/begin", new int[] {0, 0, 0, from}, 4),
          writer.integers(name + "/end", end, 4),
          writer.integers(name + "/steps", new int[] {1, 1, 1, 1}, 4)
        },
        out);
    return out;
  }
}
