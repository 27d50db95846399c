/** JSON as a pack has it: read strictly, written the same way each time. */
@NullMarked
package io.stopline.evidence.json;

import org.jspecify.annotations.NullMarked;
