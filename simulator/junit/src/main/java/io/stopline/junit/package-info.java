/**
 * Drives as JUnit tests: one annotation, an invocation a seed, and a failure that says how to see
 * it again. For JUnit 5 and 6.
 */
@NullMarked
package io.stopline.junit;

import org.jspecify.annotations.NullMarked;
