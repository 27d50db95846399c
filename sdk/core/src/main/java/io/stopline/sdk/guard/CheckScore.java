package io.stopline.sdk.guard;

/**
 * What one check found.
 *
 * @param check its name
 * @param nonconformity 0 (as clean data are) to 1; NaN if the check did not get to look
 */
public record CheckScore(String check, double nonconformity) {}
