package io.stopline.config;

import io.stopline.sdk.check.AppearanceTable;

/**
 * What signs look like, as a bundle has it.
 *
 * @param name of the manifest's file without {@code .yaml}; policies refer to it
 * @param file of the table's data, relative to the bundle
 * @param sha256 of the manifest, which holds that of the data; lower-case hexadecimal
 * @param labels file of class names, relative to the bundle
 * @param table ready to judge by
 */
public record AppearanceManifest(
    String name, String file, String sha256, String labels, AppearanceTable table) {}
