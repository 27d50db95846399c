/** The fleet monitor: ingest, storage, review, page. */
@NullMarked
package io.stopline.fleet;

import org.jspecify.annotations.NullMarked;
