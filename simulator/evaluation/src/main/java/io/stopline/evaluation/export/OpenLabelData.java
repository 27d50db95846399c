package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.BiConsumer;

/** The object data of one object in one frame. Belongs to one thread. */
final class OpenLabelData {

  private final ObjectNode node = JsonNodeFactory.instance.objectNode();
  private final BiConsumer<String, String> pointers;
  private int outlines;

  /**
   * @param pointers is told name and type of everything that is put
   */
  OpenLabelData(BiConsumer<String, String> pointers) {
    this.pointers = pointers;
  }

  void box(Box box) {
    add("bbox", "box")
        .put("coordinate_system", OpenLabelText.CAMERA)
        .putArray("val")
        .add(box.centreX())
        .add(box.centreY())
        .add(box.width())
        .add(box.height());
  }

  void outline(Outline outline) {
    outlines++;
    ArrayNode values =
        add("poly2d", outlines == 1 ? "outline" : "outline " + outlines)
            .put("coordinate_system", OpenLabelText.CAMERA)
            .put("mode", "MODE_POLY2D_ABSOLUTE")
            .put("closed", true)
            .putArray("val");
    outline.points().forEach(values::add);
  }

  void put(Attribute attribute) {
    if (attribute instanceof Attribute.Num n) {
      add("num", n.name()).put("val", n.value());
    } else if (attribute instanceof Attribute.Text t) {
      add("text", t.name()).put("val", t.value());
    } else if (attribute instanceof Attribute.Flag b) {
      add("boolean", b.name()).put("val", b.value());
    } else {
      throw new IllegalStateException("OpenLABEL does not know attribute " + attribute);
    }
  }

  private ObjectNode add(String type, String name) {
    pointers.accept(name, type);
    return node.withArray(type).addObject().put("name", name);
  }

  ObjectNode toJson() {
    return node;
  }
}
