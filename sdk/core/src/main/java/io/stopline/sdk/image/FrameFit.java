package io.stopline.sdk.image;

import java.util.Locale;

/** How a frame is fitted into an input of another size. */
public enum FrameFit {
  /** One factor for both axes, at the top left, the rest grey: see {@link FrameScaler}. */
  TOP_LEFT,
  /** One factor for both axes, in the middle, the rest grey (114, as YOLO exports have it). */
  LETTERBOX,
  /** A factor of its own for each axis: the frame fills the input and is squeezed. */
  STRETCH;

  /** As manifests and options have it, such as {@code top-left}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
