package io.stopline.campaign.proving;

import io.stopline.campaign.JpegRound;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One drive, filmed several times with other things on one sign. A frame is rendered once; of the
 * others only the part that the alteration can change is, and lies exactly where the camera's JPEG
 * would have it: blocks of a JPEG do not depend on blocks beyond the next ones. Belongs to one
 * thread.
 */
final class TrackFilm {

  /** Blocks of a JPEG with halved colours. */
  private static final int BLOCK = 16;

  private final DriveRenderer clean;
  private final int sign;
  private final List<DriveRenderer> variants = new ArrayList<>();

  /**
   * @param sign its index in the scenario; what is on it is taken off
   * @param alterations one a variant; null for the clean sign
   */
  TrackFilm(DriveRenderer drive, int sign, List<? extends @Nullable Alteration> alterations) {
    this.clean = drive.withAlteration(sign, null);
    this.sign = sign;
    for (Alteration alteration : alterations) {
      variants.add(alteration == null ? clean : drive.withAlteration(sign, alteration));
    }
  }

  int frames() {
    return clean.frames();
  }

  GroundTruth truth(int frame) {
    return clean.truth(frame);
  }

  /** A frame of each variant, as it comes out of the camera's JPEG. */
  List<Image> pictures(int frame) {
    int quality = clean.scenario().camera().jpegQuality();
    Image plain = JpegRound.trip(clean.render(frame), quality);
    List<Image> pictures = new ArrayList<>();
    for (DriveRenderer variant : variants) {
      Region part = variant.alterable(frame, sign);
      pictures.add(
          part == null || variant == clean ? plain : patched(plain, variant, frame, part, quality));
    }
    return pictures;
  }

  private static Image patched(
      Image plain, DriveRenderer variant, int frame, Region part, int quality) {
    int width = plain.width();
    int height = plain.height();
    // Decoders smooth halved colours across a block's edge: the next blocks change as well, and
    // are right if those around them are there.
    Region blocks = grown(part, BLOCK, width, height);
    Region window = grown(part, 2 * BLOCK, width, height);
    Image seen = JpegRound.trip(variant.renderWindow(frame, window), quality);
    Image picture = plain.copy();
    for (int y = blocks.y(); y < blocks.y() + blocks.height(); y++) {
      System.arraycopy(
          seen.data(),
          seen.index(blocks.x() - window.x(), y - window.y()),
          picture.data(),
          picture.index(blocks.x(), y),
          3 * blocks.width());
    }
    return picture;
  }

  /** The blocks that a region touches, and as many more pixels around them. */
  private static Region grown(Region part, int more, int width, int height) {
    int left = Math.max(0, part.x() / BLOCK * BLOCK - more);
    int top = Math.max(0, part.y() / BLOCK * BLOCK - more);
    int right = Math.min(width, (part.x() + part.width() + BLOCK - 1) / BLOCK * BLOCK + more);
    int bottom = Math.min(height, (part.y() + part.height() + BLOCK - 1) / BLOCK * BLOCK + more);
    return new Region(left, top, right - left, bottom - top);
  }
}
