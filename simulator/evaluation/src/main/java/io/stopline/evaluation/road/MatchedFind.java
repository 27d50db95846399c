package io.stopline.evaluation.road;

/**
 * A find and what it is.
 *
 * @param find as the finder gave it
 * @param score by which finds are ranked and cut off, 0..1
 * @param kind by the true boxes
 * @param sign index of the sign in the frame that it is on, or −1
 * @param overlap intersection over union of the find's box and the nearest true box, 0..1
 */
public record MatchedFind(Find find, double score, FindKind kind, int sign, double overlap) {}
