/**
 * Profiles, policies, manifests and calibrations as validated files; bundles; from bundle to guard.
 */
@NullMarked
package io.stopline.config;

import org.jspecify.annotations.NullMarked;
