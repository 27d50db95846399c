package io.stopline.evaluation.road;

import java.util.List;

/**
 * What finders and guard make of one frame.
 *
 * @param finds of the policy's finder, judged; best first
 * @param byColourAndShape finds of colour and shape; the same as {@code finds} where the policy has
 *     no detector
 * @param finderNanos how long the policy's finder took
 * @param colourNanos how long colour and shape took
 * @param verifierNanos how long the verifier took for all proposals; 0 where there is none
 */
record RoadLook(
    List<JudgedFind> finds,
    List<Find> byColourAndShape,
    long finderNanos,
    long colourNanos,
    long verifierNanos) {}
