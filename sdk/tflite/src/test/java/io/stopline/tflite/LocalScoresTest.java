package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.model.AddedOutput;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.ModelGraph;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.sdk.model.ReceptiveField;
import io.stopline.sdk.model.Span;
import io.stopline.testing.SharedFiles;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the shipped models compute local scores, and what a patch really changes there. */
class LocalScoresTest {

  private static final int SIDE = 32;
  private static final int PIXEL = 3;

  private static byte[] shipped(String name) throws Exception {
    return Files.readAllBytes(
        Path.of(System.getProperty("stopline.root", "."))
            .resolve("firmware-config/bundles/traffic-signs/models/" + name + ".tflite"));
  }

  private static TfLiteModel load(String name, byte[] bytes) {
    return TfLiteModel.loadBuilt(name, bytes, RuntimeOptions.defaults());
  }

  private static void fill(ByteBuffer input, boolean real, int pixel, Random random, int kind) {
    for (int c = 0; c < PIXEL; c++) {
      // Noise, and the two ends of the range.
      float value = kind == 0 ? random.nextFloat() : (kind + c) % 2;
      if (real) {
        input.putFloat(4 * (pixel * PIXEL + c), value);
      } else {
        input.put(pixel * PIXEL + c, (byte) (int) (value * 255));
      }
    }
  }

  /** Every place of the patch: only cells of the window that is stated for it change. */
  @ParameterizedTest
  @CsvSource({
    "local-int8, 5, 7",
    "local-int8, 6, 7",
    "local-int8, 8, 8",
    "local-float32, 5, 7",
    "windows-int8, 5, 7",
    "windows-int8, 8, 8"
  })
  void aPatchAtAnyPlaceChangesCellsOfOneWindowOnly(String name, int patch, int window)
      throws Exception {
    byte[] file = shipped(name);
    LocalScores scores = LocalScores.of(name, file);
    Windows windows = Windows.covering(name, scores, patch);
    assertThat(windows.height()).isEqualTo(window);
    assertThat(windows.width()).isEqualTo(window);
    boolean real = name.endsWith("float32");
    Random random = new Random(patch);
    int widest = 0;
    try (TfLiteModel model = load(name, AddedOutput.to(file, scores.tensor()))) {
      ByteBuffer input = model.input(0);
      ByteBuffer map = model.output(1);
      int cellBytes = model.outputs().get(1).bytes() / (scores.height() * scores.width());
      for (int p = 0; p < SIDE * SIDE; p++) {
        fill(input, real, p, random, 0);
      }
      byte[] picture = new byte[input.capacity()];
      input.get(0, picture);
      model.invoke();
      byte[] clean = new byte[map.capacity()];
      map.get(0, clean);
      byte[] attacked = new byte[clean.length];
      for (int top = 0; top <= SIDE - patch; top++) {
        for (int left = 0; left <= SIDE - patch; left++) {
          // When
          for (int p = 0; p < patch * patch; p++) {
            int pixel = (top + p / patch) * SIDE + left + p % patch;
            fill(input, real, pixel, random, (top + left) % 3);
          }
          model.invoke();
          input.put(0, picture);
          map.get(0, attacked);
          // Then
          Span rows = scores.field().rows().cellsOf(Span.of(top, patch));
          Span columns = scores.field().columns().cellsOf(Span.of(left, patch));
          Span changed = Span.EMPTY;
          for (int cell = 0; cell < scores.height() * scores.width(); cell++) {
            int y = cell / scores.width();
            int x = cell % scores.width();
            boolean differs = false;
            for (int b = cell * cellBytes; b < (cell + 1) * cellBytes; b++) {
              differs |= clean[b] != attacked[b];
            }
            if (differs) {
              assertThat(rows.covers(new Span(y, y)) && columns.covers(new Span(x, x)))
                  .as("patch at (%d, %d), cell (%d, %d)", left, top, x, y)
                  .isTrue();
              changed = changed.hull(new Span(y, y));
            }
          }
          widest = Math.max(widest, changed.length());
        }
      }
    }
    // Nor is the window larger than it has to be.
    assertThat(widest).isEqualTo(window);
  }

  @ParameterizedTest
  @CsvSource({"local-int8", "local-float32"})
  void theFirstOutputIsTheSameToTheBitBesideTheMap(String name) throws Exception {
    byte[] file = shipped(name);
    byte[] more = AddedOutput.to(file, LocalScores.of(name, file).tensor());
    assertThat(ModelStructure.problem(more)).isEmpty();
    assertThat(LocalScores.of(name, more).output()).isEqualTo(1);
    Random random = new Random(3);
    try (TfLiteModel one = load(name, file);
        TfLiteModel two = load(name, more)) {
      assertThat(two.nodes()).isEqualTo(one.nodes());
      assertThat(two.outputs().get(1).shape()).containsExactly(1, 16, 16, 43);
      for (int k = 0; k < 20; k++) {
        byte[] picture = new byte[one.input(0).capacity()];
        for (int p = 0; p < SIDE * SIDE; p++) {
          fill(one.input(0), name.endsWith("float32"), p, random, 0);
        }
        one.input(0).get(0, picture);
        two.input(0).put(0, picture);
        one.invoke();
        two.invoke();
        assertThat(two.output(0)).isEqualTo(one.output(0));
      }
    }
  }

  /** The statement of the proof, for every label that could be the true one and every wrong one. */
  @Test
  void noPatchOnAPhotographMovesAWrongLabelBelowTheMargin() throws Exception {
    byte[] file = LocalScores.readable("local-int8", shipped("local-int8"));
    LocalScores scores = LocalScores.of("local-int8", file);
    Groups single = Groups.single(IntStream.range(0, 43).mapToObj(Integer::toString).toList());
    Random random = new Random(12);
    try (TfLiteModel model = load("local-int8", file)) {
      Windows windows = Windows.covering("local-int8", scores, 5);
      WindowScores clean = new WindowScores(windows, model.outputs().get(1), single);
      WindowScores attacked = new WindowScores(windows, model.outputs().get(1), single);
      for (byte[] photograph : SharedData.testImages(List.of(3, 700, 1500, 4000, 9000, 12000))) {
        model.input(0).put(0, photograph);
        model.invoke();
        clean.read(model.output(1));
        for (int k = 0; k < 40; k++) {
          model.input(0).put(0, photograph);
          int left = random.nextInt(SIDE - 4);
          int top = random.nextInt(SIDE - 4);
          for (int p = 0; p < 25; p++) {
            fill(model.input(0), false, (top + p / 5) * SIDE + left + p % 5, random, k % 3);
          }
          model.invoke();
          attacked.read(model.output(1));
          for (int wrong = 0; wrong < 43; wrong++) {
            for (int y = 0; y < 43; y++) {
              if (y != wrong) {
                assertThat(attacked.score(wrong)).isGreaterThanOrEqualTo(clean.margin(y));
              }
            }
          }
        }
      }
    }
  }

  /** Depthwise convolutions, strides and residual sums; wide fields, so most pixels change much. */
  @ParameterizedTest
  @CsvSource({"mobile-int8, 4", "res-int8, 8"})
  void theFieldOfOtherModelsIsNoSmallerThanWhatChanges(String name, int mostCells)
      throws Exception {
    byte[] file = shipped(name);
    ModelGraph graph = ModelGraph.of(file);
    Random random = new Random(2);
    boolean reached = false;
    for (ModelGraph.Step step : graph.steps()) {
      int tensor = step.outputs().get(0);
      if (!step.operator().name().endsWith("CONV_2D") && !step.operator().name().equals("ADD")) {
        continue;
      }
      ReceptiveField field = ReceptiveField.of(file, tensor);
      int cells = field.rows().cells();
      if (cells > SIDE / 2 || cells < mostCells) {
        continue;
      }
      try (TfLiteModel model = load(name, AddedOutput.to(file, tensor))) {
        ByteBuffer input = model.input(0);
        for (int p = 0; p < SIDE * SIDE; p++) {
          fill(input, false, p, random, 0);
        }
        model.invoke();
        byte[] clean = new byte[model.output(1).capacity()];
        model.output(1).get(0, clean);
        int channels = clean.length / cells / cells;
        for (int k = 0; k < 4; k++) {
          byte[] picture = new byte[input.capacity()];
          input.get(0, picture);
          int y = random.nextInt(SIDE);
          int x = random.nextInt(SIDE);
          fill(input, false, y * SIDE + x, random, 1 + k % 2);
          model.invoke();
          input.put(0, picture);
          Span rows = field.rows().cellsOf(new Span(y, y));
          Span columns = field.columns().cellsOf(new Span(x, x));
          for (int b = 0; b < clean.length; b++) {
            int cell = b / channels;
            if (clean[b] != model.output(1).get(b)) {
              reached = true;
              Span row = new Span(cell / cells, cell / cells);
              Span column = new Span(cell % cells, cell % cells);
              assertThat(rows.covers(row) && columns.covers(column))
                  .as("%s: pixel (%d, %d), cell %d", step.outputs(), x, y, cell)
                  .isTrue();
            }
          }
        }
      }
    }
    assertThat(reached).isTrue();
  }

  @Test
  void aModelWithoutLocalScoresIsRefusedByName() throws Exception {
    byte[] res = shipped("res-int8");
    assertThatThrownBy(() -> LocalScores.of("res-int8", res))
        .hasMessageContaining("model 'res-int8' ends in FULLY_CONNECTED")
        .hasMessageContaining("a model of small receptive field that ends in the mean of a map");
    byte[] detector = SharedFiles.bytes("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite");
    assertThatThrownBy(() -> LocalScores.of("ssd", detector))
        .hasMessageContaining("model 'ssd' ends in TFLite_Detection_PostProcess");
  }
}
