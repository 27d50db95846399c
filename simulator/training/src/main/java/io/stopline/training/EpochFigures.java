package io.stopline.training;

/**
 * A look at the weights during training.
 *
 * @param epoch epochs done at that time; a fraction where the time limit ended one early
 * @param loss mean over the epoch's batches of what the method minimises
 * @param trainClean share of augmented training images that were right as they came
 * @param trainAttacked share that was right after the method's own attack
 * @param clean share of all validation images that are right; NaN if this epoch was not looked at
 * @param robust share of the validation sample that PGD cannot make wrong; NaN if not measured
 * @param score what the choice of weights goes by; NaN if this epoch was not looked at
 * @param best whether this was the best score so far
 * @param rate learning rate of the epoch's last step
 * @param seconds training time so far, of all runs together
 */
public record EpochFigures(
    double epoch,
    double loss,
    double trainClean,
    double trainAttacked,
    double clean,
    double robust,
    double score,
    boolean best,
    double rate,
    double seconds) {}
