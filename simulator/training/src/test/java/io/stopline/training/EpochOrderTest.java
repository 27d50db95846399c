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
    long[] shown = EpochOrder.of(images, 0, 5);

    assertThat(Arrays.stream(shown).sorted().toArray())
        .isEqualTo(LongStream.range(0, images.count()).toArray());
    assertThat(EpochOrder.of(images, 0, 5)).isEqualTo(shown);
    assertThat(EpochOrder.of(images, 0, 6)).isNotEqualTo(shown);
  }

  @Test
  void fullBalanceShowsEveryClassAsOften() {
    long[] shown = EpochOrder.of(images, 1, 5);

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
    long[] shown = EpochOrder.of(images, 1, 5);

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

  /** Half of the images stand for those of another data set. */
  @Test
  void aShareOfItsOwnHoldsForEveryBatch() {
    int last = images.count() / 2;
    int first = images.count() - last;
    long[] shown = EpochOrder.of(images, last, 0.7, 0.3, 5);

    assertThat(shown).hasSize(images.count());
    for (int from = 0; from + 10 <= shown.length; from++) {
      long others = Arrays.stream(shown, from, from + 10).filter(p -> (int) p >= first).count();
      assertThat(others).isBetween(6L, 8L);
    }
    assertThat(Arrays.stream(shown).filter(p -> (int) p >= first).count())
        .isEqualTo((long) (0.7 * images.count()));
    // Each showing of an image differs, so that it is augmented anew.
    assertThat(Arrays.stream(shown).distinct().count()).isEqualTo(shown.length);
    assertThat(EpochOrder.of(images, last, 0.7, 0.3, 5)).isEqualTo(shown);
    assertThat(EpochOrder.of(images, last, 0.7, 0.3, 6)).isNotEqualTo(shown);
  }
}
