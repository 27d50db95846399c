package io.stopline.studio.demo;

import io.stopline.campaign.SignCrop;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is really there in one frame of a drive, as far as it concerns the main sign.
 *
 * @param frame 0-based
 * @param seconds since the first frame, as filmed
 * @param metres along the road to the sign's pole
 * @param width of the picture, px
 * @param height of the picture, px
 * @param sign null if it is not in the picture
 */
record FilmedFrame(
    int frame, double seconds, double metres, int width, int height, @Nullable SignTruth sign) {

  /** All frames of a drive towards the first sign of its scenario. */
  static List<FilmedFrame> of(DriveRenderer drive) {
    double pole = drive.scenario().signs().get(0).alongMetres();
    int width = drive.scenario().camera().width();
    int height = drive.scenario().camera().height();
    List<FilmedFrame> frames = new ArrayList<>();
    for (int i = 0; i < drive.frames(); i++) {
      GroundTruth truth = drive.truth(i);
      SignTruth main =
          truth.signs().stream().filter(sign -> sign.sign() == 0).findFirst().orElse(null);
      frames.add(
          new FilmedFrame(i, truth.seconds(), pole - truth.alongMetres(), width, height, main));
    }
    return frames;
  }

  /** Whether the sign is near enough, and far enough inside the picture, that it must be read. */
  boolean isNear() {
    return sign != null && SignCrop.isNear(sign);
  }

  /** How well a region that somebody drew about a sign fits this one; 0 if it is about another. */
  double fit(Region region) {
    return sign == null ? 0 : SignCrop.overlap(sign, region, width, height);
  }
}
