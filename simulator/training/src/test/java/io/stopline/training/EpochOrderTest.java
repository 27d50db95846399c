package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What an epoch shows. */
final class EpochOrderTest {

  private final LabelledImages images = LabelledImages.of(TinyTask.samples(120, 3), TinyTask.SHAPE);

  @Test
  void withoutBalanceEveryImageIsShownOnceInAnOrderOfTheEpochsOwn() {
    EpochOrder order = new EpochOrder(images, 0, 5);

    assertThat(Arrays.stream(order.of(3)).sorted().toArray())
        .isEqualTo(LongStream.range(0, images.count()).toArray());
    assertThat(order.of(3)).isNotEqualTo(order.of(4));
    assertThat(order.of(3)).isEqualTo(new EpochOrder(images, 0, 5).of(3));
    assertThat(order.of(3)).isNotEqualTo(new EpochOrder(images, 0, 6).of(3));
  }

  @Test
  void fullBalanceShowsEveryClassAsOften() {
    long[] shown = new EpochOrder(images, 1, 5).of(0);

    assertThat(shown).hasSize(images.count());
    int[] counts = new int[TinyTask.CLASSES];
    for (long place : shown) {
      counts[images.label((int) place)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(images.count() / 4 - 1, images.count() / 4 + 1);
    }
  }

  /** Images of a rare class are shown in turn, and each showing may be augmented otherwise. */
  @Test
  void aRareImageIsShownAgainOnlyAfterAllOthersOfItsClass() {
    long[] shown = new EpochOrder(images, 1, 5).of(0);

    Set<Long> different = new HashSet<>();
    Arrays.stream(shown).forEach(different::add);
    assertThat(different).hasSize(shown.length);
    int rare = TinyTask.CLASSES - 1;
    int[] times = new int[images.count()];
    for (long place : shown) {
      times[(int) place]++;
    }
    int[] ofRare =
        IntStream.range(0, times.length)
            .filter(i -> images.label(i) == rare)
            .map(i -> times[i])
            .toArray();
    assertThat(Arrays.stream(ofRare).max().orElseThrow())
        .isLessThanOrEqualTo(Arrays.stream(ofRare).min().orElseThrow() + 1);
  }
}
