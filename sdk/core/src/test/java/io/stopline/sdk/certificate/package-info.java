@NullMarked
package io.stopline.sdk.certificate;

import org.jspecify.annotations.NullMarked;
