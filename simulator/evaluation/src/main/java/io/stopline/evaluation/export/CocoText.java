package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Frames as Microsoft COCO has them (cocodataset.org, "data format", object detection; "results
 * format", object detection). All ids count from 1: the reference evaluation takes an annotation 0
 * for none. Stateless.
 */
final class CocoText {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private CocoText() {}

  /** The ground truth. */
  static ObjectNode truth(FrameSet set) {
    ObjectNode root = JSON.objectNode();
    root.putObject("info")
        .put("description", set.name())
        .put("version", set.version())
        .put("contributor", "Stopline")
        .put("command", set.command());
    root.putArray("licenses");
    ArrayNode images = root.putArray("images");
    ArrayNode annotations = root.putArray("annotations");
    ArrayNode categories = root.putArray("categories");
    List<String> names = set.categories();
    for (int c = 0; c < names.size(); c++) {
      categories
          .addObject()
          .put("id", c + 1)
          .put("name", names.get(c))
          .put("supercategory", "traffic sign");
    }
    for (int f = 0; f < set.frames().size(); f++) {
      ExportedFrame frame = set.frames().get(f);
      images
          .addObject()
          .put("id", f + 1)
          .put("width", frame.width())
          .put("height", frame.height())
          .put("file_name", frame.file());
      for (TrueObject object : frame.truth()) {
        ObjectNode annotation =
            annotations
                .addObject()
                .put("id", annotations.size())
                .put("image_id", f + 1)
                .put("category_id", names.indexOf(object.label()) + 1);
        annotation.set("bbox", numbers(object.box()));
        annotation.put("area", object.area()).put("iscrowd", object.judged() ? 0 : 1);
        ArrayNode polygons = annotation.putArray("segmentation");
        for (Outline outline : object.outlines()) {
          ArrayNode polygon = polygons.addArray();
          outline.points().forEach(polygon::add);
        }
        ObjectNode attributes = annotation.putObject("attributes").put("object", object.object());
        object.attributes().forEach(a -> put(attributes, a));
      }
    }
    return root;
  }

  /** What was found: a list, without what was given no label. */
  static ArrayNode detections(FrameSet set) {
    ArrayNode results = JSON.arrayNode();
    List<String> names = set.categories();
    for (int f = 0; f < set.frames().size(); f++) {
      for (Detected found : set.frames().get(f).detected()) {
        if (found.label() != null) {
          ObjectNode result =
              results
                  .addObject()
                  .put("image_id", f + 1)
                  .put("category_id", names.indexOf(found.label()) + 1);
          result.set("bbox", numbers(found.box()));
          result.put("score", found.score());
        }
      }
    }
    return results;
  }

  private static ArrayNode numbers(Box box) {
    return JSON.arrayNode().add(box.x()).add(box.y()).add(box.width()).add(box.height());
  }

  private static void put(ObjectNode node, Attribute attribute) {
    if (attribute instanceof Attribute.Num n) {
      node.put(n.name(), n.value());
    } else if (attribute instanceof Attribute.Text t) {
      node.put(t.name(), t.value());
    } else if (attribute instanceof Attribute.Flag b) {
      node.put(b.name(), b.value());
    } else {
      throw new IllegalStateException("COCO does not know attribute " + attribute);
    }
  }
}
