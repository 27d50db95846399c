package io.stopline.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.SharedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

final class PackedLabelsTest {

  @Test
  void namesThatTravelInTheModelAreRead() throws IOException {
    Path models = SharedFiles.path("data/models");
    byte[] model =
        Files.readAllBytes(models.resolve("ssd_mobilenet_v1_coco_quant_metadata.tflite"));

    PackedLabels packed = PackedLabels.of("ssd", model).orElseThrow();

    assertThat(packed.file()).isEqualTo("labelmap.txt");
    assertThat(packed.labels())
        .isEqualTo(LabelFile.read(models.resolve("ssd_mobilenet_v1_coco_labelmap.txt")));
    assertThat(packed.labels().names().get(12)).isEqualTo("stop sign");
  }

  @Test
  void offsetsMayCountFromTheArchive() throws IOException {
    byte[] archive = zip("labels_coco.txt", "car\nbus\n", "notes.txt", "nothing");
    byte[] model = new byte[1000 + archive.length];
    System.arraycopy(archive, 0, model, 1000, archive.length);

    assertThat(PackedLabels.of("m", model).orElseThrow().labels().names())
        .containsExactly("car", "bus");
  }

  @Test
  void severalTextsThatAreNotNamedLabelsSayNothing() throws IOException {
    assertThat(PackedLabels.of("m", zip("a.txt", "x\ny\n", "b.txt", "z\nw\n"))).isEmpty();
  }

  @Test
  void whatIsCutOrBentSaysNothingAndThrowsNothing() throws IOException {
    byte[] archive = zip("labels.txt", "car\nbus\n", "b.txt", "z\nw\n");
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] bent = Arrays.copyOf(archive, archive.length - random.nextInt(4));
      for (int k = 0; k < 3; k++) {
        int at = bent.length - 1 - random.nextInt(Math.min(bent.length, 130));
        bent[at] = (byte) random.nextInt(256);
      }
      PackedLabels.of("m", bent);
    }
    assertThat(PackedLabels.of("m", new byte[10])).isEmpty();
  }

  private static byte[] zip(String... namesAndTexts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
