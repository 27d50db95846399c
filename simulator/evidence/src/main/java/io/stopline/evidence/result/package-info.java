/** The reports that commands wrote: what each is, whether it belongs, and its figures. */
@NullMarked
package io.stopline.evidence.result;

import org.jspecify.annotations.NullMarked;
