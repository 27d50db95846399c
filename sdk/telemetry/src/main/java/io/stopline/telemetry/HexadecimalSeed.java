package io.stopline.telemetry;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.HexFormat;

/** A 64-bit seed as 16 hexadecimal digits: readers that keep numbers as doubles lose bits. */
final class HexadecimalSeed {

  private HexadecimalSeed() {}

  static final class Serializer extends JsonSerializer<Long> {
    @Override
    public void serialize(Long value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeString(HexFormat.of().toHexDigits(value));
    }
  }

  static final class Deserializer extends JsonDeserializer<Long> {
    @Override
    public Long deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      String text = parser.getText();
      try {
        return HexFormat.fromHexDigitsToLong(text);
      } catch (IllegalArgumentException e) {
        throw context.weirdStringException(text, Long.class, "not 16 hexadecimal digits");
      }
    }
  }
}
