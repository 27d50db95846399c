package io.stopline.evaluation.model;

import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.InputEncoding;
import java.util.List;
import java.util.Locale;

/** The ways in which published image models are fed, by name. */
public enum PixelRange {
  /** 0..1. */
  UNIT(0, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
  /** −1..1, as MobileNet and Inception in Keras. */
  SIGNED(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
  /** 0..255, no normalisation. */
  RAW(0, 255, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
  /** 0..1, then less ImageNet's mean and over its deviation, as PyTorch's models. */
  IMAGENET(0, 1, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225)),
  /** 0..255 less ImageNet's mean, as VGG and ResNet in Keras and Caffe, which read blue first. */
  CAFFE(0, 255, List.of(123.68, 116.779, 103.939), List.of(1.0, 1.0, 1.0));

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
  private final InputEncoding encoding;

  PixelRange(double low, double high, List<Double> mean, List<Double> deviation) {
    this.encoding = new InputEncoding(low, high, mean, deviation);
  }

  /** As numbers, for this order of channels. */
  public InputEncoding encoding(ChannelOrder order) {
    return encoding.with(order);
  }

  /** As options are written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
