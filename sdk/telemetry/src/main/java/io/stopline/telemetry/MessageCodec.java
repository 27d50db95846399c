package io.stopline.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages to JSON bytes and back. What comes in is hostile until proven otherwise: size, depth and
 * text lengths are capped before anything is built, then the message's JSON Schema (draft 2020-12,
 * resources {@code schema/*.schema.json}) must hold, unknown keys refused. What goes out passes the
 * same schema, so that a fault shows where it was made. Doubles survive the trip exactly.
 *
 * <p>Safe for use by many threads.
 */
public final class MessageCodec {

  /** The largest incident, bytes of JSON. */
  public static final int MAX_INCIDENT_BYTES = 4 * 1024 * 1024;

  /** The largest message of any other kind, bytes of JSON. */
  public static final int MAX_CONTROL_BYTES = 64 * 1024;

  private static final int MAX_TEXT = 800 * 1024;
  private static final int MAX_SHOWN = 160;

  private final ObjectMapper mapper;
  private final Map<Class<? extends TelemetryMessage>, Schema> schemas = new LinkedHashMap<>();

  /** A codec; making one reads the schemas, so keep it. */
  public MessageCodec() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_INCIDENT_BYTES)
                    .maxNestingDepth(12)
                    .maxNumberLength(40)
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(64)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    mapper =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .addModule(instants())
            .build();
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            settings ->
                settings.schemaRegistryConfig(
                    SchemaRegistryConfig.builder()
                        .pathType(PathType.JSON_PATH)
                        .failFast(true)
                        .formatAssertionsEnabled(false)
                        .build()));
    schemas.put(IncidentMessage.class, load(registry, "incident"));
    schemas.put(BirthMessage.class, load(registry, "birth"));
    schemas.put(DeathMessage.class, load(registry, "death"));
    schemas.put(HealthMessage.class, load(registry, "health"));
    schemas.put(Acknowledgement.class, load(registry, "acknowledgement"));
  }

  /**
   * A message's JSON, UTF-8.
   *
   * @throws IllegalArgumentException if the message breaks its own schema or is larger than {@link
   *     #MAX_INCIDENT_BYTES} or {@link #MAX_CONTROL_BYTES}; the text says where
   */
  public byte[] encode(TelemetryMessage message) {
    String name = name(message.getClass());
    try {
      byte[] bytes = mapper.writeValueAsBytes(message);
      // Read back from the very bytes that will be sent, since a tree could differ from them.
      decode(message.getClass(), bytes);
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          name + " cannot be written as JSON: " + shorten(e.getOriginalMessage()), e);
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads a message.
   *
   * @param type which kind is expected
   * @param payload whatever arrived
   * @throws MalformedMessageException if the bytes are anything but a valid message of this kind;
   *     nothing else is thrown, whatever the bytes
   */
  public <T extends TelemetryMessage> T decode(Class<T> type, byte[] payload)
      throws MalformedMessageException {
    String name = name(type);
    int cap = maxBytes(type);
    if (payload.length > cap) {
      throw new MalformedMessageException(
          name, "$", payload.length + " bytes, of which at most " + cap + " are allowed");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      JsonNode tree = mapper.readTree(text);
      refuseWhatJavaCannotKeep(name, "$", tree);
      Schema schema = schemas.get(type);
      if (schema == null) {
        throw new IllegalStateException("no schema for " + type);
      }
      List<Error> broken = schema.validate(tree);
      if (!broken.isEmpty()) {
        Error first = broken.get(0);
        throw new MalformedMessageException(
            name,
            shorten(String.valueOf(first.getInstanceLocation())),
            shorten(first.getMessage()));
      }
      return mapper.treeToValue(tree, type);
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException(name, "$", "not UTF-8 text");
    } catch (JsonMappingException e) {
      throw new MalformedMessageException(name, place(e), shorten(e.getOriginalMessage()));
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "$" : "character " + e.getLocation().getCharOffset();
      throw new MalformedMessageException(name, place, shorten(e.getOriginalMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      // The libraries below were not written for hostile bytes; whatever they trip over is refused.
      throw new MalformedMessageException(name, "$", shorten(String.valueOf(e.getMessage())));
    }
  }

  /** The most bytes that a message of this kind may have. */
  public static int maxBytes(Class<? extends TelemetryMessage> type) {
    return type == IncidentMessage.class ? MAX_INCIDENT_BYTES : MAX_CONTROL_BYTES;
  }

  private static String name(Class<? extends TelemetryMessage> type) {
    return type.getSimpleName();
  }

  /** Numbers beyond a double's range become infinite, and lone surrogates cannot be sent on. */
  private static void refuseWhatJavaCannotKeep(String message, String place, JsonNode node)
      throws MalformedMessageException {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        refuseWhatJavaCannotKeep(message, place + "." + shorten(field.getKey()), field.getValue());
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        refuseWhatJavaCannotKeep(message, place + "[" + i + "]", node.get(i));
      }
    } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new MalformedMessageException(message, place, "number out of a double's range");
    } else if (node.isBigInteger()) {
      throw new MalformedMessageException(message, place, "number out of 64 bits");
    } else if (node.isTextual()
        && !StandardCharsets.UTF_8.newEncoder().canEncode(node.textValue())) {
      throw new MalformedMessageException(message, place, "text that is not valid Unicode");
    }
  }

  private static String place(JsonMappingException e) {
    StringBuilder place = new StringBuilder("$");
    for (JsonMappingException.Reference reference : e.getPath()) {
      if (reference.getFieldName() == null) {
        place.append('[').append(reference.getIndex()).append(']');
      } else {
        place.append('.').append(reference.getFieldName());
      }
    }
    return shorten(place.toString());
  }

  /** A piece of a hostile message as a log, a page or a refusal may show it. */
  private static String shorten(String text) {
    String shown = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    return VisibleText.of(shown);
  }

  private static Schema load(SchemaRegistry registry, String name) {
    String resource = "schema/" + name + ".schema.json";
    try (InputStream in = MessageCodec.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "resource '" + resource + "' is missing from the telemetry jar; build it again");
      }
      return registry.getSchema(in);
    } catch (IOException e) {
      throw new UncheckedIOException("resource '" + resource + "' cannot be read", e);
    }
  }

  private static SimpleModule instants() {
    return new SimpleModule("instants")
        .addSerializer(
            Instant.class,
            new JsonSerializer<Instant>() {
              @Override
              public void serialize(
                  Instant value, JsonGenerator generator, SerializerProvider provider)
                  throws IOException {
                generator.writeString(value.toString());
              }
            })
        .addDeserializer(
            Instant.class,
            new JsonDeserializer<Instant>() {
              @Override
              public Instant deserialize(JsonParser parser, DeserializationContext context)
                  throws IOException {
                String text = parser.getText();
                try {
                  return Instant.parse(text);
                } catch (DateTimeException e) {
                  throw context.weirdStringException(text, Instant.class, "no such time");
                }
              }
            });
  }
}
