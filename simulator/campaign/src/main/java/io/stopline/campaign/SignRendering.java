package io.stopline.campaign;

import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Approaches;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A clean sign as a camera on a drive of its own sees it ({@link Approach}): its own camera, light,
 * pose, speed, wear and roadside. Of the drive's frames that show the whole sign at least {@value
 * SignCrop#NEAR_PIXELS} px high, each is as likely. The frame goes through the sensor and JPEG; the
 * crop is {@link SignCrop}'s.
 *
 * @param signClass what it shows
 * @param driveSeed the same {@link Approaches} film it again from it
 * @param frame of that drive
 * @param heightPixels of the sign
 * @param light of the drive
 * @param crop the sign with a margin about it, in the camera's pixels
 */
record SignRendering(
    int signClass, long driveSeed, int frame, double heightPixels, Light light, Image crop) {

  /** What of a sign must be in the picture and uncovered for it to count as whole. */
  private static final double WHOLE = 0.999;

  /** JPEG of half colour resolution codes blocks of 16×16 px, each for itself. */
  private static final int BLOCK = 16;

  /** An approach without a frame to pick from is so rare that more of them are a fault. */
  private static final int ATTEMPTS = 20;

  /**
   * Films a sign.
   *
   * @param signClass 0..42
   * @param seed of everything about it
   */
  static SignRendering of(int signClass, long seed) {
    return of(Approach::to, signClass, seed, 1).get(0);
  }

  /**
   * Films several frames of one sign: most of the work is in the drive, which they share.
   *
   * @param drives such as {@code Approach::to}
   * @param most how many frames, at least 1; fewer if the drive has no more
   */
  static List<SignRendering> of(Approaches drives, int signClass, long seed, int most) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long driveSeed = RandomStream.derive(seed, attempt);
      Scenario scenario = drives.to(signClass, driveSeed);
      DriveRenderer drive = DriveRenderer.of(scenario);
      List<Seen> picked = pick(drive, new RandomStream(RandomStream.derive(driveSeed, 1)), most);
      if (!picked.isEmpty()) {
        return picked.stream()
            .map(
                seen ->
                    new SignRendering(
                        signClass,
                        driveSeed,
                        seen.frame(),
                        seen.truth().heightPixels(),
                        scenario.light(),
                        crop(drive, seen.frame(), seen.truth())))
            .toList();
      }
    }
    throw new IllegalStateException(
        "%d approaches to class %d from seed %d on show the whole sign %.0f px high in no frame"
            .formatted(ATTEMPTS, signClass, seed, SignCrop.NEAR_PIXELS));
  }

  /** Any frames that show the whole sign high enough, each as likely; none if none does. */
  private static List<Seen> pick(DriveRenderer drive, RandomStream random, int most) {
    List<Seen> picked = new ArrayList<>();
    // Draws without putting back, so that only as many frames are looked at as need be.
    int[] frames = IntStream.range(0, drive.frames()).toArray();
    for (int left = frames.length; left > 0 && picked.size() < most; left--) {
      int i = random.nextInt(left);
      int frame = frames[i];
      frames[i] = frames[left - 1];
      SignTruth truth = mainSign(drive, frame);
      if (truth != null
          && truth.heightPixels() >= SignCrop.NEAR_PIXELS
          && truth.visibleShare() >= WHOLE) {
        picked.add(new Seen(frame, truth));
      }
    }
    return picked;
  }

  private record Seen(int frame, SignTruth truth) {}

  private static @Nullable SignTruth mainSign(DriveRenderer drive, int frame) {
    return drive.truth(frame).signs().stream().filter(s -> s.sign() == 0).findFirst().orElse(null);
  }

  /**
   * The sign as it is on the frame's JPEG. Only the blocks about it are rendered and coded: the
   * same pixels as from the whole frame, since blocks know nothing of each other; one more block
   * all around keeps the decoder's smoothing of colours away from the cut.
   */
  static Image crop(DriveRenderer drive, int frame, SignTruth truth) {
    int width = drive.scenario().camera().width();
    int height = drive.scenario().camera().height();
    Region crop = SignCrop.around(truth, width, height);
    int left = Math.max(0, crop.x() / BLOCK * BLOCK - BLOCK);
    int top = Math.max(0, crop.y() / BLOCK * BLOCK - BLOCK);
    int right = Math.min(width, ceil(crop.x() + crop.width()) + BLOCK);
    int bottom = Math.min(height, ceil(crop.y() + crop.height()) + BLOCK);
    Image window = drive.renderWindow(frame, new Region(left, top, right - left, bottom - top));
    return JpegRound.trip(window, drive.scenario().camera().jpegQuality())
        .view(new Region(crop.x() - left, crop.y() - top, crop.width(), crop.height()))
        .copy();
  }

  private static int ceil(int pixels) {
    return (pixels + BLOCK - 1) / BLOCK * BLOCK;
  }
}
