package io.stopline.campaign.detection;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Frames of rendered drives, so that a finder also finds what the simulator shows. Each drive is to
 * another sign, on another road, in another light; the 43 classes come in turn. Stateless.
 */
final class RenderedRoads {

  /** Frames of each drive: one far from the sign, one near. */
  private static final int FRAMES = 2;

  /** Smaller signs need not be found, px of height. */
  private static final double SMALLEST = 16;

  /** Of a sign that is cut or covered more there is too little to be found. */
  private static final double VISIBLE = 0.75;

  /** Keeps these drives apart from every drive that a user names by a small seed. */
  private static final long STREAM = 0x726f6164;

  private RenderedRoads() {}

  /**
   * A frame.
   *
   * @param name for messages
   * @param image as the camera sends it
   * @param signs what stands in it; those that are too small, cut or covered are of no class
   */
  record Rendered(String name, Image image, List<SignBox> signs) {}

  /**
   * Films drives; the same seed gives the same frames.
   *
   * @param drives how many; 0 for none
   */
  static List<Rendered> film(int drives, long seed) {
    return IntStream.range(0, drives)
        .parallel()
        .boxed()
        .flatMap(d -> drive(d % Approach.CLASSES, RandomStream.derive(seed, STREAM + d)).stream())
        .toList();
  }

  private static List<Rendered> drive(int signClass, long seed) {
    DriveRenderer drive = DriveRenderer.of(Approach.to(signClass, seed));
    RandomStream random = new RandomStream(seed);
    int first = 0;
    while (first < drive.frames() - 1 && highest(drive, first) < SMALLEST) {
      first++;
    }
    List<Rendered> frames = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      // Signs grow as one over the distance: the later a part of the drive, the larger they are.
      double at = (i + random.nextDouble()) / FRAMES;
      int frame = Math.min(drive.frames() - 1, first + (int) (at * (drive.frames() - first)));
      String name = "drive to class %d from seed %d, frame %d".formatted(signClass, seed, frame);
      frames.add(
          new Rendered(name, ImageFiles.decode(drive.jpeg(frame), name), signs(drive, frame)));
    }
    return frames;
  }

  private static double highest(DriveRenderer drive, int frame) {
    return drive.truth(frame).signs().stream().mapToDouble(SignTruth::heightPixels).max().orElse(0);
  }

  private static List<SignBox> signs(DriveRenderer drive, int frame) {
    return drive.truth(frame).signs().stream()
        .filter(s -> s.signClass() >= 0)
        .map(
            s ->
                new SignBox(
                    s.box(),
                    s.heightPixels() >= SMALLEST && s.visibleShare() >= VISIBLE
                        ? s.signClass()
                        : SignBox.OTHER))
        .toList();
  }
}
