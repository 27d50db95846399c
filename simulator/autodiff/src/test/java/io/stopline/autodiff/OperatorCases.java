package io.stopline.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.AddNOptionsT;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BatchMatMulOptionsT;
import org.tensorflow.lite.schema.BroadcastToOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthToSpaceOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.DivOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.GatherOptionsT;
import org.tensorflow.lite.schema.GeluOptionsT;
import org.tensorflow.lite.schema.L2NormOptionsT;
import org.tensorflow.lite.schema.LeakyReluOptionsT;
import org.tensorflow.lite.schema.MaximumMinimumOptionsT;
import org.tensorflow.lite.schema.MirrorPadOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.PackOptionsT;
import org.tensorflow.lite.schema.PadOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.ReshapeOptionsT;
import org.tensorflow.lite.schema.ResizeBilinearOptionsT;
import org.tensorflow.lite.schema.ResizeNearestNeighborOptionsT;
import org.tensorflow.lite.schema.SliceOptionsT;
import org.tensorflow.lite.schema.SoftmaxOptionsT;
import org.tensorflow.lite.schema.SpaceToDepthOptionsT;
import org.tensorflow.lite.schema.SplitOptionsT;
import org.tensorflow.lite.schema.SplitVOptionsT;
import org.tensorflow.lite.schema.SqueezeOptionsT;
import org.tensorflow.lite.schema.StridedSliceOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;
import org.tensorflow.lite.schema.TileOptionsT;
import org.tensorflow.lite.schema.TransposeConvOptionsT;
import org.tensorflow.lite.schema.TransposeOptionsT;
import org.tensorflow.lite.schema.UnpackOptionsT;

/** Small float models, each around one operator with drawn sizes, strides and values. */
final class OperatorCases {

  /** A model; the name says what is in it. */
  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  record Case(String name, byte[] file) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final long SEED = 20;

  private final Random random = new Random(SEED);
  private final List<Case> cases = new ArrayList<>();

  /** Adds operators behind the input tensor and says which tensor is the result. */
  private interface Body {
    int add(TinyModels model, int input);
  }

  static List<Case> all() {
    OperatorCases cases = new OperatorCases();
    cases.convolutions();
    cases.fullyConnected();
    cases.pools();
    cases.reductions();
    cases.arithmetic();
    cases.padding();
    cases.joining();
    cases.slices();
    cases.shapes();
    cases.resizing();
    cases.activations();
    cases.attention();
    return cases.cases;
  }

  private void convolutions() {
    for (byte padding : new byte[] {Padding.SAME, Padding.VALID}) {
      for (int i = 0; i < 4; i++) {
        int kh = 1 + random.nextInt(4);
        int kw = 1 + random.nextInt(4);
        int sy = i < 2 ? 1 + random.nextInt(3) : 1;
        int sx = i < 2 ? 1 + random.nextInt(3) : 1;
        int dy = i < 2 ? 1 : 1 + random.nextInt(3);
        int dx = i < 2 ? 1 : 1 + random.nextInt(3);
        byte activation = (byte) (i % 4); // none, relu, relu n1 to 1, relu6
        int height = 10 + random.nextInt(4);
        int width = 10 + random.nextInt(4);
        int channels = 1 + random.nextInt(3);
        int filters = 1 + random.nextInt(4);
        int multiplier = 1 + random.nextInt(3);
        String form =
            "%s %dx%d stride %d,%d dilation %d,%d on %dx%dx%d act %d"
                .formatted(
                    Padding.name(padding),
                    kh,
                    kw,
                    sy,
                    sx,
                    dy,
                    dx,
                    height,
                    width,
                    channels,
                    activation);
        Conv2DOptionsT conv = new Conv2DOptionsT();
        conv.setPadding(padding);
        conv.setStrideH(sy);
        conv.setStrideW(sx);
        conv.setDilationHFactor(dy);
        conv.setDilationWFactor(dx);
        conv.setFusedActivationFunction(activation);
        add(
            "conv " + form,
            (m, x) ->
                next(
                    m,
                    BuiltinOperator.CONV_2D,
                    conv,
                    x,
                    constant(m, filters, kh, kw, channels),
                    constant(m, filters)),
            height,
            width,
            channels);
        DepthwiseConv2DOptionsT depthwise = new DepthwiseConv2DOptionsT();
        depthwise.setPadding(padding);
        // TensorFlow Lite's kernels want equal strides here.
        depthwise.setStrideH(sy);
        depthwise.setStrideW(sy);
        depthwise.setDilationHFactor(dy);
        depthwise.setDilationWFactor(dx);
        depthwise.setDepthMultiplier(multiplier);
        depthwise.setFusedActivationFunction(activation);
        add(
            "depthwise x%d %s".formatted(multiplier, form),
            (m, x) ->
                next(
                    m,
                    BuiltinOperator.DEPTHWISE_CONV_2D,
                    depthwise,
                    x,
                    constant(m, 1, kh, kw, channels * multiplier),
                    constant(m, channels * multiplier)),
            height,
            width,
            channels);
      }
      for (int i = 0; i < 4; i++) {
        int k = 1 + random.nextInt(4);
        int s = 1 + random.nextInt(3);
        int height = 4 + random.nextInt(3);
        int width = 4 + random.nextInt(3);
        int channels = 1 + random.nextInt(3);
        int filters = 1 + random.nextInt(3);
        boolean same = padding == Padding.SAME;
        int outHeight = same ? height * s : (height - 1) * s + k;
        int outWidth = same ? width * s : (width - 1) * s + k;
        TransposeConvOptionsT o = new TransposeConvOptionsT();
        o.setPadding(padding);
        o.setStrideH(s);
        o.setStrideW(s);
        boolean bias = i % 2 == 0;
        add(
            "transpose conv %s %d stride %d on %dx%dx%d to %d bias %s"
                .formatted(Padding.name(padding), k, s, height, width, channels, filters, bias),
            (m, x) -> {
              int size = m.ints(1, outHeight, outWidth, filters);
              int weights = constant(m, filters, k, k, channels);
              int y = m.floats();
              int[] inputs =
                  bias
                      ? new int[] {size, weights, x, constant(m, filters)}
                      : new int[] {size, weights, x};
              m.operator(BuiltinOperator.TRANSPOSE_CONV, bias ? 3 : 1, o, inputs, y);
              return y;
            },
            height,
            width,
            channels);
      }
    }
    Conv2DOptionsT grouped = new Conv2DOptionsT();
    grouped.setPadding(Padding.SAME);
    grouped.setStrideH(1);
    grouped.setStrideW(1);
    grouped.setDilationHFactor(1);
    grouped.setDilationWFactor(1);
    add(
        "conv in 2 groups",
        (m, x) ->
            next(m, BuiltinOperator.CONV_2D, grouped, x, constant(m, 6, 3, 3, 2), constant(m, 6)),
        5,
        6,
        4);
  }

  private void fullyConnected() {
    for (boolean bias : new boolean[] {true, false}) {
      FullyConnectedOptionsT o = new FullyConnectedOptionsT();
      o.setFusedActivationFunction(ActivationFunctionType.RELU);
      add(
          "fully connected, bias " + bias,
          (m, x) -> {
            int y = m.floats();
            int weights = constant(m, 7, 3 * 4 * 2);
            m.operator(
                BuiltinOperator.FULLY_CONNECTED,
                o,
                new int[] {x, weights, bias ? constant(m, 7) : -1},
                y);
            return y;
          },
          3,
          4,
          2);
    }
    FullyConnectedOptionsT keep = new FullyConnectedOptionsT();
    keep.setKeepNumDims(true);
    add(
        "fully connected, last axis",
        (m, x) -> {
          int y = m.floats();
          int weights = constant(m, 5, 2);
          m.operator(
              BuiltinOperator.FULLY_CONNECTED, keep, new int[] {x, weights, constant(m, 5)}, y);
          return y;
        },
        3,
        4,
        2);
  }

  private void pools() {
    for (byte padding : new byte[] {Padding.SAME, Padding.VALID}) {
      for (int i = 0; i < 4; i++) {
        Pool2DOptionsT o = new Pool2DOptionsT();
        o.setPadding(padding);
        o.setFilterHeight(1 + random.nextInt(4));
        o.setFilterWidth(1 + random.nextInt(4));
        o.setStrideH(1 + random.nextInt(3));
        o.setStrideW(1 + random.nextInt(3));
        o.setFusedActivationFunction((byte) i);
        String form =
            "%s %dx%d stride %d,%d"
                .formatted(
                    Padding.name(padding),
                    o.getFilterHeight(),
                    o.getFilterWidth(),
                    o.getStrideH(),
                    o.getStrideW());
        int height = 5 + random.nextInt(4);
        int width = 5 + random.nextInt(4);
        one("average pool " + form, BuiltinOperator.AVERAGE_POOL_2D, o, height, width, 2);
        one("max pool " + form, BuiltinOperator.MAX_POOL_2D, o, height, width, 2);
      }
    }
  }

  private void reductions() {
    for (boolean keep : new boolean[] {true, false}) {
      for (int[] axes : new int[][] {{1, 2}, {-1}, {2}, {1, 2, 3}, {-2, 1}}) {
        if (axes.length == 3 && !keep) {
          continue; // One number is no vector of scores.
        }
        ReducerOptionsT o = new ReducerOptionsT();
        o.setKeepDims(keep);
        String form = " of %s, keep %s".formatted(List.of(boxed(axes)), keep);
        for (int code :
            new int[] {
              BuiltinOperator.MEAN,
              BuiltinOperator.SUM,
              BuiltinOperator.REDUCE_MAX,
              BuiltinOperator.REDUCE_MIN
            }) {
          add(
              BuiltinOperator.name(code) + form,
              (m, x) -> {
                int y = next(m, code, o, x, m.ints(axes));
                return axes.length < 3 ? y : times(m, y, 1.5f, 2);
              },
              4,
              5,
              3);
        }
      }
    }
  }

  private void arithmetic() {
    int[][] shapes = {{}, {1}, {3}, {1, 1, 1, 3}, {1, 4, 5, 3}, {5, 3}, {1, 4, 1, 1}};
    int[] codes = {
      BuiltinOperator.ADD,
      BuiltinOperator.SUB,
      BuiltinOperator.MUL,
      BuiltinOperator.DIV,
      BuiltinOperator.MAXIMUM,
      BuiltinOperator.MINIMUM,
      BuiltinOperator.SQUARED_DIFFERENCE
    };
    for (int code : codes) {
      for (int i = 0; i < shapes.length; i++) {
        int[] shape = shapes[i];
        boolean swapped = i % 2 == 1;
        Object options = arithmeticOptions(code, (byte) (i % 4));
        add(
            "%s constant %s, swapped %s"
                .formatted(BuiltinOperator.name(code), List.of(boxed(shape)), swapped),
            (m, x) -> {
              int c = code == BuiltinOperator.DIV ? positive(m, shape) : constant(m, shape);
              int divisor = swapped && code == BuiltinOperator.DIV ? awayFromZero(m, x) : x;
              int y = m.floats();
              m.operator(
                  code, options, swapped ? new int[] {c, divisor} : new int[] {divisor, c}, y);
              return y;
            },
            4,
            5,
            3);
      }
      add(
          BuiltinOperator.name(code) + " of image and its mean per channel, two axes fewer",
          (m, x) -> {
            ReducerOptionsT o = new ReducerOptionsT();
            int mean = m.floats(1, 3);
            m.operator(BuiltinOperator.MEAN, o, new int[] {x, m.ints(1, 2)}, mean);
            int y = m.floats();
            int above = code == BuiltinOperator.DIV ? awayFromZero(m, mean) : mean;
            m.operator(code, arithmeticOptions(code, (byte) 0), new int[] {x, above}, y);
            return y;
          },
          4,
          5,
          3);
    }
    add(
        "POW 3",
        (m, x) -> {
          int y = m.floats();
          int three = m.constant(new float[] {3});
          m.operator(BuiltinOperator.POW, null, new int[] {x, three}, y);
          return y;
        },
        2,
        3,
        2);
  }

  private static @Nullable Object arithmeticOptions(int code, byte activation) {
    return switch (code) {
      case BuiltinOperator.ADD -> {
        AddOptionsT o = new AddOptionsT();
        o.setFusedActivationFunction(activation);
        yield o;
      }
      case BuiltinOperator.SUB -> {
        SubOptionsT o = new SubOptionsT();
        o.setFusedActivationFunction(activation);
        yield o;
      }
      case BuiltinOperator.MUL -> {
        MulOptionsT o = new MulOptionsT();
        o.setFusedActivationFunction(activation);
        yield o;
      }
      case BuiltinOperator.DIV -> {
        DivOptionsT o = new DivOptionsT();
        o.setFusedActivationFunction(activation);
        yield o;
      }
      case BuiltinOperator.MAXIMUM, BuiltinOperator.MINIMUM -> new MaximumMinimumOptionsT();
      default -> null;
    };
  }

  private void padding() {
    for (int i = 0; i < 3; i++) {
      int[] counts = new int[8];
      for (int k = 2; k < 8; k++) {
        counts[k] = random.nextInt(3);
      }
      counts[6] = i == 0 ? 0 : counts[6];
      counts[7] = i == 0 ? 0 : counts[7];
      String form = " " + List.of(boxed(counts));
      add(
          "pad" + form,
          (m, x) -> next(m, BuiltinOperator.PAD, new PadOptionsT(), x, pairs(m, counts)),
          4,
          5,
          3);
      add(
          "padv2" + form,
          (m, x) ->
              next(
                  m,
                  BuiltinOperator.PADV2,
                  null,
                  x,
                  pairs(m, counts),
                  m.constant(new float[] {-1.25f})),
          4,
          5,
          3);
      for (byte mode : new byte[] {0, 1}) {
        MirrorPadOptionsT o = new MirrorPadOptionsT();
        o.setMode(mode);
        add(
            "mirror pad mode %d%s".formatted(mode, form),
            (m, x) -> next(m, BuiltinOperator.MIRROR_PAD, o, x, pairs(m, counts)),
            4,
            5,
            3);
      }
    }
  }

  /** What heads with attention and the tools that export them add. */
  private void attention() {
    for (boolean turned : new boolean[] {false, true}) {
      BatchMatMulOptionsT o = new BatchMatMulOptionsT();
      o.setAdjX(turned);
      o.setAdjY(turned);
      add(
          "batch matmul of two computed arrays, turned " + turned,
          (m, x) -> {
            int y = m.floats(1, 3, 4, 4);
            m.operator(BuiltinOperator.NEG, null, new int[] {x}, y);
            return next(m, BuiltinOperator.BATCH_MATMUL, o, x, y);
          },
          3,
          4,
          4);
    }
    add(
        "batch matmul by a constant",
        (m, x) ->
            next(
                m,
                BuiltinOperator.BATCH_MATMUL,
                new BatchMatMulOptionsT(),
                x,
                constant(m, 3, 2, 5)),
        3,
        4,
        2);
    add("add n", (m, x) -> next(m, BuiltinOperator.ADD_N, new AddNOptionsT(), x, x, x), 2, 3, 2);
    for (int axis : new int[] {1, 2, -1}) {
      GatherOptionsT o = new GatherOptionsT();
      o.setAxis(axis);
      add(
          "gather on axis " + axis,
          (m, x) -> next(m, BuiltinOperator.GATHER, o, x, m.ints(2, 0, 1, 2)),
          3,
          4,
          3);
    }
    add(
        "tile",
        (m, x) -> next(m, BuiltinOperator.TILE, new TileOptionsT(), x, m.ints(1, 2, 1, 3)),
        2,
        3,
        2);
    add(
        "broadcast to",
        (m, x) -> {
          int y = m.floats();
          m.operator(
              BuiltinOperator.BROADCAST_TO,
              2,
              new BroadcastToOptionsT(),
              new int[] {x, m.ints(1, 4, 3, 5)},
              y);
          return y;
        },
        1,
        3,
        1);
  }

  private static int pairs(TinyModels m, int[] counts) {
    return m.ints(counts, new int[] {counts.length / 2, 2});
  }

  private void joining() {
    for (int axis : new int[] {1, 2, 3, -1}) {
      ConcatenationOptionsT o = new ConcatenationOptionsT();
      o.setAxis(axis);
      add(
          "concatenation on axis %d, with a constant".formatted(axis),
          (m, x) -> next(m, BuiltinOperator.CONCATENATION, o, x, constant(m, 1, 3, 4, 2), x),
          3,
          4,
          2);
    }
    for (int axis : new int[] {1, 3, -1}) {
      PackOptionsT o = new PackOptionsT();
      o.setAxis(axis);
      o.setValuesCount(2);
      add(
          "pack on axis " + axis,
          (m, x) -> {
            int negative = m.floats(1, 2, 3, 2);
            m.operator(BuiltinOperator.NEG, null, new int[] {x}, negative);
            return next(m, BuiltinOperator.PACK, o, x, negative);
          },
          2,
          3,
          2);
    }
    for (int axis : new int[] {1, -1}) {
      add(
          "split on axis %d, joined crosswise".formatted(axis),
          (m, x) -> {
            SplitOptionsT o = new SplitOptionsT();
            o.setNumSplits(2);
            int[] half = axis == 1 ? new int[] {1, 2, 3, 4} : new int[] {1, 4, 3, 2};
            int a = m.floats(half);
            int b = m.floats(half);
            m.operator(BuiltinOperator.SPLIT, o, new int[] {m.scalar(axis), x}, a, b);
            return joined(m, axis, b, a);
          },
          4,
          3,
          4);
    }
    add(
        "split v, the rest in the middle",
        (m, x) -> {
          SplitVOptionsT o = new SplitVOptionsT();
          o.setNumSplits(3);
          int a = m.floats(1, 3, 1, 2);
          int b = m.floats(1, 3, 3, 2);
          int c = m.floats(1, 3, 2, 2);
          m.operator(
              BuiltinOperator.SPLIT_V, o, new int[] {x, m.ints(1, -1, 2), m.scalar(2)}, a, b, c);
          return joined(m, 2, c, a, b);
        },
        3,
        6,
        2);
    add(
        "unpack",
        (m, x) -> {
          UnpackOptionsT o = new UnpackOptionsT();
          o.setAxis(1);
          o.setNum(2);
          int a = m.floats(1, 3, 2);
          int b = m.floats(1, 3, 2);
          m.operator(BuiltinOperator.UNPACK, o, new int[] {x}, a, b);
          return next(m, BuiltinOperator.SUB, new SubOptionsT(), a, b);
        },
        2,
        3,
        2);
  }

  private static int joined(TinyModels m, int axis, int... parts) {
    ConcatenationOptionsT o = new ConcatenationOptionsT();
    o.setAxis(axis);
    return next(m, BuiltinOperator.CONCATENATION, o, parts[0], tail(parts));
  }

  private static int[] tail(int[] all) {
    int[] tail = new int[all.length - 1];
    System.arraycopy(all, 1, tail, 0, tail.length);
    return tail;
  }

  private void slices() {
    add(
        "slice",
        (m, x) ->
            next(
                m,
                BuiltinOperator.SLICE,
                new SliceOptionsT(),
                x,
                m.ints(0, 1, 2, 0),
                m.ints(1, 3, -1, 2)),
        5,
        6,
        3);
    strided("plain", new int[] {0, 1, 2, 0}, new int[] {1, 4, 6, 3}, new int[] {1, 2, 3, 1}, 0);
    strided("masks", new int[] {9, 9, 2, 9}, new int[] {0, 4, 0, 9}, new int[] {1, 1, 1, 2}, 1);
    strided("from behind", new int[] {0, -3, -4, -2}, new int[] {1, -1, 6, 3}, ones(4), 0);
    strided(
        "backwards",
        new int[] {0, 4, -1, 2},
        new int[] {1, 0, -7, -9},
        new int[] {1, -2, -1, -1},
        0);
    strided("shrink", new int[] {0, 2, 0, 1}, new int[] {1, 3, 6, 2}, ones(4), 2);
    strided("ellipsis", new int[] {0, 0, 1}, new int[] {1, 0, 3}, ones(3), 3);
    strided("new axis", new int[] {0, 0, 1, 2}, new int[] {1, 0, 4, 5}, ones(4), 4);
    strided("beyond the edge", new int[] {0, 1, -99}, new int[] {1, 99, 3}, ones(3), 0);
  }

  private void strided(String name, int[] begin, int[] end, int[] stride, int kind) {
    StridedSliceOptionsT o = new StridedSliceOptionsT();
    if (kind == 1) {
      o.setBeginMask(0b1011);
      o.setEndMask(0b1101);
    } else if (kind == 2) {
      o.setShrinkAxisMask(0b1010);
    } else if (kind == 3) {
      o.setEllipsisMask(0b010);
    } else if (kind == 4) {
      o.setNewAxisMask(0b0010);
    }
    add(
        "strided slice, " + name,
        (m, x) ->
            next(
                m, BuiltinOperator.STRIDED_SLICE, o, x, m.ints(begin), m.ints(end), m.ints(stride)),
        5,
        6,
        3);
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  private void shapes() {
    ReshapeOptionsT reshape = new ReshapeOptionsT();
    reshape.setNewShape(new int[] {1, 6, 4});
    add(
        "reshape",
        (m, x) -> next(m, BuiltinOperator.RESHAPE, reshape, x, m.ints(1, 6, 4)),
        3,
        4,
        2);
    SqueezeOptionsT squeeze = new SqueezeOptionsT();
    squeeze.setSqueezeDims(new int[] {1, 2});
    one("squeeze", BuiltinOperator.SQUEEZE, squeeze, 1, 1, 5);
    SqueezeOptionsT all = new SqueezeOptionsT();
    all.setSqueezeDims(new int[0]);
    one("squeeze all", BuiltinOperator.SQUEEZE, all, 1, 4, 1);
    for (int axis : new int[] {1, -1}) {
      add(
          "expand dims " + axis,
          (m, x) -> next(m, BuiltinOperator.EXPAND_DIMS, null, x, m.scalar(axis)),
          2,
          3,
          2);
    }
    for (int[] order : new int[][] {{0, 2, 1, 3}, {0, 3, 1, 2}, {0, 2, 3, 1}, {0, 3, 2, 1}}) {
      add(
          "transpose " + List.of(boxed(order)),
          (m, x) -> next(m, BuiltinOperator.TRANSPOSE, new TransposeOptionsT(), x, m.ints(order)),
          2,
          3,
          4);
    }
    SpaceToDepthOptionsT toDepth = new SpaceToDepthOptionsT();
    toDepth.setBlockSize(2);
    one("space to depth", BuiltinOperator.SPACE_TO_DEPTH, toDepth, 4, 6, 3);
    DepthToSpaceOptionsT toSpace = new DepthToSpaceOptionsT();
    toSpace.setBlockSize(2);
    one("depth to space", BuiltinOperator.DEPTH_TO_SPACE, toSpace, 2, 3, 8);
  }

  private void resizing() {
    int[][] sizes = {{7, 9}, {3, 2}, {8, 10}, {1, 1}};
    for (int[] size : sizes) {
      for (int mode = 0; mode < 3; mode++) {
        boolean corners = mode == 1;
        boolean half = mode == 2;
        String form = " to %dx%d corners %s half %s".formatted(size[0], size[1], corners, half);
        ResizeBilinearOptionsT bilinear = new ResizeBilinearOptionsT();
        bilinear.setAlignCorners(corners);
        bilinear.setHalfPixelCenters(half);
        add(
            "resize bilinear" + form,
            (m, x) -> next(m, BuiltinOperator.RESIZE_BILINEAR, bilinear, x, m.ints(size)),
            4,
            5,
            2);
        ResizeNearestNeighborOptionsT nearest = new ResizeNearestNeighborOptionsT();
        nearest.setAlignCorners(corners);
        nearest.setHalfPixelCenters(half);
        add(
            "resize nearest" + form,
            (m, x) -> next(m, BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, nearest, x, m.ints(size)),
            4,
            5,
            2);
      }
    }
  }

  private void activations() {
    int[] plain = {
      BuiltinOperator.RELU,
      BuiltinOperator.RELU6,
      BuiltinOperator.RELU_N1_TO_1,
      BuiltinOperator.RELU_0_TO_1,
      BuiltinOperator.HARD_SWISH,
      BuiltinOperator.LOGISTIC,
      BuiltinOperator.TANH,
      BuiltinOperator.ELU,
      BuiltinOperator.ABS,
      BuiltinOperator.NEG,
      BuiltinOperator.EXP,
      BuiltinOperator.SQUARE,
      BuiltinOperator.LOG_SOFTMAX
    };
    for (int code : plain) {
      // The factor keeps the last of them from being taken for the model's own final softmax.
      activation(BuiltinOperator.name(code).toLowerCase(Locale.ROOT), code, null);
    }
    for (int code : new int[] {BuiltinOperator.SQRT, BuiltinOperator.RSQRT, BuiltinOperator.LOG}) {
      add(
          BuiltinOperator.name(code).toLowerCase(Locale.ROOT),
          (m, x) -> {
            int above = awayFromZero(m, x);
            return next(m, code, null, above);
          },
          3,
          4,
          2);
    }
    LeakyReluOptionsT leaky = new LeakyReluOptionsT();
    leaky.setAlpha(0.2f);
    activation("leaky relu", BuiltinOperator.LEAKY_RELU, leaky);
    for (float beta : new float[] {1, 0.5f}) {
      SoftmaxOptionsT softmax = new SoftmaxOptionsT();
      softmax.setBeta(beta);
      activation("softmax beta " + beta, BuiltinOperator.SOFTMAX, softmax);
    }
    for (boolean approximate : new boolean[] {true, false}) {
      GeluOptionsT gelu = new GeluOptionsT();
      gelu.setApproximate(approximate);
      activation("gelu approximate " + approximate, BuiltinOperator.GELU, gelu);
    }
    activation("l2 normalization", BuiltinOperator.L2_NORMALIZATION, new L2NormOptionsT());
    for (int[] shape : new int[][] {{1, 1, 2}, {3, 4, 2}}) {
      add(
          "prelu " + List.of(boxed(shape)),
          (m, x) -> next(m, BuiltinOperator.PRELU, null, x, constant(m, shape)),
          3,
          4,
          2);
    }
  }

  private void activation(String name, int code, @Nullable Object options) {
    add(
        name,
        (m, x) -> {
          int y = m.floats(1, 3, 4, 2);
          m.operator(code, options, new int[] {x}, y);
          return times(m, y, 1.5f, 1);
        },
        3,
        4,
        2);
  }

  private static int times(TinyModels m, int x, float factor, int copies) {
    float[] factors = new float[copies];
    for (int i = 0; i < copies; i++) {
      factors[i] = factor + i;
    }
    return next(m, BuiltinOperator.MUL, new MulOptionsT(), x, m.constant(factors, copies));
  }

  /** Above 1, whatever the image. */
  private static int awayFromZero(TinyModels m, int x) {
    int square = m.floats(m.shape(x));
    m.operator(BuiltinOperator.SQUARE, null, new int[] {x}, square);
    int above = m.floats(m.shape(x));
    m.operator(
        BuiltinOperator.ADD,
        new AddOptionsT(),
        new int[] {square, m.constant(new float[] {1}, 1)},
        above);
    return above;
  }

  private static int next(TinyModels m, int code, @Nullable Object options, int x, int... more) {
    int[] inputs = new int[1 + more.length];
    inputs[0] = x;
    System.arraycopy(more, 0, inputs, 1, more.length);
    int y = m.floats();
    m.operator(code, options, inputs, y);
    return y;
  }

  private void one(String name, int code, Object options, int... shape) {
    add(name, (m, x) -> next(m, code, options, x), shape[0], shape[1], shape[2]);
  }

  private void add(String name, Body body, int height, int width, int channels) {
    TinyModels model = new TinyModels();
    int x = model.floats(1, height, width, channels);
    int y = body.add(model, x);
    cases.add(new Case(name, model.build(x, y)));
  }

  private int constant(TinyModels m, int... shape) {
    return drawn(m, v -> v, shape);
  }

  private int positive(TinyModels m, int... shape) {
    return drawn(m, v -> 1 + Math.abs(v), shape);
  }

  private int drawn(TinyModels m, Function<Float, Float> map, int... shape) {
    int count = 1;
    for (int side : shape) {
      count *= side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = map.apply((float) random.nextGaussian());
    }
    return m.constant(values, shape);
  }

  private static Integer[] boxed(int[] values) {
    return java.util.Arrays.stream(values).boxed().toArray(Integer[]::new);
  }
}
