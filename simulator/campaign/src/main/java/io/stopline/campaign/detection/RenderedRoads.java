package io.stopline.campaign.detection;

import io.stopline.attacks.Options;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Approaches;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Frames of rendered drives, so that a finder also finds what the simulator shows. Each drive is to
 * another sign, on another road, in another light; the 43 classes come in turn. Stateless.
 */
final class RenderedRoads {

  /** Frames of each drive: one far from the sign, one near. */
  private static final int FRAMES = 2;

  /** Drives that are filmed side by side. */
  private static final int AT_ONCE = 16;

  /** Smaller signs need not be found, px of height. */
  private static final double SMALLEST = 16;

  /** Of a sign that is cut or covered more there is too little to be found. */
  private static final double VISIBLE = 0.75;

  /** Keep these drives apart from each other and from every drive that a user names. */
  private static final long STREAM = 0x726f6164;

  private static final long HARD_STREAM = 0x68617264;

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
   * How many drives are filmed.
   *
   * @param plain on dry days
   * @param hard on which a sign is hard to read ({@link Approach#hardToRead})
   */
  record Drives(int plain, int hard) {

    private static final String PLAIN = "rendered.drives";
    private static final String HARD = "rendered.hard";
    private static final int MOST = 10_000;

    /** As the settings of a training say. */
    static Drives of(Options options) {
      return new Drives(options.integer(PLAIN, 0, 0, MOST), options.integer(HARD, 0, 0, MOST));
    }

    /** Whether a setting says how many. */
    static boolean named(String setting) {
      return setting.equals(PLAIN) || setting.equals(HARD);
    }

    /** By name, for reports and checkpoints. */
    Map<String, String> settings() {
      Map<String, String> settings = new LinkedHashMap<>();
      settings.put(PLAIN, Integer.toString(plain));
      settings.put(HARD, Integer.toString(hard));
      return settings;
    }
  }

  /**
   * Films drives; the same seed gives the same frames, in the same order.
   *
   * @param to is given each frame, from this thread; few are in memory at once
   */
  static void film(Drives drives, long seed, Consumer<Rendered> to) {
    film(drives.plain(), STREAM, Approach::to, seed, to);
    film(drives.hard(), HARD_STREAM, Approach::hardToRead, seed, to);
  }

  private static void film(
      int drives, long stream, Approaches approaches, long seed, Consumer<Rendered> to) {
    for (int first = 0; first < drives; first += AT_ONCE) {
      IntStream.range(first, Math.min(drives, first + AT_ONCE))
          .parallel()
          .mapToObj(
              d -> drive(approaches, d % Approach.CLASSES, RandomStream.derive(seed, stream + d)))
          .toList()
          .forEach(frames -> frames.forEach(to));
    }
  }

  private static List<Rendered> drive(Approaches approaches, int signClass, long seed) {
    DriveRenderer drive = DriveRenderer.of(approaches.to(signClass, seed));
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
