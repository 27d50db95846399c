package io.stopline.sdk.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ImageTest {

  @Test
  void impossibleSizesAreRefusedBeforeAnythingIsAllocated() {
    assertThatThrownBy(() -> Image.checkSize(20_000, 20_000))
        .hasMessageContaining("20000×20000")
        .hasMessageContaining("scale it down");
    assertThatThrownBy(() -> Image.black(0, 0)).hasMessageContaining("0×0");
    assertThatThrownBy(() -> Image.checkSize(Long.MAX_VALUE, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Image.of(4, 4, new byte[47])).hasMessageContaining("needs 48 bytes");
  }

  @Property
  void aViewShowsTheSamePixelsAndItsCopyKeepsThem(
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(max = 19) int left,
      @ForAll @IntRange(max = 19) int top) {
    Image image = Image.black(width, height);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) (31 * i);
    }
    int x = left % width;
    int y = top % height;
    Image view = image.view(new Region(x, y, width - x, height - y));
    Image copy = view.copy();
    assertThat(view.rgb(0, 0)).isEqualTo(image.rgb(x, y));
    assertThat(copy.rgb(view.width() - 1, view.height() - 1))
        .isEqualTo(image.rgb(width - 1, height - 1));
    int before = copy.rgb(0, 0);
    image.data()[image.index(x, y)] ^= 1;
    assertThat(view.rgb(0, 0)).isNotEqualTo(before);
    assertThat(copy.rgb(0, 0)).isEqualTo(before);
  }

  @Test
  void regionsOutsideAnImageAreRefused() {
    assertThatThrownBy(() -> Image.black(4, 4).view(new Region(1, 1, 4, 1)))
        .hasMessageContaining("not inside");
    assertThatThrownBy(() -> new Region(0, 0, 0, 3)).hasMessageContaining("empty");
    assertThatThrownBy(() -> new Region(Integer.MAX_VALUE, 0, 2, 2)).hasMessageContaining("int");
  }

  @Test
  void overlapIsIntersectionOverUnion() {
    Region a = new Region(0, 0, 10, 10);
    assertThat(a.intersectionOverUnion(a)).isEqualTo(1);
    assertThat(a.intersectionOverUnion(new Region(5, 0, 10, 10))).isEqualTo(50.0 / 150);
    assertThat(a.intersectionOverUnion(new Region(10, 0, 5, 5))).isZero();
    assertThat(new Region(0, 0, 10, 10).expandedWithin(0.1, 10, 12))
        .isEqualTo(new Region(0, 0, 10, 11));
  }
}
