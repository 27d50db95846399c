package io.stopline.training.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.random.RandomStream;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where alterations are, and that they are. */
final class CropAlterationTest {

  private static final int SIDE = 48;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAlterationStaysOnItsSign(boolean any) {
    for (int seed = 0; seed < 100; seed++) {
      Crop crop = altered(seed, any);
      int changed = 0;
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          boolean inside = x >= 16 && x < 32 && y >= 16 && y < 32;
          int i = 3 * (SIDE * y + x);
          boolean same = crop.rgb[i] == 100 && crop.rgb[i + 1] == 100 && crop.rgb[i + 2] == 100;
          assertThat(inside || same).isTrue();
          changed += same ? 0 : 1;
        }
      }
      assertThat(changed).as("seed %d", seed).isPositive();
      assertThat(altered(seed, any).rgb).isEqualTo(crop.rgb);
    }
  }

  private static Crop altered(long seed, boolean any) {
    Crop crop = new Crop(SIDE, false);
    Arrays.fill(crop.rgb, (byte) 100);
    CropAlteration alteration = new CropAlteration(crop);
    SceneSign sign = new SceneSign(16, 16, 32, 32, 0);
    if (any) {
      alteration.any(sign, new RandomStream(seed));
    } else {
      alteration.coarse(sign, new RandomStream(seed));
    }
    return crop;
  }
}
