/** Hardens a model file: recipes, before and after, the report and the card that go with it. */
@NullMarked
package io.stopline.campaign.hardening;

import org.jspecify.annotations.NullMarked;
