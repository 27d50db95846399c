@org.jspecify.annotations.NullMarked
package io.stopline.campaign.proving;
