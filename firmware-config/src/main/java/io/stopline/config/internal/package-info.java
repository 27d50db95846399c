/** Reading YAML with line numbers and checking it against JSON Schema. Not for callers. */
@NullMarked
package io.stopline.config.internal;

import org.jspecify.annotations.NullMarked;
