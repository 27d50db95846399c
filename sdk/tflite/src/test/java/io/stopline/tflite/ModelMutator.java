package io.stopline.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Changes one to three numbers of a {@code .tflite} file where they mean something: it walks the
 * tables by TensorFlow Lite's {@code schema.fbs} and picks first what kind of number to change,
 * then which one. So nearly all mutants are whole flatbuffers, and rare numbers (a zero point, a
 * stride) are hit as often as frequent ones. A seed repeats a mutant exactly.
 */
final class ModelMutator {

  /** What a number is in the model. */
  enum Kind {
    SHAPE,
    TYPE,
    BUFFER,
    SCALE,
    ZERO_POINT,
    QUANTIZED_DIMENSION,
    TENSOR_FLAG,
    OPCODE,
    OPERATOR_INDEX,
    OPERATOR_INPUT,
    OPERATOR_OUTPUT,
    OPTION_TYPE,
    OPTION,
    GRAPH_IO,
    VECTOR_LENGTH,
    SMALL_CONSTANT,
    WEIGHT
  }

  /**
   * @param width bytes: 1, 4 or 8
   */
  private record Site(int at, int width, boolean real) {}

  /** Constants of at most so many bytes are shapes, axes, paddings. */
  private static final int SMALL = 64;

  private static final float[] REALS = {
    0,
    -1,
    1,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    1e-38f,
    1e-20f,
    1e-8f,
    1e8f,
    1e20f,
    3e38f,
    -1e-3f
  };

  private static final long[] WHOLES = {
    0,
    -1,
    1,
    2,
    3,
    4,
    7,
    127,
    128,
    -128,
    -129,
    255,
    256,
    32_767,
    65_536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    Long.MIN_VALUE,
    Long.MAX_VALUE
  };

  private final byte[] whole;
  private final ByteBuffer bytes;
  private final Map<Kind, List<Site>> sites = new EnumMap<>(Kind.class);

  ModelMutator(byte[] whole) {
    this.whole = whole.clone();
    this.bytes = ByteBuffer.wrap(this.whole).order(ByteOrder.LITTLE_ENDIAN);
    walk(bytes.getInt(0));
  }

  /**
   * A changed file.
   *
   * @param changes what was changed, for people
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Mutant(byte[] bytes, List<String> changes) {}

  Mutant mutant(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    ByteBuffer mutant = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
    List<Kind> kinds = sites.keySet().stream().sorted(Comparator.naturalOrder()).toList();
    int count = 1 + random.nextInt(3);
    List<String> changes = new ArrayList<>();
    // Numbers of one kind, or of all kinds: a crash often needs two that go together.
    @Nullable Kind only = random.nextBoolean() ? kinds.get(random.nextInt(kinds.size())) : null;
    for (int i = 0; i < count; i++) {
      Kind kind = only == null ? kinds.get(random.nextInt(kinds.size())) : only;
      List<Site> of = Objects.requireNonNull(sites.get(kind));
      Site site = of.get(random.nextInt(of.size()));
      String old = number(mutant, site);
      change(mutant, site, random);
      changes.add("%s at %d: %s -> %s".formatted(kind, site.at(), old, number(mutant, site)));
    }
    return new Mutant(mutant.array(), changes);
  }

  private static String number(ByteBuffer bytes, Site site) {
    return site.real()
        ? Float.toString(bytes.getFloat(site.at()))
        : Long.toString(whole(bytes, site));
  }

  private static long whole(ByteBuffer bytes, Site site) {
    return switch (site.width()) {
      case 1 -> bytes.get(site.at());
      case 4 -> bytes.getInt(site.at());
      default -> bytes.getLong(site.at());
    };
  }

  private static void change(ByteBuffer mutant, Site site, Random random) {
    int at = site.at();
    if (site.real()) {
      float old = mutant.getFloat(at);
      float scaled = old * (float) Math.pow(10, random.nextInt(41) - 20);
      int pick = random.nextInt(REALS.length + 5);
      mutant.putFloat(at, pick < REALS.length ? REALS[pick] : scaled);
      return;
    }
    long old = whole(mutant, site);
    long value =
        switch (random.nextInt(6)) {
          case 0 -> old + 1;
          case 1 -> old - 1;
          case 2 -> random.nextInt(16);
          case 3 -> old ^ (1L << random.nextInt(8 * site.width()));
          default -> WHOLES[random.nextInt(WHOLES.length)];
        };
    switch (site.width()) {
      case 1 -> mutant.put(at, (byte) value);
      case 4 -> mutant.putInt(at, (int) value);
      default -> mutant.putLong(at, value);
    }
  }

  private void walk(int model) {
    for (int code : tables(model, 1)) {
      number(Kind.OPCODE, code, 0, 1);
      number(Kind.OPCODE, code, 2, 4);
      number(Kind.OPCODE, code, 3, 4);
    }
    for (int graph : tables(model, 2)) {
      for (int tensor : tables(graph, 0)) {
        walkTensor(tensor);
      }
      numbers(Kind.GRAPH_IO, graph, 1, 4, false);
      numbers(Kind.GRAPH_IO, graph, 2, 4, false);
      for (int operator : tables(graph, 3)) {
        walkOperator(operator);
      }
    }
    for (int buffer : tables(model, 4)) {
      int start = vector(buffer, 0);
      int count = start == 0 ? 0 : bytes.getInt(start);
      for (int i = 0; i + 4 <= count; i += 4) {
        if (count <= SMALL || i % 64 == 0) {
          add(count <= SMALL ? Kind.SMALL_CONSTANT : Kind.WEIGHT, start + 4 + i, 4, count > SMALL);
        }
      }
      if (start > 0) {
        add(Kind.VECTOR_LENGTH, start, 4, false);
      }
    }
  }

  private void walkTensor(int tensor) {
    numbers(Kind.SHAPE, tensor, 0, 4, false);
    number(Kind.TYPE, tensor, 1, 1);
    number(Kind.BUFFER, tensor, 2, 4);
    number(Kind.TENSOR_FLAG, tensor, 5, 1);
    number(Kind.TENSOR_FLAG, tensor, 8, 1);
    numbers(Kind.SHAPE, tensor, 7, 4, false);
    int quantization = table(tensor, 4);
    if (quantization > 0) {
      numbers(Kind.SCALE, quantization, 2, 4, true);
      numbers(Kind.ZERO_POINT, quantization, 3, 8, false);
      number(Kind.QUANTIZED_DIMENSION, quantization, 6, 4);
    }
  }

  private void walkOperator(int operator) {
    number(Kind.OPERATOR_INDEX, operator, 0, 4);
    numbers(Kind.OPERATOR_INPUT, operator, 1, 4, false);
    numbers(Kind.OPERATOR_OUTPUT, operator, 2, 4, false);
    number(Kind.OPTION_TYPE, operator, 3, 1);
    int options = table(operator, 4);
    if (options == 0) {
      return;
    }
    int vtable = options - bytes.getInt(options);
    int fields = ((bytes.getShort(vtable) & 0xffff) - 4) / 2;
    for (int f = 0; f < fields; f++) {
      int offset = bytes.getShort(vtable + 4 + 2 * f) & 0xffff;
      if (offset > 0) {
        add(Kind.OPTION, options + offset, offset % 4 == 0 ? 4 : 1, false);
      }
    }
  }

  private void add(Kind kind, int at, int width, boolean real) {
    if (at >= 8 && at + width <= whole.length) {
      sites.computeIfAbsent(kind, k -> new ArrayList<>()).add(new Site(at, width, real));
    }
  }

  private void number(Kind kind, int table, int field, int width) {
    int at = field(table, field);
    if (at > 0) {
      add(kind, at, width, false);
    }
  }

  private void numbers(Kind kind, int table, int field, int width, boolean real) {
    int start = vector(table, field);
    if (start == 0) {
      return;
    }
    add(Kind.VECTOR_LENGTH, start, 4, false);
    for (int i = 0; i < bytes.getInt(start); i++) {
      add(kind, start + 4 + width * i, width, real);
    }
  }

  /** Position of a field, 0 if it is absent. */
  private int field(int table, int number) {
    int vtable = table - bytes.getInt(table);
    int slot = 4 + 2 * number;
    if (slot + 2 > (bytes.getShort(vtable) & 0xffff)) {
      return 0;
    }
    int offset = bytes.getShort(vtable + slot) & 0xffff;
    return offset == 0 ? 0 : table + offset;
  }

  private int table(int table, int number) {
    int at = field(table, number);
    return at == 0 ? 0 : at + bytes.getInt(at);
  }

  /** Where a vector's length stands, 0 if it is absent. */
  private int vector(int table, int number) {
    return table(table, number);
  }

  private List<Integer> tables(int table, int number) {
    List<Integer> tables = new ArrayList<>();
    int start = vector(table, number);
    if (start > 0) {
      for (int i = 0; i < bytes.getInt(start); i++) {
        int at = start + 4 + 4 * i;
        tables.add(at + bytes.getInt(at));
      }
    }
    return tables;
  }
}
