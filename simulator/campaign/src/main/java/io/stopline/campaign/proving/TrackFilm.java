package io.stopline.campaign.proving;

import io.stopline.campaign.FrameFilm;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Phantom;
import io.stopline.sdk.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One drive, filmed several times with other things on one sign. A frame is rendered once; of the
 * others only the part that the alteration can change. Belongs to one thread.
 */
final class TrackFilm {

  private final DriveRenderer clean;
  private final int sign;
  private final List<DriveRenderer> variants = new ArrayList<>();

  /**
   * @param sign its index in the scenario; what is on it is taken off
   * @param alterations one a variant; null for the clean sign. Phantoms, which no sign stands
   *     behind, are filmed among themselves
   */
  TrackFilm(DriveRenderer drive, int sign, List<? extends @Nullable Alteration> alterations) {
    Alteration least = alterations.get(0) instanceof Phantom phantom ? phantom : null;
    this.clean = drive.withAlteration(sign, least);
    this.sign = sign;
    for (Alteration alteration : alterations) {
      variants.add(
          Objects.equals(alteration, least) ? clean : clean.withAlteration(sign, alteration));
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
    Image plain = FrameFilm.whole(clean, frame);
    List<Image> pictures = new ArrayList<>();
    for (DriveRenderer variant : variants) {
      pictures.add(variant == clean ? plain : FrameFilm.altered(plain, variant, sign, frame));
    }
    return pictures;
  }
}
