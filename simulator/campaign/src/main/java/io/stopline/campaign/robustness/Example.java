package io.stopline.campaign.robustness;

/**
 * An input that an attack has broken, kept for the report's pictures.
 *
 * @param id the input's
 * @param attack number of the attack
 * @param label that was named
 * @param change size of the change, L2
 * @param pixels the attacked image, HWC, 0..1
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
public record Example(int id, int attack, int label, double change, float[] pixels) {}
