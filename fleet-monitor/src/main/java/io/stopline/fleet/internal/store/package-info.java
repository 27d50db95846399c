/** What the fleet said and what people decided, in one SQLite file. */
@NullMarked
package io.stopline.fleet.internal.store;

import org.jspecify.annotations.NullMarked;
