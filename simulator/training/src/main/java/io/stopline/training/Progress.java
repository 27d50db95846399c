package io.stopline.training;

import java.time.Duration;

/**
 * Where training stands after a step.
 *
 * @param epoch the one under way, from 1
 * @param epochs of the plan
 * @param step steps of the optimiser so far
 * @param steps of the plan
 * @param loss mean over this epoch so far
 * @param trainClean share of this epoch's images so far that were right as they came
 * @param trainAttacked share that was right after the method's own attack
 * @param elapsed training time, of all runs together
 * @param left estimate of the time until the plan is fulfilled; the limit may end it before
 */
public record Progress(
    int epoch,
    int epochs,
    long step,
    long steps,
    double loss,
    double trainClean,
    double trainAttacked,
    Duration elapsed,
    Duration left) {}
