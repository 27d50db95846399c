package io.stopline.fleet.internal.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in JSON, errors too. Safe for use by many threads. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final ObjectMapper mapper = new ObjectMapper();

  Answers() {
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build());
  }

  /** A request that cannot be answered as asked. */
  static final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    RequestException(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  ObjectNode object() {
    return mapper.createObjectNode();
  }

  JsonNode read(byte[] json) throws IOException {
    return mapper.readTree(json);
  }

  JsonNode read(String json) throws IOException {
    return mapper.readTree(json);
  }

  /** The JSON, or null if there is none. */
  @Nullable JsonNode readOrNull(@Nullable String json) throws IOException {
    return json == null ? null : mapper.readTree(json);
  }

  void answer(Context context, JsonNode node) {
    context.contentType("application/json");
    context.result(bytes(node));
  }

  void fail(Context context, int status, @Nullable String reason) {
    if (status >= 500) {
      LOG.error("{} {}: {}", context.method(), context.path(), reason);
    }
    context.status(status);
    errorBody(context, reason == null ? "failed" : reason);
  }

  /** An error's body, unless there is one already. */
  void errorBody(Context context, String reason) {
    String given = context.result();
    if (given == null || !given.startsWith("{")) {
      answer(context, mapper.createObjectNode().put("error", reason));
    }
  }

  /** The number that a text is. */
  static long number(@Nullable String text, long otherwise) throws RequestException {
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RequestException(400, "a number is expected");
    }
  }

  private byte[] bytes(JsonNode node) {
    try {
      return mapper.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
