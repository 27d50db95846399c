package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.format.FileBytes;
import io.stopline.evidence.json.PackJson;
import java.nio.charset.StandardCharsets;

/**
 * A file of a pack.
 *
 * @param path relative, with slashes
 * @param bytes all of it
 * @param mediaType of these bytes
 * @param role what it is for, in words
 */
record PackFile(String path, FileBytes bytes, String mediaType, String role) {

  static PackFile json(String path, JsonNode tree, String role) {
    return new PackFile(path, new FileBytes(PackJson.bytes(tree)), "application/json", role);
  }

  static PackFile text(String path, String text, String mediaType, String role) {
    return new PackFile(
        path, new FileBytes(text.getBytes(StandardCharsets.UTF_8)), mediaType, role);
  }

  /** The media type by the end of a name; bytes where it says nothing. */
  static String mediaType(String name) {
    String end = name.substring(name.lastIndexOf('.') + 1);
    return switch (end) {
      case "json" -> "application/json";
      case "sarif" -> "application/sarif+json";
      case "xml" -> "application/xml";
      case "csv" -> "text/csv";
      case "html" -> "text/html";
      case "md" -> "text/markdown";
      case "yaml" -> "application/yaml";
      case "txt" -> "text/plain";
      case "pem", "pub" -> "application/x-pem-file";
      default -> "application/octet-stream";
    };
  }
}
