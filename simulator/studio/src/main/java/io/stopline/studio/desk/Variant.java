package io.stopline.studio.desk;

import io.stopline.scene.scenario.Scenario;
import java.nio.file.Path;

/**
 * One filming of a drive.
 *
 * @param kind {@code clean}, {@code attacked} or {@code benign}
 * @param scenario what is filmed
 * @param file that holds it, for {@code stopline drive}
 */
record Variant(String kind, Scenario scenario, Path file) {

  static final String CLEAN = "clean";
  static final String ATTACKED = "attacked";
  static final String BENIGN = "benign";
}
