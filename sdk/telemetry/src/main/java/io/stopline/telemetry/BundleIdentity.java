package io.stopline.telemetry;

/**
 * Which bundle a device runs.
 *
 * @param name for people
 * @param sha256 of its manifest, lower-case hexadecimal
 */
public record BundleIdentity(String name, String sha256) {}
