@NullMarked
package io.stopline.campaign.certify;

import org.jspecify.annotations.NullMarked;
