package io.stopline.training;

/**
 * Something that happened while training and that a reader of its figures must know, such as
 * catastrophic overfitting and what the method did about it.
 *
 * @param epoch epochs done at that time, with a fraction
 * @param text what happened, for people
 */
public record TrainingEvent(double epoch, String text) {}
