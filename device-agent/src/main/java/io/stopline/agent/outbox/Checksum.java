package io.stopline.agent.outbox;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What tells a stored incident from a damaged one: a CRC-32 over identifier, bytes and the reason
 * of a refusal. Files of the first format hold one over the bytes alone, and are still read.
 */
final class Checksum {

  /** Set in all that covers more than the bytes; a plain CRC-32 never reaches it. */
  private static final long COVERS_ALL = 1L << 32;

  private Checksum() {}

  /** The checksum to store. */
  static long of(String id, byte[] payload, @Nullable String refused) {
    CRC32 crc = new CRC32();
    crc.update(id.getBytes(StandardCharsets.UTF_8));
    crc.update(payload);
    if (refused != null) {
      crc.update(refused.getBytes(StandardCharsets.UTF_8));
    }
    return COVERS_ALL | crc.getValue();
  }

  /** Whether a row is what was stored. */
  static boolean holds(
      long stored, @Nullable String id, byte @Nullable [] payload, @Nullable String refused) {
    if (id == null || payload == null || !isIdentifier(id)) {
      return false;
    }
    return stored == (stored >= COVERS_ALL ? of(id, payload, refused) : plain(payload));
  }

  /** A CRC-32, for what is no incident. */
  static long plain(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static boolean isIdentifier(String text) {
    return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }
}
