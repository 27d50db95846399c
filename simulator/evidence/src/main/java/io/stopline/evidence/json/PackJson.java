package io.stopline.evidence.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON of evidence packs. Reading refuses what two readers could understand differently (a key
 * twice, bytes that are no UTF-8, something behind the end) and what is made to exhaust a reader
 * (depth, length). Writing gives the same bytes for the same tree on every machine. Thread-safe.
 */
public final class PackJson {

  /** Deeper trees are refused. */
  public static final int MAX_DEPTH = 64;

  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_DIGITS = 400;

  private static final ObjectMapper STRICT =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_TEXT)
                          .maxNumberLength(MAX_DIGITS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final ObjectWriter WRITER =
      STRICT.writer(
          new DefaultPrettyPrinter()
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  private PackJson() {}

  /**
   * Reads one document.
   *
   * @throws UnreadableJsonException if it is anything else; nothing else is thrown, whatever the
   *     bytes
   */
  public static JsonNode read(byte[] bytes) throws UnreadableJsonException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode tree = STRICT.readTree(text);
      if (tree instanceof MissingNode) {
        throw new UnreadableJsonException("it is empty", new IOException("no content"));
      }
      return tree;
    } catch (CharacterCodingException e) {
      throw new UnreadableJsonException("it is no UTF-8 text", e);
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : "line %d, column %d: "
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new UnreadableJsonException(where + firstLine(e.getOriginalMessage()), e);
    } catch (RuntimeException | StackOverflowError e) {
      // The parser was not written for hostile bytes; whatever it trips over is refused.
      throw new UnreadableJsonException(firstLine(String.valueOf(e.getMessage())), e);
    }
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("it cannot be read");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  /** A document as a file: indented by two, line feeds, one at the end, UTF-8. */
  public static byte[] bytes(JsonNode tree) {
    try {
      return (WRITER.writeValueAsString(tree) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot be written as JSON", e);
    }
  }
}
