package io.stopline.campaign.detectorattack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.Base64;

/**
 * What a painting changed of a frame: the smallest rectangle of all changed pixels, and what they
 * are now. So it can be put into the frame again, by whoever resumes the run. Immutable.
 *
 * @param region of the frame, px
 * @param pixels of the region
 * @param changed how many of them differ from the frame's
 */
record Overlay(Region region, Image pixels, long changed) {

  /**
   * Compares two frames of one size.
   *
   * @return of one unchanged pixel if nothing changed
   */
  static Overlay between(Image before, Image after) {
    int left = before.width();
    int top = before.height();
    int right = -1;
    int bottom = -1;
    long changed = 0;
    for (int y = 0; y < before.height(); y++) {
      for (int x = 0; x < before.width(); x++) {
        if (before.rgb(x, y) != after.rgb(x, y)) {
          changed++;
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = y;
        }
      }
    }
    Region region =
        changed == 0
            ? new Region(0, 0, 1, 1)
            : new Region(left, top, right - left + 1, bottom - top + 1);
    return new Overlay(region, after.view(region).copy(), changed);
  }

  /** Paints it into a frame, which is changed. */
  void onto(Image frame) {
    for (int y = 0; y < region.height(); y++) {
      System.arraycopy(
          pixels.data(),
          pixels.index(0, y),
          frame.data(),
          frame.index(region.x(), region.y() + y),
          3 * region.width());
    }
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("x", region.x())
        .put("y", region.y())
        .put("changed", changed)
        .put("png", Base64.getEncoder().encodeToString(ImageFiles.encodePng(pixels)));
  }

  static Overlay of(JsonNode node) {
    Image pixels =
        ImageFiles.decode(
            Base64.getDecoder().decode(node.get("png").asText()), "painting of a run folder");
    return new Overlay(
        new Region(node.get("x").asInt(), node.get("y").asInt(), pixels.width(), pixels.height()),
        pixels,
        node.get("changed").asLong());
  }
}
