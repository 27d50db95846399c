/** From hostile bytes to committed incidents and their acknowledgements. */
@NullMarked
package io.stopline.fleet.internal.ingest;

import org.jspecify.annotations.NullMarked;
