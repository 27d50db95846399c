package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Options;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Augmented images: within range, repeatable, and each change its own. */
final class AugmenterTest {

  private static final int SIZE = TinyTask.SHAPE.size();
  private final LabelledImages images = LabelledImages.of(TinyTask.samples(8, 3), TinyTask.SHAPE);

  private float[] render(Augmentation ranges, int index, long seed) {
    float[] out = new float[SIZE];
    new Augmenter(ranges, TinyTask.SHAPE).render(images.bytes(index), seed, out, 0);
    return out;
  }

  @Test
  void noneLeavesImagesAsTheyAre() {
    for (int i = 0; i < images.count(); i++) {
      float[] plain = new float[SIZE];
      images.read(i, plain, 0);
      assertThat(render(Augmentation.none(), i, i)).containsExactly(plain, within(1e-6f));
    }
  }

  @Test
  void aSeedGivesTheSameImageAndStaysWithinRange() {
    Augmenter used = new Augmenter(Augmentation.strong(), TinyTask.SHAPE);
    float[] out = new float[2 * SIZE];
    for (long seed = 0; seed < 200; seed++) {
      used.render(images.bytes((int) (seed % images.count())), seed, out, SIZE);
      assertThat(Arrays.copyOfRange(out, SIZE, 2 * SIZE))
          .isEqualTo(render(Augmentation.strong(), (int) (seed % images.count()), seed));
      for (float value : out) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
    assertThat(render(Augmentation.strong(), 0, 1))
        .isNotEqualTo(render(Augmentation.strong(), 0, 2));
  }

  /** Wherever a rectangle is put or noise is strewn, the sign lies where it lay without them. */
  @Test
  void oneRangeDoesNotMoveTheDrawsOfAnother() {
    Augmentation cut = with(Map.of("augment", "mild", "augment.cutout", "0.5"));
    int same = 0;
    int all = 0;
    for (long seed = 0; seed < 20; seed++) {
      float[] plain = render(Augmentation.mild(), 0, seed);
      float[] marked = render(cut, 0, seed);
      for (int i = 0; i < SIZE; i++) {
        same += plain[i] == marked[i] ? 1 : 0;
        all++;
      }
    }
    assertThat((double) same / all).isBetween(0.8, 0.999);
  }

  @Test
  void eachRangeDoesSomething() {
    float[] plain = render(Augmentation.none(), 0, 5);
    for (String name :
        new String[] {
          "rotation",
          "scale",
          "stretch",
          "shear",
          "shift",
          "gamma",
          "brightness",
          "contrast",
          "colour",
          "blur",
          "noise",
          "cutout",
          "crop"
        }) {
      Augmentation one = with(Map.of("augment", "none", "augment." + name, "0.9"));
      boolean changed = false;
      for (long seed = 0; seed < 20; seed++) {
        changed |= !Arrays.equals(render(one, 0, seed), plain);
      }
      assertThat(changed).as(name).isTrue();
    }
  }

  @Test
  void mirroringAndTurningMovePixelsToWhereTheyBelong() {
    Augmentation mirror = with(Map.of("augment", "none", "augment.mirror", "true"));
    float[] plain = render(Augmentation.none(), 0, 0);
    int mirrored = 0;
    for (long seed = 0; seed < 40; seed++) {
      float[] image = render(mirror, 0, seed);
      if (Arrays.equals(image, plain)) {
        continue;
      }
      mirrored++;
      int side = TinyTask.SHAPE.width();
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          assertThat(image[3 * (y * side + x)])
              .isCloseTo(plain[3 * (y * side + side - 1 - x)], within(1e-5f));
        }
      }
    }
    assertThat(mirrored).isBetween(8, 32);
  }

  /** A rectangle of the image, in its own size, anywhere in a black one; nothing else is lost. */
  @Test
  void cropShiftKeepsARectangleOfTheImageAndMovesIt() {
    Augmentation crop = with(Map.of("augment", "none", "augment.crop", "0.5"));
    int side = TinyTask.SHAPE.width();
    byte[] source = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      source[i] = (byte) (1 + i / 3);
    }
    int moved = 0;
    for (long seed = 0; seed < 40; seed++) {
      float[] out = new float[SIZE];
      new Augmenter(crop, TinyTask.SHAPE).render(source, seed, out, 0);
      int kept = 0;
      int shift = Integer.MIN_VALUE;
      for (int place = 0; place < side * side; place++) {
        int value = Math.round(255 * out[3 * place]);
        if (value > 0) {
          int by = place - (value - 1);
          assertThat(shift == Integer.MIN_VALUE || shift == by).isTrue();
          shift = by;
          kept++;
        }
      }
      // Width and height lose half of the side together, at most.
      assertThat(kept).isGreaterThanOrEqualTo(side * side / 2);
      moved += kept < side * side ? 1 : 0;
    }
    assertThat(moved).isGreaterThan(20);
  }

  @Test
  void heavyAugmentationDrawsWhatTheOthersDrawAndMore() {
    assertThat(with(Map.of("augment", "heavy"))).isEqualTo(Augmentation.heavy());
    assertThat(Augmentation.heavy().mirror()).isFalse();
    Augmentation without = with(Map.of("augment", "heavy", "augment.crop", "0"));
    Augmentation cropped = with(Map.of("augment", "heavy", "augment.cutout", "0"));
    Augmentation neither =
        with(Map.of("augment", "heavy", "augment.cutout", "0", "augment.crop", "0"));
    int same = 0;
    for (long seed = 0; seed < 40; seed++) {
      float[] plain = render(neither, 0, seed);
      same += Arrays.equals(plain, render(without, 0, seed)) ? 1 : 0;
      assertThat(valuesOf(plain)).containsAll(valuesOf(render(cropped, 0, seed)));
    }
    // Every second image is cut.
    assertThat(same).isBetween(10, 30);
  }

  private static Set<Float> valuesOf(float[] values) {
    Set<Float> set = new HashSet<>(Set.of(0f));
    for (float value : values) {
      set.add(value);
    }
    return set;
  }

  @Test
  void darkImagesKeepTheirSign() {
    byte[] dark = new byte[SIZE];
    Arrays.fill(dark, (byte) 10);
    for (int i = SIZE / 3; i < SIZE / 2; i++) {
      dark[i] = 20;
    }
    Augmenter augmenter =
        new Augmenter(with(Map.of("augment", "none", "augment.gamma", "1")), TinyTask.SHAPE);
    float[] out = new float[SIZE];
    for (long seed = 0; seed < 100; seed++) {
      augmenter.render(dark, seed, out, 0);
      assertThat(out[SIZE / 2 - 1] - out[0]).isGreaterThan(0.8f * 10 / 255);
    }
  }

  @Test
  void rangesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> with(Map.of("augment.scale", "1.5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("augment.scale")
        .hasMessageContaining("0.9");
    assertThatThrownBy(() -> new Augmentation(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false))
        .hasMessageContaining("rotation is -1.0");
  }

  private static Augmentation with(Map<String, String> given) {
    Options options = new Options("training", given);
    Augmentation augmentation = Augmentation.of(options, Augmentation.none());
    options.end();
    return augmentation;
  }
}
