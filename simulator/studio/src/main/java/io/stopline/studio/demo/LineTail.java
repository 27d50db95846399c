package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a file that somebody else still writes: each call gives the JSON objects, one a line, that
 * were added since. Other lines and one that is not ended yet are left alone. For one thread.
 */
final class LineTail {

  private final ObjectMapper mapper = new ObjectMapper();
  private final Path file;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private long position;

  LineTail(Path file) {
    this.file = file;
  }

  List<JsonNode> next() throws IOException {
    List<JsonNode> found = new ArrayList<>();
    if (!Files.exists(file)) {
      return found;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(position);
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (channel.read(buffer) > 0) {
        position += buffer.position();
        for (int i = 0; i < buffer.position(); i++) {
          byte b = buffer.get(i);
          if (b == '\n') {
            take(begun.toString(StandardCharsets.UTF_8).strip(), found);
            begun.reset();
          } else {
            begun.write(b);
          }
        }
        buffer.clear();
      }
    }
    return found;
  }

  private void take(String line, List<JsonNode> into) throws IOException {
    if (line.startsWith("{") && line.endsWith("}")) {
      into.add(mapper.readTree(line));
    }
  }
}
