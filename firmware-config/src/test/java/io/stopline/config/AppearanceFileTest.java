package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.CellFeatures;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading what signs look like from a bundle, and refusing what cannot be such a table. */
final class AppearanceFileTest {

  private static final String MANIFEST = "appearance/traffic-signs.yaml";
  private static final String TABLE = "appearance/traffic-signs.table";

  @TempDir Path temporary;
  private Path bundle = Path.of("");

  @BeforeEach
  void copy() {
    bundle = Shipped.copyTo(temporary.resolve("bundle"));
  }

  /** A red octagon on grey, as a child would paint it. */
  private static Image stopSign(int side) {
    Image image = Image.black(side, side);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double u = Math.abs((x + 0.5) / side - 0.5) / 0.4;
        double v = Math.abs((y + 0.5) / side - 0.5) / 0.4;
        boolean inside = u <= 1 && v <= 1 && u + v <= Math.sqrt(2);
        boolean letters = u < 0.8 && v < 0.33 && (x * 16 / side) % 2 == 0;
        int at = image.index(x, y);
        image.data()[at] = (byte) (letters ? 220 : inside ? 170 : 120);
        image.data()[at + 1] = (byte) (letters ? 220 : inside ? 25 : 125);
        image.data()[at + 2] = (byte) (letters ? 220 : inside ? 35 : 130);
      }
    }
    return image;
  }

  @Test
  void theShippedTableIsReadAndKnowsAStopSign() {
    Bundle loaded = Bundle.load(bundle);
    AppearanceManifest manifest = loaded.appearances().get("traffic-signs");
    assertThat(manifest).isNotNull();
    AppearanceTable table = manifest.table();
    assertThat(table.classes()).isEqualTo(43);
    assertThat(table.groups()).hasSize(8).contains("red octagon");
    assertThat(table.groups().get(table.groupOf(14))).isEqualTo("red octagon");
    float[] features = new float[table.side() * table.side() * CellFeatures.FEATURES];
    int[] words = new int[table.ferns()];
    int[] scores = new int[table.groups().size()];
    new CellFeatures(table.side()).measure(stopSign(48), features);
    table.read(features, words);
    table.score(words, scores);
    assertThat(table.lead(scores, 14)).as("as a stop sign").isNegative();
    for (int label = 0; label < 43; label++) {
      if (label != 14) {
        assertThat(table.lead(scores, label)).as("as class %d", label).isPositive();
      }
    }
  }

  @Test
  void aCalibrationHoldsForItsTableOnly() {
    Bundle loaded = Bundle.load(bundle);
    PolicyFile policy = loaded.policy("int8");
    assertThat(policy.policy().checks())
        .filteredOn(CheckSetting.Plausibility.class::isInstance)
        .hasSize(1);
    assertThat(loaded.learnt(policy))
        .hasSize(policy.policy().models().size() + 1)
        .containsKey("appearance/traffic-signs");
    assertThat(loaded.calibration(policy).models()).isEqualTo(loaded.learnt(policy));
    Shipped.edit(bundle, MANIFEST, "floor: 0", "floor: 1");
    Bundle changed = Bundle.load(bundle);
    assertThatThrownBy(() -> changed.calibration(changed.policy("int8")))
        .isInstanceOf(CalibrationMismatchException.class)
        .hasMessageContaining("appearance/traffic-signs");
  }

  @Test
  void aTableThatIsNotTheListedOneIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(bundle.resolve(TABLE));
    bytes[bytes.length / 2] ^= 1;
    Files.write(bundle.resolve(TABLE), bytes);
    assertThatThrownBy(() -> Bundle.load(bundle))
        .isInstanceOf(HashMismatchException.class)
        .hasMessageContaining(TABLE);
    // Even if the list of hashes was made anew, the manifest knows better.
    assertThatThrownBy(() -> BundleWriter.reseal(bundle))
        .isInstanceOf(HashMismatchException.class)
        .hasMessageContaining("use the manifest that was made for this table");
  }

  @Test
  void aTableOfTheWrongLengthIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(bundle.resolve(TABLE));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 7);
    Files.write(bundle.resolve(TABLE), cut);
    Path manifest = bundle.resolve(MANIFEST);
    Files.writeString(
        manifest,
        Files.readString(manifest).replace(BundleFiles.sha256(bytes), BundleFiles.sha256(cut)));
    assertThatThrownBy(() -> BundleWriter.reseal(bundle))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(
            MANIFEST + ":" + Shipped.lineOf(bundle, MANIFEST, "file:") + ": '" + TABLE + "' is no")
        .hasMessageContaining("has %d bytes, not %d".formatted(bytes.length, cut.length));
  }

  @Test
  void aClassBelongsToOneGroup() {
    Shipped.edit(bundle, MANIFEST, "\"red octagon\": [14]", "\"red octagon\": [14, 13]");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("class 13 is in groups 'red octagon' and");
  }

  @Test
  void everyClassBelongsToAGroup() {
    Shipped.edit(bundle, MANIFEST, "\"red octagon\": [14]", "\"red octagon\": [43]");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("class 43 is in group 'red octagon', but 'labels.txt' names 43");
    Shipped.edit(bundle, MANIFEST, "\"yellow diamond\": [12]", "\"yellow diamond\": []");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("needs at least 1 entries");
  }

  @Test
  void aPolicyWithoutTheCheckNeedsNoTable() {
    Bundle bare = Bundle.load(Shipped.withoutAppearance(temporary.resolve("bare")));
    assertThat(bare.appearances()).isEmpty();
    assertThat(bare.policy("int8").policy().checks()).hasSize(3);
  }
}
