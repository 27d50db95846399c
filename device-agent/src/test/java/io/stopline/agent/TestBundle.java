package io.stopline.agent;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.PolicyFile;
import io.stopline.testing.DetectorBundle;
import io.stopline.testing.PolicyText;
import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The shipped bundle's models under a calibration that makes the outcome certain. */
final class TestBundle {

  private TestBundle() {}

  /** Every track with any doubt at all is suspect. */
  static Path suspicious(Path folder) throws IOException {
    return make(folder, 0.0, false);
  }

  /** The same with the toy finder and the toy verifier. */
  static Path suspiciousWithFinder(Path folder) throws IOException {
    return make(folder, 0.0, true);
  }

  /** No track is ever suspect. */
  static Path trusting(Path folder) throws IOException {
    return make(folder, 1.0, false);
  }

  /** Somebody's detector guarded by itself; every track with any doubt at all is suspect. */
  static Path suspiciousDetector(Path folder) {
    DetectorBundle.write(folder);
    Bundle bundle = BundleWriter.reseal(folder);
    PolicyFile file = bundle.policy(null);
    new BundleWriter(folder)
        .writeCalibration(
            file.calibration(),
            new CalibrationFile(
                file.policy().name(),
                file.policy().sha256(),
                bundle.learnt(file),
                "made up",
                "0".repeat(64),
                "none",
                200,
                1,
                List.copyOf(Collections.nCopies(200, 0.0))));
    BundleWriter.reseal(folder);
    return folder;
  }

  private static Path make(Path folder, double score, boolean finder) throws IOException {
    Path shipped =
        Path.of(System.getProperty("stopline.root", ".."), "firmware-config/bundles/traffic-signs");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path to = folder.resolve(shipped.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          String text = to.toString();
          Files.copy(file, to);
          if (text.endsWith("policies/int8.yaml")) {
            // A busy machine must not turn verdicts into abstentions.
            String policy =
                PolicyText.plain().replaceAll("deadlineMillis: \\d+", "deadlineMillis: 5000");
            Files.writeString(
                to, finder ? ToyModels.using(policy) : ToyModels.withoutFinder(policy));
          }
        }
      }
    }
    if (finder) {
      ToyModels.addTo(folder);
    }
    // The shipped calibration does not belong to the changed policy.
    Files.deleteIfExists(folder.resolve("calibrations/int8.yaml"));
    Bundle bundle = BundleWriter.reseal(folder);
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
}
