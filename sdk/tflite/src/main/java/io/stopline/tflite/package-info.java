/** TensorFlow Lite on the JVM: verified loading, interpreters, delegates. */
@NullMarked
package io.stopline.tflite;

import org.jspecify.annotations.NullMarked;
