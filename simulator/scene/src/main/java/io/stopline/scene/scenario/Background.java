package io.stopline.scene.scenario;

import java.nio.file.Path;

/** What stands behind the signs. */
public sealed interface Background {

  /**
   * A roadside made from the scenario's seed: road, verge, sky, trees, poles.
   *
   * @param graffiti share that is sprayed of a wall behind and beside each sign, 0..1; 0: no wall
   */
  record Procedural(double graffiti) implements Background {

    /** Without walls. */
    public Procedural() {
      this(0);
    }
  }

  /**
   * A photograph from a folder, chosen by the scenario's seed, or the file itself.
   *
   * @param path a JPEG or PNG file, or a folder of them
   */
  record Photographs(Path path) implements Background {}
}
