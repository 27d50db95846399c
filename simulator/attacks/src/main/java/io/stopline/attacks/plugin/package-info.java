/** Attacks by name, third parties' among them: in process, or as a program of their own. */
@NullMarked
package io.stopline.attacks.plugin;

import org.jspecify.annotations.NullMarked;
