/** The embedded broker: who may connect, and what each may say and hear. */
@NullMarked
package io.stopline.fleet.internal.broker;

import org.jspecify.annotations.NullMarked;
