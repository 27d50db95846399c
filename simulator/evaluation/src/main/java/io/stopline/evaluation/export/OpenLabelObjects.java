package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** All objects of a file, numbered in the order in which they appear. Belongs to one thread. */
final class OpenLabelObjects {

  /** What tells objects apart: a sign and a track may be called the same. */
  private record Key(String source, String name) {}

  private final Map<Key, OpenLabelObject> objects = new LinkedHashMap<>();

  OpenLabelObject of(String source, String name) {
    return objects.computeIfAbsent(
        new Key(source, name),
        key -> new OpenLabelObject(Integer.toString(objects.size()), source, name));
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    objects.values().forEach(o -> node.set(o.uid(), o.toJson()));
    return node;
  }
}
