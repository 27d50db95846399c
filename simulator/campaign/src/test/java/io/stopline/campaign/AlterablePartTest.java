package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.campaign.AlterationSearch.Knowledge;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What films a drive once and alters its sign many times relies on this. */
class AlterablePartTest {

  private static final int STOP = 14;

  @ParameterizedTest
  @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "PHANTOM")
  void anAlterationChangesNoPixelOutsideThePartThatIsSaid(Kind kind) {
    DriveRenderer drive = DriveRenderer.of(AlterationKinds.conditions(kind, Approach.to(STOP, 5)));
    AlterationSearch.Settings settings = AlterationKinds.settings(kind, Knowledge.ENSEMBLE, 100, 1);
    AlterationSpace space = AlterationSearch.space(SignArt.of(STOP).outline(), settings);
    Alteration alteration = space.decode(space.random(new RandomStream(7)));
    DriveRenderer altered = drive.withAlteration(0, alteration);
    int frame = drive.frames() * 3 / 4;

    Image before = drive.render(frame);
    Image after = altered.render(frame);

    Region part = altered.alterable(frame, 0);
    assertThat(part).isNotNull();
    int changed = 0;
    for (int y = 0; y < before.height(); y++) {
      for (int x = 0; x < before.width(); x++) {
        if (before.rgb(x, y) != after.rgb(x, y)) {
          changed++;
          assertThat(x).isBetween(part.x(), part.x() + part.width() - 1);
          assertThat(y).isBetween(part.y(), part.y() + part.height() - 1);
        }
      }
    }
    assertThat(changed).isPositive();
  }
}
