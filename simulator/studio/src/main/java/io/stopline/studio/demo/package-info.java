/**
 * The demonstration: a drawn road with a sign, a camera that films it, and the processes around.
 */
@NullMarked
package io.stopline.studio.demo;

import org.jspecify.annotations.NullMarked;
