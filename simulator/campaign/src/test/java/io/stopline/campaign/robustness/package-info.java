@NullMarked
package io.stopline.campaign.robustness;

import org.jspecify.annotations.NullMarked;
