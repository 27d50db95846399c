package io.stopline.evaluation.export;

/**
 * A camera whose optical axis meets the middle of the picture, with radial distortion (Brown 1971):
 * {@code r' = r (1 + k1 r² + k2 r⁴)} on the normalised image plane.
 *
 * @param focalPixels focal length, px
 * @param k1 first radial coefficient
 * @param k2 second radial coefficient
 */
public record PinholeCamera(double focalPixels, double k1, double k2) {}
