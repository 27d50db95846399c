package io.stopline.studio.demo;

/**
 * What the bare ensemble makes of the main sign in one frame.
 *
 * @param label the class that it names
 * @param probability of that class, 0..1, mean of the members
 * @param trueProbability of the sign's true class, 0..1
 */
record BareVerdict(int label, double probability, double trueProbability) {}
