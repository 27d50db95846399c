package io.stopline.evidence.sign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.json.UnreadableJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * DSSE envelopes (Dead Simple Signing Envelope, version 1) around in-toto statements, with one
 * signature. Stateless.
 */
public final class Envelope {

  /** Of the in-toto attestation framework's envelopes. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private Envelope() {}

  /** A statement, signed, as a file. */
  public static byte[] seal(JsonNode statement, SigningKey key) {
    byte[] payload = PackJson.bytes(statement);
    byte[] signature = key.sign(preAuthenticationEncoding(PAYLOAD_TYPE, payload));
    return file(payload, key.verifying().id(), signature);
  }

  private static byte[] file(byte[] payload, String keyId, byte[] signature) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("payload", Base64.getEncoder().encodeToString(payload));
    node.put("payloadType", PAYLOAD_TYPE);
    node.putArray("signatures")
        .addObject()
        .put("keyid", keyId)
        .put("sig", Base64.getEncoder().encodeToString(signature));
    return PackJson.bytes(node);
  }

  /**
   * The statement of an envelope that a key signed. The envelope must be written as {@link #seal}
   * writes it, to the last byte, so that no byte of it is beyond the signature's reach.
   *
   * @throws BadSignatureException if it is anything else
   */
  public static JsonNode open(byte[] file, VerifyingKey key) throws BadSignatureException {
    try {
      JsonNode node = PackJson.read(file);
      JsonNode signatures = node.path("signatures");
      if (!node.path("payloadType").asText().equals(PAYLOAD_TYPE)
          || !node.path("payload").isTextual()
          || signatures.size() != 1) {
        throw new BadSignatureException(
            "it is no DSSE envelope of type %s with one signature".formatted(PAYLOAD_TYPE));
      }
      byte[] payload = Base64.getDecoder().decode(node.path("payload").textValue());
      byte[] signature = Base64.getDecoder().decode(signatures.path(0).path("sig").asText());
      String keyId = signatures.path(0).path("keyid").asText();
      if (!keyId.equals(key.id())) {
        throw new BadSignatureException(
            "it is signed by key %s, not by %s".formatted(shown(keyId), shown(key.id())));
      }
      key.verify(preAuthenticationEncoding(PAYLOAD_TYPE, payload), signature);
      if (!Arrays.equals(file, file(payload, keyId, signature))) {
        throw new BadSignatureException("bytes of the envelope that are not signed were changed");
      }
      return PackJson.read(payload);
    } catch (UnreadableJsonException e) {
      throw new BadSignatureException("it is no JSON (" + e.getMessage() + ")", e);
    } catch (IllegalArgumentException e) {
      throw new BadSignatureException("its payload or signature is no base64", e);
    }
  }

  private static String shown(String keyId) {
    return keyId.matches("[0-9a-f]{16,}") ? keyId.substring(0, 16) : "without a key id";
  }

  /** PAE of DSSE version 1, section "protocol": what is signed. */
  static byte[] preAuthenticationEncoding(String type, byte[] payload) {
    byte[] head =
        "DSSEv1 %d %s %d "
            .formatted(type.getBytes(StandardCharsets.UTF_8).length, type, payload.length)
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }
}
