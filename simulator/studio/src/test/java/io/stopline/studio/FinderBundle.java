package io.stopline.studio;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.testing.PolicyText;
import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The shipped bundle with a plain policy, the toy finder and the toy verifier; no track is ever
 * suspect.
 */
final class FinderBundle {

  private FinderBundle() {}

  /** The shipped bundle, its policy "int8" with the toy finder and verifier. */
  static Path in(Path folder) throws IOException {
    return make(folder, ToyModels::using, 1);
  }

  /**
   * The shipped bundle, its policy "int8" with colour and shape in place of finder and verifier.
   */
  static Path byColourAndShape(Path folder) throws IOException {
    return byColourAndShape(folder, "", 1);
  }

  /**
   * The same with more in its policy.
   *
   * @param score of each calibration track
   */
  static Path byColourAndShape(Path folder, String added, double score) throws IOException {
    return make(folder, policy -> ToyModels.withoutFinder(policy) + added, score);
  }

  private static Path make(Path folder, UnaryOperator<String> finder, double score)
      throws IOException {
    Path shipped =
        Path.of(System.getProperty("stopline.root", "."), "firmware-config/bundles/traffic-signs");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path file : files.toList()) {
        Path to = folder.resolve(shipped.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
    Path policy = folder.resolve("policies/int8.yaml");
    Files.writeString(policy, finder.apply(PolicyText.plain()));
    ToyModels.addTo(folder);
    Files.deleteIfExists(folder.resolve("calibrations/int8.yaml"));
    Bundle bundle = BundleWriter.reseal(folder);
    new BundleWriter(folder)
        .writeCalibration(
            bundle.policy("int8").calibration(),
            new CalibrationFile(
                "int8",
                bundle.policy("int8").policy().sha256(),
                bundle.learnt(bundle.policy("int8")),
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
