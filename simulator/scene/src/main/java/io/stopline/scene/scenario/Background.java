package io.stopline.scene.scenario;

import java.nio.file.Path;

/** What stands behind the signs. */
public sealed interface Background {

  /** A roadside made from the scenario's seed: road, verge, sky, trees, poles. */
  record Procedural() implements Background {}

  /**
   * A photograph from a folder, chosen by the scenario's seed, or the file itself.
   *
   * @param path a JPEG or PNG file, or a folder of them
   */
  record Photographs(Path path) implements Background {}
}
