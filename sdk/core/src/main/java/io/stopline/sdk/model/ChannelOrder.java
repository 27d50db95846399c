package io.stopline.sdk.model;

import java.util.Locale;

/** In which order a model reads the colours of a pixel. Converters do not record it. */
public enum ChannelOrder {
  /** As PIL, TensorFlow and Keras read images. */
  RGB,
  /** As OpenCV's {@code imread} gives them, and as Caffe's models were trained. */
  BGR;

  /** As files and options are written: {@code rgb}, {@code bgr}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
