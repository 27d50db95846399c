package io.stopline.evaluation.road;

import io.stopline.sdk.image.Region;

/**
 * Something that a finder took for a sign.
 *
 * @param box as tight as the finder knows it, px; what is compared with the true boxes
 * @param crop what the finder hands to the guard: the box and what it adds around it, px
 * @param probability that the finder gives it, 0..1; 1 from a finder that knows none
 */
public record Find(Region box, Region crop, double probability) {}
