package io.stopline.yaml;

/**
 * One thing that is wrong in a file.
 *
 * @param line 1-based
 * @param message what is wrong and how to cure it
 */
public record Problem(int line, String message) {}
