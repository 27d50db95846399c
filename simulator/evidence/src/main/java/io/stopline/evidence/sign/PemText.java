package io.stopline.evidence.sign;

import io.stopline.config.files.GivenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One PEM block of a file (RFC 7468). */
final class PemText {

  private static final int MAX_BYTES = 16 << 10;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private PemText() {}

  static byte[] read(Path file) {
    String problem = GivenFile.problem(file, MAX_BYTES);
    if (!problem.isEmpty()) {
      throw new KeyException("key '%s' %s; name a PEM file".formatted(file, problem));
    }
    try {
      return GivenFile.read(file, MAX_BYTES);
    } catch (IOException e) {
      throw new KeyException("key '%s' cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * What a block of a type holds.
   *
   * @throws KeyException if there is none, or more than one block
   */
  static byte[] block(byte[] bytes, String type, String where) {
    Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.US_ASCII));
    if (!block.find() || !block.group(1).equals(type)) {
      throw new KeyException(
          "'%s' holds no '-----BEGIN %s-----'; give an Ed25519 key in PEM, as 'stopline evidence keys' writes it"
              .formatted(where, type));
    }
    String body = block.group(2);
    if (block.find()) {
      throw new KeyException("'%s' holds more than one PEM block; give one key".formatted(where));
    }
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new KeyException("'%s' is damaged; copy it again".formatted(where), e);
    }
  }

  static String of(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), type);
  }
}
