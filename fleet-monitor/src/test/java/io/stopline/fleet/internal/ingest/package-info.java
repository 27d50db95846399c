@NullMarked
package io.stopline.fleet.internal.ingest;

import org.jspecify.annotations.NullMarked;
