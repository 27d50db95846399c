/** Drives through photographs of real roads: what finder, tracker and guard make of them. */
@NullMarked
package io.stopline.campaign.stills;

import org.jspecify.annotations.NullMarked;
