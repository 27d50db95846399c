package io.stopline.sdk.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class SignPlausibilityTest {

  private static final int SIDE = 8;
  private static final int FERNS = 60;
  private static final int QUESTIONS = 4;
  private static final List<String> GROUPS = List.of("disc", "octagon", "triangle");
  private static final int[] GROUP_OF = {0, 0, 1, 2};

  /** A table with random questions and votes. */
  private static byte[] data(long seed) {
    RandomStream random = new RandomStream(seed);
    ByteBuffer data =
        ByteBuffer.allocate((int) AppearanceTable.bytes(FERNS, QUESTIONS, GROUPS.size()));
    for (int i = 0; i < FERNS * QUESTIONS; i++) {
      data.putShort((short) random.nextInt(SIDE * SIDE * CellFeatures.FEATURES));
      data.putShort(
          (short)
              (random.nextInt(2) == 0
                  ? AppearanceTable.NOTHING
                  : random.nextInt(SIDE * SIDE * CellFeatures.FEATURES)));
      data.putShort((short) (random.uniform(-0.3, 0.6) * AppearanceTable.THRESHOLD_UNIT));
    }
    while (data.hasRemaining()) {
      data.put((byte) random.nextInt(256));
    }
    return data.array();
  }

  private static AppearanceTable table(byte[] data, int floor, int ceiling) {
    return new AppearanceTable(SIDE, FERNS, QUESTIONS, GROUPS, GROUP_OF, floor, ceiling, data);
  }

  private static Image noise(long seed, int width, int height, int lowest, int highest) {
    RandomStream random = new RandomStream(seed);
    Image image = Image.black(width, height);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) (lowest + random.nextInt(highest - lowest + 1));
    }
    return image;
  }

  @Property(tries = 100)
  void whatChangesFewFernsMovesTheScoreLittle(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = FERNS) int changed) {
    AppearanceTable table = table(data(seed), 0, 4000);
    RandomStream random = new RandomStream(seed + 1);
    int[] words = new int[FERNS];
    for (int i = 0; i < FERNS; i++) {
      words[i] = random.nextInt(table.words());
    }
    int[] before = new int[GROUPS.size()];
    table.score(words, before);
    for (int i = 0; i < changed; i++) {
      words[i] = random.nextInt(table.words());
    }
    int[] after = new int[GROUPS.size()];
    table.score(words, after);
    for (int label = 0; label < GROUP_OF.length; label++) {
      int moved = Math.abs(table.lead(after, label) - table.lead(before, label));
      assertThat(moved).isLessThanOrEqualTo(changed * table.influence());
      assertThat(
              Math.abs(
                  table.nonconformity(table.lead(after, label))
                      - table.nonconformity(table.lead(before, label))))
          .isLessThanOrEqualTo(table.influenceOnNonconformity(changed) + 1e-12);
    }
  }

  @Test
  void theInfluenceIsReachedAndNotExceeded() {
    AppearanceTable table = table(data(3), 0, 4000);
    int[] words = new int[FERNS];
    int[] scores = new int[GROUPS.size()];
    int most = 0;
    for (int fern = 0; fern < FERNS; fern++) {
      for (int g = 0; g < GROUPS.size(); g++) {
        for (int h = 0; h < GROUPS.size(); h++) {
          int low = Integer.MAX_VALUE;
          int high = Integer.MIN_VALUE;
          for (int w = 0; w < table.words(); w++) {
            words[fern] = w;
            table.score(words, scores);
            low = Math.min(low, scores[g] - scores[h]);
            high = Math.max(high, scores[g] - scores[h]);
          }
          words[fern] = 0;
          most = Math.max(most, high - low);
        }
      }
    }
    assertThat(table.influence()).isEqualTo(most);
  }

  @Property(tries = 50)
  void halfTheLightChangesNoFeatureByMuch(@ForAll long seed) {
    Image bright = noise(seed, 40, 36, 40, 250);
    Image dim = bright.copy();
    for (int i = 0; i < dim.data().length; i++) {
      dim.data()[i] = (byte) ((dim.data()[i] & 0xff) / 2);
    }
    CellFeatures cells = new CellFeatures(SIDE);
    float[] before = new float[SIDE * SIDE * CellFeatures.FEATURES];
    float[] after = new float[before.length];
    cells.measure(bright, before);
    cells.measure(dim, after);
    for (int i = 0; i < before.length; i++) {
      // Halving rounds each value by half a step at most; the grid's contrast stretches that.
      assertThat(after[i]).isCloseTo(before[i], within(0.06f));
    }
  }

  @Test
  void featuresTellRedFromBlueAndDarkFromLight() {
    Image image = Image.black(16, 16);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        int at = image.index(x, y);
        image.data()[at] = (byte) (x < 8 ? 200 : 20);
        image.data()[at + 1] = (byte) (y < 8 ? 20 : 200);
        image.data()[at + 2] = (byte) (x < 8 ? 20 : 200);
      }
    }
    float[] features = new float[2 * 2 * CellFeatures.FEATURES];
    new CellFeatures(2).measure(image, features);
    float[] red = features.clone();
    assertThat(red[CellFeatures.RED]).isGreaterThan(0.5f);
    assertThat(red[CellFeatures.BLUE]).isNegative();
    assertThat(features[CellFeatures.FEATURES + CellFeatures.BLUE]).isGreaterThan(0.5f);
    assertThat(features[2 * CellFeatures.FEATURES + CellFeatures.LIGHT])
        .isGreaterThan(features[CellFeatures.LIGHT]);
  }

  @Property(tries = 30)
  void anySizeOfCropIsMeasured(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height) {
    float[] features = new float[SIDE * SIDE * CellFeatures.FEATURES];
    new CellFeatures(SIDE).measure(noise(width, width, height, 0, 255), features);
    for (float f : features) {
      assertThat(f).isBetween(-3f, 3f);
    }
  }

  @Test
  void aBlackCropIsMeasuredToo() {
    float[] features = new float[SIDE * SIDE * CellFeatures.FEATURES];
    new CellFeatures(SIDE).measure(Image.black(20, 20), features);
    assertThat(features).containsOnly(0f);
  }

  @Test
  void nonconformityRunsFromFloorToCeiling() {
    AppearanceTable table = table(data(4), -100, 300);
    assertThat(table.nonconformity(-101)).isZero();
    assertThat(table.nonconformity(100)).isEqualTo(0.5);
    assertThat(table.nonconformity(301)).isEqualTo(1);
  }

  @Test
  void theReasonNamesWhatItLooksLike() {
    AppearanceTable table = table(data(5), 0, 100);
    Image crop = noise(6, 32, 32, 0, 255);
    CellFeatures cells = new CellFeatures(SIDE);
    float[] features = new float[SIDE * SIDE * CellFeatures.FEATURES];
    int[] words = new int[FERNS];
    int[] scores = new int[GROUPS.size()];
    cells.measure(crop, features);
    table.read(features, words);
    table.score(words, scores);
    int best = scores[0] > scores[1] ? 0 : 1;
    best = scores[2] > scores[best] ? 2 : best;
    SignPlausibility check = new SignPlausibility(table);
    int doubted = best == 0 ? 2 : 0;
    Observation o = new Seen(crop, doubted);
    double score = check.nonconformity(o);
    assertThat(score).isEqualTo(table.nonconformity(table.lead(scores, doubted))).isPositive();
    assertThat(check.reason(o, score))
        .startsWith("looks like a " + GROUPS.get(best) + ", not like 'class " + doubted + "'");
  }

  @Test
  void inspectingAllocatesNothing() {
    SignPlausibility check = new SignPlausibility(table(data(7), 0, 4000));
    Observation o = new Seen(noise(8, 50, 47, 0, 255), 2);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 2000; i++) {
        check.nonconformity(o);
      }
      long before = threads.getThreadAllocatedBytes(id);
      for (int i = 0; i < 100; i++) {
        check.nonconformity(o);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }
    // The measurement itself may cost some bytes; 100 inspections that allocate cost more.
    assertThat(least).isLessThan(1000);
  }

  @Test
  void partsThatDoNotFitAreRefusedInWords() {
    byte[] data = data(9);
    byte[] cut = java.util.Arrays.copyOf(data, data.length - 1);
    assertThatThrownBy(() -> table(cut, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has %d bytes, not %d".formatted(data.length, data.length - 1));
    assertThatThrownBy(() -> table(data, 1, 1)).hasMessageContaining("floor of 1");
    byte[] far = data.clone();
    far[0] = (byte) 0x7f;
    assertThatThrownBy(() -> table(far, 0, 1)).hasMessageContaining("a question about feature 32");
    assertThatThrownBy(
            () -> new AppearanceTable(SIDE, FERNS, QUESTIONS, GROUPS, new int[] {0, 3}, 0, 1, data))
        .hasMessageContaining("a class of group 3");
    assertThatThrownBy(() -> new CellFeatures(65)).hasMessageContaining("not 65");
    SignPlausibility check = new SignPlausibility(table(data, 0, 1));
    assertThatThrownBy(
            () ->
                check.nonconformity(
                    new Seen(Image.black(20, 20), 0) {
                      @Override
                      public int classes() {
                        return 5;
                      }
                    }))
        .hasMessageContaining("knows 4 classes, the models 5");
  }

  /** An observation of which only crop and label matter. */
  private static class Seen implements Observation {
    private final Image crop;
    private final int label;

    Seen(Image crop, int label) {
      this.crop = crop;
      this.label = label;
    }

    @Override
    public Image crop() {
      return crop;
    }

    @Override
    public Sighting sighting() {
      return Sighting.NONE;
    }

    @Override
    public int nothing() {
      return -1;
    }

    @Override
    public int label() {
      return label;
    }

    @Override
    public String labelName(int index) {
      return "class " + index;
    }

    @Override
    public int classes() {
      return GROUP_OF.length;
    }

    @Override
    public int members() {
      return 1;
    }

    @Override
    public float[] ensemble() {
      throw new AssertionError("the check looks at pixels only");
    }

    @Override
    public float[] plain(int member) {
      throw new AssertionError("the check looks at pixels only");
    }

    @Override
    public float[] pass(int handle) {
      throw new AssertionError("the check looks at pixels only");
    }
  }
}
