/**
 * Campaigns: drives, alterations and attackers as data, judged track by track, bare and guarded,
 * and gates that a release must pass.
 */
@NullMarked
package io.stopline.campaign.proving;

import org.jspecify.annotations.NullMarked;
