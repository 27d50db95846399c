package io.stopline.scene.scenario;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Phantom;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A road sign on its pole.
 *
 * @param signClass of the German traffic sign benchmark, 0..42
 * @param photograph a picture that is its face instead of the drawn art, with the class's outline;
 *     null for the art
 * @param alongMetres of the pole
 * @param lateralMetres of its centre
 * @param heightMetres of its centre above the road
 * @param sizeMetres of its larger side, 0.2..2
 * @param yawDegrees turned about the pole, 0 faces the oncoming vehicle, positive turns its face
 *     towards the road's left
 * @param rollDegrees about its own axis
 * @param wear 0 (new) to 1 (faded and dirty)
 * @param alteration on its face; null for none
 */
public record Sign(
    int signClass,
    @Nullable Path photograph,
    double alongMetres,
    double lateralMetres,
    double heightMetres,
    double sizeMetres,
    double yawDegrees,
    double rollDegrees,
    double wear,
    @Nullable Alteration alteration) {

  /** Whether no sign stands here, but a picture is thrown on something. */
  public boolean isPhantom() {
    return alteration instanceof Phantom;
  }

  /** The same sign with another face alteration; null takes it off. */
  public Sign with(@Nullable Alteration other) {
    return new Sign(
        signClass,
        photograph,
        alongMetres,
        lateralMetres,
        heightMetres,
        sizeMetres,
        yawDegrees,
        rollDegrees,
        wear,
        other);
  }
}
