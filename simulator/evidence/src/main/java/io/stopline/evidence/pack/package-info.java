/** Making a pack: its documents and the folder. */
@NullMarked
package io.stopline.evidence.pack;

import org.jspecify.annotations.NullMarked;
