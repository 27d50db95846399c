package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * What came of a search for a patch.
 *
 * @param texels of all patches, one behind the other, HWC, 0..1
 * @param frames one a target, with the patches as planned, in 8 bits
 * @param reached what the judge says of those frames
 * @param steps that were taken, over all restarts
 * @param looks how many windows the terms, or how many frames the detector, looked at
 */
@SuppressWarnings("ArrayRecordComponent") // a patch is handed on, not compared
public record PatchResult(
    float[] texels, List<Image> frames, boolean reached, int steps, long looks) {

  public PatchResult {
    frames = List.copyOf(frames);
  }
}
