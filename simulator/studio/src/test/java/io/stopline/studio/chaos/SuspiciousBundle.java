package io.stopline.studio.chaos;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.PolicyText;
import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A bundle and tracks with a certain outcome: each track is one incident. */
public final class SuspiciousBundle {

  static final int FRAMES_PER_TRACK = 3;

  private SuspiciousBundle() {}

  /** A track of noise, on which no two models agree. */
  static void addTrack(Path images, int number) throws IOException {
    Random noise = new Random(number);
    Path whole = images.resolve("track%03d".formatted(number));
    Files.createDirectories(whole);
    for (int frame = 0; frame < FRAMES_PER_TRACK; frame++) {
      Image image = Image.black(32, 32);
      noise.nextBytes(image.data());
      ImageFiles.writePng(image, whole.resolve(frame + ".png"));
    }
  }

  /** The shipped models under a calibration by which any doubt at all makes a track suspect. */
  public static Path make(Path folder) throws IOException {
    return make(folder, false, 0.0);
  }

  /** The shipped models with the toy finder and verifier, by which no score makes a suspicion. */
  public static Path withVerifier(Path folder) throws IOException {
    return make(folder, true, 1.0);
  }

  private static Path make(Path folder, boolean finder, double score) throws IOException {
    Path shipped =
        Path.of(System.getProperty("stopline.root", ".."), "firmware-config/bundles/traffic-signs");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = folder.resolve(shipped.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
    Path policy = folder.resolve("policies/int8.yaml");
    // A busy machine must not turn verdicts into abstentions.
    String text = PolicyText.plain().replaceAll("deadlineMillis: \\d+", "deadlineMillis: 5000");
    Files.writeString(policy, finder ? ToyModels.using(text) : ToyModels.withoutFinder(text));
    if (finder) {
      ToyModels.addTo(folder);
    }
    Bundle bundle = withoutCalibration(folder);
    String file = bundle.policy("int8").calibration();
    Map<String, String> models = bundle.learnt(bundle.policy("int8"));
    new BundleWriter(folder)
        .writeCalibration(
            file,
            new CalibrationFile(
                "int8",
                bundle.policy("int8").policy().sha256(),
                models,
                "made up",
                "0".repeat(64),
                "none",
                200,
                1,
                List.copyOf(Collections.nCopies(200, score))));
    BundleWriter.reseal(folder);
    return folder;
  }

  /** The shipped calibration does not belong to the changed policy. */
  private static Bundle withoutCalibration(Path folder) throws IOException {
    Path calibrations = folder.resolve("calibrations");
    if (Files.isDirectory(calibrations)) {
      Files.deleteIfExists(calibrations.resolve("int8.yaml"));
    }
    return BundleWriter.reseal(folder);
  }
}
