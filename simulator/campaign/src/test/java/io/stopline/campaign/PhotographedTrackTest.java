package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import io.stopline.sdk.image.Image;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stickers on a grey card that fills the middle of a picture. */
final class PhotographedTrackTest {

  private static final int SIDE = 40;
  private static final int GREY = 100;

  /** The card lies from 8 to 32 px, lit so that a white corner of the picture has 200. */
  private static final Sample.Bounds CARD = new Sample.Bounds(0.2, 0.2, 0.8, 0.8);

  private static Image card() {
    Image image = Image.black(SIDE, SIDE);
    Arrays.fill(image.data(), (byte) GREY);
    for (int y = 0; y < 7; y++) {
      Arrays.fill(image.data(), image.index(0, y), image.index(0, y) + 3 * 7, (byte) 200);
    }
    return image;
  }

  private static SignViews.Viewer viewer() {
    Sample frame = new Sample(14, "14/0", 0, "0.png", PhotographedTrackTest::card, CARD);
    Track track = new Track("14/0", 14, "validation", true, List.of(frame, frame, frame));
    return new PhotographedTrack(track, new Rectangle2D.Double(0, 0, 1, 1)).open();
  }

  @Test
  void aCleanViewIsThePhotograph() {
    SignViews.Viewer viewer = viewer();
    viewer.show(null);
    assertThat(viewer.frame(1, 0).data()).isEqualTo(card().data());
    assertThat(viewer.sample(17).data()).isEqualTo(card().data());
  }

  @Test
  void filmLiesWhereItIsOnTheSignAndIsAsBrightAsThePictureIsLit() {
    SignViews.Viewer viewer = viewer();
    // The left half of the card white, a quarter of it at the right black.
    viewer.show(
        new Stickers(
            List.of(
                new Sticker(0.25, 0.5, 0.5, 1, 0, true),
                new Sticker(0.75, 0.75, 0.5, 0.5, 0, false))));
    Image seen = viewer.frame(0, 0);
    assertThat(red(seen, 12, 20)).isEqualTo(200);
    assertThat(red(seen, 26, 26)).isLessThan(30);
    assertThat(red(seen, 26, 14)).isEqualTo(GREY);
    assertThat(red(seen, 4, 20)).isEqualTo(GREY);
    long white = 0;
    for (int y = 8; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        white += red(seen, x, y) > 150 ? 1 : 0;
      }
    }
    assertThat((double) white / (24 * 24)).isCloseTo(0.5, within(0.03));
    assertThat(card().data()).isNotEqualTo(seen.data());
  }

  @Test
  void whatCannotBePutOnPhotographsIsRefusedByName() {
    SignViews.Viewer viewer = viewer();
    Graffiti dot = new Graffiti(List.of(new Stroke(List.of(new Point(0.5, 0.5)), 0.1, 0, 1)));
    assertThatThrownBy(() -> viewer.show(dot))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can be altered with stickers, not with Graffiti");
  }

  private static int red(Image image, int x, int y) {
    return image.data()[image.index(x, y)] & 0xff;
  }
}
