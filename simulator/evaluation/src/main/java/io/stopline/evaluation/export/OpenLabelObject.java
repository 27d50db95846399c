package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One object over all frames: what it is, and where its data are. Belongs to one thread. */
final class OpenLabelObject {

  /** The type of what was found and never given a label. */
  static final String UNREAD = "unread";

  private final String uid;
  private final String source;
  private final String name;
  private String type = UNREAD;
  private final List<Integer> frames = new ArrayList<>();
  private final Map<String, Pointer> pointers = new LinkedHashMap<>();

  /** Where one of its data is. */
  private record Pointer(String type, List<Integer> frames) {}

  OpenLabelObject(String uid, String source, String name) {
    this.uid = uid;
    this.source = source;
    this.name = name;
  }

  String uid() {
    return uid;
  }

  /** Gives it a type, in place of an earlier one: what was read last counts. */
  void call(String label) {
    type = label;
  }

  /** Its data in the next frame that shows it. */
  OpenLabelData in(int frame) {
    frames.add(frame);
    return new OpenLabelData(
        (data, kind) ->
            pointers
                .computeIfAbsent(data, d -> new Pointer(kind, new ArrayList<>()))
                .frames
                .add(frame));
  }

  ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("type", type)
            .put("coordinate_system", OpenLabelText.CAMERA);
    node.set("frame_intervals", intervals(frames));
    node.putObject("object_data")
        .putArray("text")
        .addObject()
        .put("name", "source")
        .put("val", source);
    ObjectNode where = node.putObject("object_data_pointers");
    // Of what holds in all frames there is no interval.
    where.putObject("source").put("type", "text").putArray("frame_intervals");
    pointers.forEach(
        (data, pointer) ->
            where
                .putObject(data)
                .put("type", pointer.type())
                .set("frame_intervals", intervals(pointer.frames())));
    return node;
  }

  private static ArrayNode intervals(List<Integer> frames) {
    ArrayNode intervals = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < frames.size(); i++) {
      int start = frames.get(i);
      while (i + 1 < frames.size() && frames.get(i + 1) == frames.get(i) + 1) {
        i++;
      }
      intervals.addObject().put("frame_start", start).put("frame_end", frames.get(i));
    }
    return intervals;
  }
}
