@NullMarked
package io.stopline.sdk.model;

import org.jspecify.annotations.NullMarked;
