/** The runtime contract over the official TensorFlow Lite Java API for Android. */
@NullMarked
package io.stopline.android;

import org.jspecify.annotations.NullMarked;
