@NullMarked
package io.stopline.campaign.model;

import org.jspecify.annotations.NullMarked;
