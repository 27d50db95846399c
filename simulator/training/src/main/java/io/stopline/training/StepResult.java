package io.stopline.training;

/**
 * What one training step saw, for progress and for guards against collapse.
 *
 * @param loss mean over the batch of what was minimised
 * @param right images that were labelled right as they came; where that would cost a pass of its
 *     own, where the method's attack began (a random point beside the image)
 * @param rightAttacked images that were labelled right after the method's own attack or noise;
 *     equals {@code right} for methods that have none
 * @param count images in the batch
 */
public record StepResult(double loss, int right, int rightAttacked, int count) {}
