package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriveUpTest {

  private final ShapeColourProposer proposer = new ShapeColourProposer();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theEmptyRoadHasNothingThatLooksLikeASign(long seed) {
    DriveUp drive = new DriveUp(seed);
    assertThat(proposer.propose(Pictures.decode(Pictures.jpeg(drive.filmEmpty(0))))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SignFace.class)
  void aSignIsFoundWhereItStands(SignFace face) {
    DriveUp drive = new DriveUp(face.label());
    ArtSign sign = new ArtSign(face);
    int last = DriveUp.FRAMES - 1;
    DriveUp.Pose pose = drive.pose(last);
    Image frame = Pictures.decode(Pictures.jpeg(drive.film(last, sign.picture(last, List.of()))));
    List<Region> found = proposer.propose(frame);
    assertThat(found).hasSize(1);
    Region r = found.get(0);
    assertThat(r.x() + r.width() / 2.0).isBetween(pose.x() - 12, pose.x() + 12);
    assertThat(r.y() + r.height() / 2.0).isBetween(pose.y() - 16, pose.y() + 16);
  }

  @Test
  void theSignComesNearerAndStaysInTheFrame() {
    DriveUp drive = new DriveUp(9);
    double size = 0;
    for (int i = 0; i < DriveUp.FRAMES; i++) {
      DriveUp.Pose pose = drive.pose(i);
      assertThat(pose.size()).isGreaterThan(size);
      size = pose.size();
      assertThat(pose.x() + size / 2).isLessThan(DriveUp.WIDTH);
      assertThat(pose.y() - size / 2).isGreaterThan(0);
    }
    assertThat(size).isBetween(100.0, 140.0);
  }

  @Test
  void aDriveRepeatsAndStickersChangeNothingButTheSign() {
    ArtSign sign = new ArtSign(SignFace.STOP);
    List<Sticker> stickers = List.of(new Sticker(0.5, 0.5, 0.3, 0.2, 10, false));
    BufferedImage clean = new DriveUp(4).film(50, sign.picture(50, List.of()));
    BufferedImage again = new DriveUp(4).film(50, sign.picture(50, List.of()));
    BufferedImage altered = new DriveUp(4).film(50, sign.picture(50, stickers));
    DriveUp.Pose pose = new DriveUp(4).pose(50);
    int changed = 0;
    for (int y = 0; y < DriveUp.HEIGHT; y++) {
      for (int x = 0; x < DriveUp.WIDTH; x++) {
        assertThat(again.getRGB(x, y)).isEqualTo(clean.getRGB(x, y));
        if (altered.getRGB(x, y) != clean.getRGB(x, y)) {
          changed++;
          assertThat(Math.hypot(x - pose.x(), y - pose.y())).isLessThan(pose.size() * 0.6);
        }
      }
    }
    // The sticker covers 6 % of the sign's square; blur adds a rim.
    double area = pose.size() * pose.size();
    assertThat(changed / area).isBetween(0.05, 0.10);
  }

  @Test
  void whatIsSeenThroughAWindowIsThePartOfTheFrame() {
    DriveUp drive = new DriveUp(4);
    ArtSign sign = new ArtSign(SignFace.STOP);
    Region window = StickerSearch.window(drive.pose(50));
    BufferedImage frame = drive.film(50, sign.picture(50, List.of()));
    BufferedImage part = drive.film(50, sign.picture(50, List.of()), window);
    long difference = 0;
    for (int y = 2; y < window.height() - 2; y++) {
      for (int x = 2; x < window.width() - 2; x++) {
        int a = frame.getRGB(window.x() + x, window.y() + y) >> 8 & 0xff;
        int b = part.getRGB(x, y) >> 8 & 0xff;
        difference += Math.abs(a - b);
      }
    }
    // All but the noise is the same.
    assertThat(difference / (double) window.area()).isLessThan(6);
  }
}
