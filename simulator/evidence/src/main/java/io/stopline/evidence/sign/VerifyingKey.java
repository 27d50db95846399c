package io.stopline.evidence.sign;

import io.stopline.evaluation.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;

/** An Ed25519 public key (RFC 8032). Immutable and thread-safe. */
public final class VerifyingKey {

  private static final String TYPE = "PUBLIC KEY";

  private final PublicKey key;

  VerifyingKey(PublicKey key) {
    this.key = key;
  }

  /**
   * Reads a PEM file with a SubjectPublicKeyInfo.
   *
   * @throws KeyException if it is none, or of another algorithm
   */
  public static VerifyingKey read(Path file) {
    return of(PemText.read(file), file.toString());
  }

  /**
   * A key out of PEM text.
   *
   * @param where it comes from, for messages
   * @throws KeyException if it is no Ed25519 public key
   */
  public static VerifyingKey of(byte[] pem, String where) {
    byte[] der = PemText.block(pem, TYPE, where);
    try {
      PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
      if (!(key instanceof EdECPublicKey)) {
        throw new KeyException("'%s' is no Ed25519 key".formatted(where));
      }
      return new VerifyingKey(key);
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "'%s' is no Ed25519 public key; give one that 'stopline evidence keys' wrote"
              .formatted(where),
          e);
    }
  }

  /** As a PEM file. */
  public byte[] pem() {
    return PemText.of(TYPE, key.getEncoded()).getBytes(StandardCharsets.US_ASCII);
  }

  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal: the key id of signatures. */
  public String id() {
    return Sha256.of(key.getEncoded());
  }

  /**
   * Does nothing if the signature is this key's over these bytes.
   *
   * @throws BadSignatureException if it is not
   */
  public void verify(byte[] message, byte[] signature) throws BadSignatureException {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(message);
      if (!verifier.verify(signature)) {
        throw new BadSignatureException(
            "the signature is not by key %s over these bytes".formatted(id().substring(0, 16)));
      }
    } catch (GeneralSecurityException e) {
      throw new BadSignatureException("the signature is none of Ed25519", e);
    }
  }
}
