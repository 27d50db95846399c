package io.stopline.studio.camera;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.scene.camera.Pixel;
import java.util.List;

/** Ground truth as JSON, as {@code drive} writes it and the camera serves it. */
public final class TruthJson {

  private TruthJson() {}

  /**
   * One frame.
   *
   * @param labels names of the classes, by index; a class without one gets none
   */
  public static ObjectNode of(GroundTruth truth, List<String> labels) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("frame", truth.frame())
            .put("seconds", truth.seconds());
    // Distances are not known in a photograph.
    if (!Double.isNaN(truth.alongMetres())) {
      node.put("alongMetres", truth.alongMetres());
    }
    ArrayNode signs = node.putArray("signs");
    for (SignTruth s : truth.signs()) {
      ObjectNode sign = signs.addObject().put("sign", s.sign()).put("class", s.signClass());
      if (s.signClass() >= 0 && s.signClass() < labels.size()) {
        sign.put("label", labels.get(s.signClass()));
      }
      if (s.pretendedClass() >= 0) {
        sign.put("pretendedClass", s.pretendedClass());
      }
      sign.putArray("box")
          .add(s.box().x())
          .add(s.box().y())
          .add(s.box().width())
          .add(s.box().height());
      ArrayNode corners = sign.putArray("corners");
      for (Pixel p : s.corners()) {
        corners.addArray().add(p.x()).add(p.y());
      }
      if (!Double.isNaN(s.distanceMetres())) {
        sign.put("distanceMetres", s.distanceMetres());
      }
      sign.put("heightPixels", s.heightPixels()).put("visibleShare", s.visibleShare());
    }
    return node;
  }
}
