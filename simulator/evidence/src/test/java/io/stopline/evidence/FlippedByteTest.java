package io.stopline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.evidence.check.EvidenceCheck;
import io.stopline.evidence.sign.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whichever byte of whichever file is changed to whatever, the pack is rejected. */
final class FlippedByteTest {

  private static final List<Path> FOLDER = new ArrayList<>();

  @BeforeContainer
  static void make() throws Exception {
    Path folder = Files.createTempDirectory("flipped");
    FOLDER.add(folder);
    SamplePack.write(folder, folder.resolve("pack"), SigningKey.generate());
  }

  @AfterContainer
  static void remove() throws Exception {
    for (Path file : SamplePack.files(FOLDER.get(0))) {
      Files.delete(file);
    }
  }

  private static boolean holds(Path pack) throws Exception {
    return EvidenceCheck.of(pack, null).holds();
  }

  @Property(tries = 150)
  void isRejected(
      @ForAll @IntRange(max = 9999) int file,
      @ForAll @LongRange(max = Integer.MAX_VALUE) long place,
      @ForAll @IntRange(min = 1, max = 255) int change)
      throws Exception {
    Path pack = FOLDER.get(0).resolve("pack");
    List<Path> files = SamplePack.files(pack);
    // The two files that no hash covers are damaged as often as all others together.
    Path victim =
        file % 3 == 0
            ? pack.resolve("attestations/manifest.dsse.json")
            : file % 3 == 1 ? pack.resolve("manifest.json") : files.get(file % files.size());
    byte[] good = Files.readAllBytes(victim);
    byte[] bad = good.clone();
    bad[(int) (place % bad.length)] ^= (byte) change;
    Files.write(victim, bad);
    try {
      assertThat(holds(pack)).as("%s at %d by %d", victim, place % bad.length, change).isFalse();
    } finally {
      Files.write(victim, good);
    }
  }

  @Example
  void andHoldsAsItWasMade() throws Exception {
    assertThat(holds(FOLDER.get(0).resolve("pack"))).isTrue();
  }
}
