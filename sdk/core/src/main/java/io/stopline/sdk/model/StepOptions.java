package io.stopline.sdk.model;

import java.util.List;

/** Options and small constants of the operators of a file's first subgraph, by their number. */
final class StepOptions {

  private static final int MODEL_SUBGRAPHS = 2;
  private static final int MODEL_BUFFERS = 4;
  private static final int SUBGRAPH_TENSORS = 0;
  private static final int SUBGRAPH_OPERATORS = 3;
  private static final int TENSOR_BUFFER = 2;
  private static final int BUFFER_DATA = 0;

  // Fields of the options of convolutions and pools.
  private static final int STRIDE_WIDTH = 1;
  private static final int STRIDE_HEIGHT = 2;
  private static final int FILTER_WIDTH = 3;
  private static final int FILTER_HEIGHT = 4;

  private final FlatTable graph;
  private final FlatTable.Vector buffers;

  /**
   * How a filter goes along one axis.
   *
   * @param same whether the border is padded so that the output has ⌈input / stride⌉ cells
   */
  record Sliding(int filter, int stride, int dilation, boolean same) {}

  /**
   * @param file whose structure is sound
   */
  StepOptions(byte[] file) {
    FlatTable model = FlatTable.root(file);
    graph = model.vector(MODEL_SUBGRAPHS, 4).table(0);
    buffers = model.vector(MODEL_BUFFERS, 4);
  }

  private FlatTable options(int step) {
    return graph.vector(SUBGRAPH_OPERATORS, 4).table(step).table(OperatorOptions.OPERATOR_OPTIONS);
  }

  /**
   * Of CONV_2D and DEPTHWISE_CONV_2D.
   *
   * @param axis 1 for the height, 2 for the width
   * @param filter its side along this axis
   */
  Sliding convolution(int step, boolean depthwise, int axis, int filter) {
    FlatTable options = options(step);
    List<Integer> dilations =
        depthwise ? OperatorOptions.DEPTHWISE_DILATIONS : OperatorOptions.CONV_DILATIONS;
    return new Sliding(
        filter,
        options.int32(axis == 1 ? STRIDE_HEIGHT : STRIDE_WIDTH, 1),
        // Width stands before height.
        options.int32(dilations.get(2 - axis), 1),
        options.int8(OperatorOptions.PADDING, 0) == 0);
  }

  /** Of AVERAGE_POOL_2D and MAX_POOL_2D; axis 1 is the height, 2 the width. */
  Sliding pool(int step, int axis) {
    FlatTable options = options(step);
    return new Sliding(
        options.int32(axis == 1 ? FILTER_HEIGHT : FILTER_WIDTH, 1),
        options.int32(axis == 1 ? STRIDE_HEIGHT : STRIDE_WIDTH, 1),
        1,
        options.int8(OperatorOptions.PADDING, 0) == 0);
  }

  /** The numbers of an int32 constant; none if it is computed. */
  List<Integer> constant(int tensor) {
    int buffer = graph.vector(SUBGRAPH_TENSORS, 4).table(tensor).int32(TENSOR_BUFFER, 0);
    FlatTable.Vector data = buffers.table(buffer).vector(BUFFER_DATA, 1);
    return new FlatTable.Vector(data.bytes(), data.start(), data.count() / 4).ints();
  }
}
