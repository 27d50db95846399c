package io.stopline.campaign.robustness;

import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.Fill;
import io.stopline.sdk.transform.TransformChain;
import java.util.List;

/**
 * Transforms that were once published as defences by themselves and are known to be broken: what a
 * harness must break to be believed (Athalye, Carlini and Wagner 2018, section 5).
 */
public enum Defence {
  /** Random resizing and padding (Xie et al. 2018, section 3.2: 299 to 331 of 331 px). */
  RESIZE_PAD("resize-pad", true),
  /** JPEG's quantisation (Guo et al. 2018, section 4.1: quality 75). */
  DCT("dct", false);

  private static final double SMALLEST_SIDE = 299.0 / 331;
  private static final int QUALITY = 75;

  private final String id;
  private final boolean random;

  Defence(String id, boolean random) {
    this.id = id;
    this.random = random;
  }

  /** As the command line writes it. */
  public String id() {
    return id;
  }

  /** Whether it draws. */
  public boolean random() {
    return random;
  }

  /** The transform. */
  TransformChain chain() {
    return new TransformChain(
        id,
        List.of(
            this == RESIZE_PAD
                ? new CropResizePad(SMALLEST_SIDE, 1, Fill.BLACK)
                : new DctQuantisation(QUALITY, QUALITY)));
  }
}
