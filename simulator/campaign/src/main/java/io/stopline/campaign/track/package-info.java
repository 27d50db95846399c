/**
 * One alteration of one sign for a whole approach, found by gradients through the sign's plane over
 * all near frames, and judged on the exact renderer or photographs, files and guard.
 */
@NullMarked
package io.stopline.campaign.track;

import org.jspecify.annotations.NullMarked;
