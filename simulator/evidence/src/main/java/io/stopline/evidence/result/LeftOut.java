package io.stopline.evidence.result;

/**
 * A given file that is not in the pack.
 *
 * @param file as it was given
 * @param why in words
 * @param foreign whether it is a report of ours that does not belong to the item under test; else
 *     it is nothing that a pack takes
 */
public record LeftOut(String file, String why, boolean foreign) {}
