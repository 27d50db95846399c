package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Something that a pack should hold and this one does not.
 *
 * @param id stable, for tools
 * @param what is missing, in words
 * @param why it matters: what cannot be said without it
 * @param command that makes it, ready to be typed but for names in capitals; or what to do
 */
public record Missing(String id, String what, String why, String command) {

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("what", what)
        .put("why", why)
        .put("command", command);
  }
}
