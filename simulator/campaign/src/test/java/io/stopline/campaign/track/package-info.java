@NullMarked
package io.stopline.campaign.track;

import org.jspecify.annotations.NullMarked;
