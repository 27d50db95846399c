package io.stopline.campaign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import java.util.List;

/**
 * What models and guard make of one frame of a drive.
 *
 * @param frame 0-based
 * @param signs all that are in the picture
 * @param incidents raised with this frame, usually none
 * @param objects that the pipeline follows, on signs and elsewhere, oldest first
 */
public record FrameJudgement(
    int frame,
    List<SignJudgement> signs,
    List<Incident> incidents,
    List<FrameResult.TrackedObject> objects) {

  public FrameJudgement {
    signs = List.copyOf(signs);
    incidents = List.copyOf(incidents);
    objects = List.copyOf(objects);
  }

  /** A frame in which nothing is followed. */
  public FrameJudgement(int frame, List<SignJudgement> signs, List<Incident> incidents) {
    this(frame, signs, incidents, List.of());
  }

  /** For reports: the signs, and the number of incidents. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("frame", frame);
    ArrayNode list = node.putArray("signs");
    signs.forEach(sign -> list.add(sign.toJson()));
    return node.put("incidents", incidents.size());
  }
}
