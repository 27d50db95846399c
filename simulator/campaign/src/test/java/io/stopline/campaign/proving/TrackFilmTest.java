package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.FrameFilm;
import io.stopline.campaign.JpegRound;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Scenario;
import io.stopline.sdk.image.Image;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrackFilmTest {

  @Test
  void aPatchedFrameIsTheWholeFrameToTheLastBit() {
    Scenario scenario = Approach.to(14, 5);
    DriveRenderer drive = DriveRenderer.of(scenario);
    Alteration stickers =
        new Alteration.Stickers(
            List.of(
                new Alteration.Sticker(0.5, 0.3, 0.9, 0.2, 10, true),
                new Alteration.Sticker(0.9, 0.6, 0.4, 0.3, -20, false)));
    TrackFilm film = new TrackFilm(drive, 0, Arrays.asList(null, stickers));
    DriveRenderer altered = drive.withAlteration(0, stickers);
    int quality = scenario.camera().jpegQuality();

    // Far, near, and the last ones, where the sign leaves the picture.
    int last = drive.frames() - 1;
    for (int frame : new int[] {0, last / 2, last - 3, last}) {
      List<Image> pictures = film.pictures(frame);
      byte[] clean = pictures.get(0).data();
      byte[] patched = pictures.get(1).data();
      assertThat(Arrays.mismatch(clean, JpegRound.trip(drive.render(frame), quality).data()))
          .isEqualTo(-1);
      assertThat(Arrays.mismatch(patched, JpegRound.trip(altered.render(frame), quality).data()))
          .isEqualTo(-1);
      assertThat(Arrays.mismatch(patched, clean)).isNotEqualTo(-1);
    }
  }

  @Test
  void phantomsAreFilmedAmongThemselves() {
    Scenario scenario = Approach.to(14, 6);
    DriveRenderer drive = DriveRenderer.of(scenario);
    for (Phantom.Surface surface : Phantom.Surface.values()) {
      Alteration unlit = new Phantom(Phantom.Art.PATCH, 1, 0, 0, surface);
      Alteration lit = new Phantom(Phantom.Art.SIGN, 1, 3, 0.02, surface);
      TrackFilm film = new TrackFilm(drive, 0, List.of(unlit, lit));
      int frame = drive.frames() * 3 / 4;

      List<Image> pictures = film.pictures(frame);

      Image whole = FrameFilm.whole(drive.withAlteration(0, lit), frame);
      assertThat(Arrays.mismatch(pictures.get(1).data(), whole.data())).isEqualTo(-1);
      assertThat(Arrays.mismatch(pictures.get(1).data(), pictures.get(0).data())).isNotEqualTo(-1);
      assertThat(film.truth(frame).signs().get(0).signClass()).isEqualTo(-1);
    }
  }
}
