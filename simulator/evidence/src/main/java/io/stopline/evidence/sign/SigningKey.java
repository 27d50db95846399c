package io.stopline.evidence.sign;

import io.stopline.telemetry.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;

/** An Ed25519 private key (RFC 8032). Immutable and thread-safe. */
public final class SigningKey {

  private static final String TYPE = "PRIVATE KEY";

  private final PrivateKey key;
  private final VerifyingKey verifying;

  private SigningKey(PrivateKey key, VerifyingKey verifying) {
    this.key = key;
    this.verifying = verifying;
  }

  /** A new key, kept in memory alone until {@link #write}. */
  public static SigningKey generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new SigningKey(pair.getPrivate(), new VerifyingKey(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks Ed25519", e);
    }
  }

  /**
   * Reads a PKCS#8 key in PEM, which its owner alone may read.
   *
   * @throws KeyException if it is none, or others can read it
   */
  public static SigningKey read(Path file) {
    byte[] pem = PemText.read(file);
    try {
      PrivateFile.require(file);
    } catch (IOException e) {
      throw new KeyException(String.valueOf(e.getMessage()), e);
    }
    byte[] der = PemText.block(pem, TYPE, file.toString());
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
      return new SigningKey(key, publicOf(key, file));
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "'%s' is no Ed25519 private key (PKCS#8); make one: ./stopline evidence keys --out NAME"
              .formatted(file),
          e);
    }
  }

  /**
   * The JDK derives a public key only when it makes a pair. Its generator takes the 32 secret bytes
   * from its source of randomness, so the key's own bytes as that source give the key's own pair; a
   * signature proves it.
   */
  private static VerifyingKey publicOf(PrivateKey key, Path file) throws GeneralSecurityException {
    if (!(key instanceof EdECPrivateKey edwards)) {
      throw new KeyException("'%s' is no Ed25519 key".formatted(file));
    }
    byte[] secret =
        edwards
            .getBytes()
            .orElseThrow(() -> new KeyException("'%s' hides its secret".formatted(file)));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new GivenBytes(secret));
    SigningKey made =
        new SigningKey(key, new VerifyingKey(generator.generateKeyPair().getPublic()));
    byte[] probe = {1, 2, 3};
    try {
      made.verifying.verify(probe, made.sign(probe));
    } catch (BadSignatureException e) {
      throw new KeyException("this Java runtime cannot tell the public key of '" + file + "'", e);
    }
    return made.verifying;
  }

  /**
   * Writes the key for its owner alone (mode 0600), never over what is there.
   *
   * @throws KeyException if there is such a file, or it cannot be written
   */
  public void write(Path file) {
    byte[] pem = PemText.of(TYPE, key.getEncoded()).getBytes(StandardCharsets.US_ASCII);
    try {
      Path folder = file.toAbsolutePath().normalize().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.createFile(file, PrivateFile.ownerOnly(file));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(pem);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
    } catch (FileAlreadyExistsException e) {
      throw new KeyException(
          "key '%s' exists and is not written over: what it signed could not be told from what the new one signs; name another file"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new KeyException(
          "key '%s' cannot be written (%s); name a file in a folder that you may write to"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** The public half. */
  public VerifyingKey verifying() {
    return verifying;
  }

  /** 64 bytes, always the same for the same bytes. */
  byte[] sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot sign with Ed25519", e);
    }
  }

  /** Gives the bytes that it was made with. */
  private static final class GivenBytes extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    GivenBytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] wanted) {
      if (wanted.length != bytes.length) {
        throw new IllegalStateException(wanted.length + " bytes were asked for");
      }
      System.arraycopy(bytes, 0, wanted, 0, wanted.length);
    }
  }
}
