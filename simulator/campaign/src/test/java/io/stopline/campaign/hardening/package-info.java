@NullMarked
package io.stopline.campaign.hardening;

import org.jspecify.annotations.NullMarked;
