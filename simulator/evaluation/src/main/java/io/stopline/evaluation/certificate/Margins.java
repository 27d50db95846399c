package io.stopline.evaluation.certificate;

/**
 * What one clean frame has to set against a square patch of a stated side, at one level. What
 * decides by yes or no has margins of 1 and −1.
 *
 * @param side of the largest patch that is covered, px
 * @param alarm how odd the frame looks under the label that the model names: an alarm if above τ
 * @param detection certified at τ if above τ: whatever a patch makes of the frame, a wrong label
 *     scores above τ. Below 0 wherever the right label does not lead without attack
 * @param recovery certified if above 0: the right label survives; NaN if it was not asked for
 */
public record Margins(Level level, int side, double alarm, double detection, double recovery) {

  /** Whether no patch can make a wrong label pass unnoticed. */
  public boolean detected(double threshold) {
    return detection > threshold;
  }

  /** Whether no patch can take the right label away. */
  public boolean recovered() {
    return recovery > 0;
  }
}
