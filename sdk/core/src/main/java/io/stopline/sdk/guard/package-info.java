/** The guard: models, policy and checks behind one call, {@code inspect}. */
@NullMarked
package io.stopline.sdk.guard;

import org.jspecify.annotations.NullMarked;
