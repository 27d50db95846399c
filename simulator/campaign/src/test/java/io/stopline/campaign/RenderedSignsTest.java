package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderedSignsTest {

  private static final int DRIVES = 44;

  @TempDir Path folder;

  /** All images, whatever their split, in a fixed order. */
  private static List<Sample> all(Dataset data) {
    return data.splitNames().stream()
        .flatMap(name -> data.split(name).samples().stream())
        .sorted((a, b) -> a.file().compareTo(b.file()))
        .toList();
  }

  @Test
  void aDriveIsATrackOfADataSetThatDoesNotDependOnThreads() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    int images = new RenderedSigns(32, 1, false).write(one, DRIVES, 2, 5, () -> {});
    new RenderedSigns(32, 2, false).write(two, DRIVES, 2, 5, () -> {});

    Dataset data = Dataset.open(one);
    List<Sample> samples = all(data);
    assertThat(data.classNames()).hasSize(43);
    assertThat(samples).hasSize(images).hasSizeBetween(DRIVES + 1, 2 * DRIVES);
    assertThat(samples.stream().map(Sample::track).distinct()).hasSize(DRIVES);
    List<Image> pictures = samples.stream().map(Sample::image).toList();
    assertThat(pictures).allSatisfy(i -> assertThat(i.width()).isEqualTo(32));
    assertThat(all(Dataset.open(two)).stream().map(s -> s.image().copy().data()))
        .containsExactlyElementsOf(bytes(pictures));
    assertThat(Stream.of(0, 1).map(i -> pictures.get(i).copy().data()).distinct()).hasSize(2);
  }

  @Test
  void hardDrivesShowTheSameSignsOtherwise() throws IOException {
    Path dry = folder.resolve("dry");
    Path hard = folder.resolve("hard");
    new RenderedSigns(32, 2, false).write(dry, 6, 1, 5, () -> {});
    new RenderedSigns(32, 2, true).write(hard, 6, 1, 5, () -> {});

    List<byte[]> one = bytes(all(Dataset.open(dry)).stream().map(Sample::image).toList());
    List<byte[]> other = bytes(all(Dataset.open(hard)).stream().map(Sample::image).toList());
    assertThat(other).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      assertThat(other.get(i)).isNotEqualTo(one.get(i));
    }
  }

  private static List<byte[]> bytes(List<Image> images) {
    return images.stream().map(i -> i.copy().data()).toList();
  }
}
