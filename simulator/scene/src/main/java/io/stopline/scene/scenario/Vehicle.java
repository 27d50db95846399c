package io.stopline.scene.scenario;

/**
 * Where the camera drives.
 *
 * @param speedMetresPerSecond above 0
 * @param fromMetres where along the road the first frame is taken
 * @param toMetres where the last one is, beyond {@code fromMetres}
 * @param curvaturePerMetre of the road, 1/radius; positive bends to the right; 0 is straight
 */
public record Vehicle(
    double speedMetresPerSecond, double fromMetres, double toMetres, double curvaturePerMetre) {}
