package io.stopline.evaluation.robustness;

/**
 * What became of the inputs of one class.
 *
 * @param name for people
 * @param inputs of the sample
 * @param clean right before anything was done to them
 * @param standing right when clean and after every attack
 */
public record ClassFigures(String name, long inputs, long clean, long standing) {}
