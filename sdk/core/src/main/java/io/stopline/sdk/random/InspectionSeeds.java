package io.stopline.sdk.random;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * One seed an inspection, from AES as a keyed function of a start-up nonce and a counter. Whoever
 * knows code, policy and any number of published seeds still cannot tell the next one without the
 * key. Belongs to one thread.
 */
public final class InspectionSeeds {

  /** Key length, bytes (AES-256). */
  public static final int KEY_BYTES = 32;

  private final Cipher cipher;
  private final byte[] block = new byte[16];
  private final byte[] out = new byte[32];
  private final ByteBuffer blockView = ByteBuffer.wrap(block);
  private final ByteBuffer outView = ByteBuffer.wrap(out);
  private long counter;

  /**
   * @param key 32 secret bytes, one key a device
   * @param nonce differs at each start of the process, so that no counter value is used twice
   */
  public InspectionSeeds(byte[] key, long nonce) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "seed key has %d bytes; it needs %d".formatted(key.length, KEY_BYTES));
    }
    try {
      cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES-256", e);
    }
    blockView.putLong(0, nonce);
  }

  /** A fresh random key and nonce: unpredictable, not reproducible. */
  public static InspectionSeeds random() {
    SecureRandom random = new SecureRandom();
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return new InspectionSeeds(key, random.nextLong());
  }

  /** Seeds that repeat, for tests, benchmarks and evaluation runs; never for a vehicle. */
  public static InspectionSeeds reproducible(long seed) {
    byte[] key = new byte[KEY_BYTES];
    ByteBuffer.wrap(key).putLong(24, seed);
    return new InspectionSeeds(key, 0);
  }

  /** The next seed. */
  public long next() {
    blockView.putLong(8, counter++);
    try {
      // One whole block in, one whole block out: an independent value a counter.
      cipher.update(block, 0, 16, out, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
    return outView.getLong(0);
  }
}
