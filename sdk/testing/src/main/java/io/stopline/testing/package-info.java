/** What the tests of all modules share; nothing here ships. */
@NullMarked
package io.stopline.testing;

import org.jspecify.annotations.NullMarked;
