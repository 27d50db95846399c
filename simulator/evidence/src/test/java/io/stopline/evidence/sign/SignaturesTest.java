package io.stopline.evidence.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and envelopes, against the vectors of their specifications. */
final class SignaturesTest {

  /** RFC 8410, section 10.3 and 10.1. */
  private static final String SECRET =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
      -----END PRIVATE KEY-----
      """;

  private static final String PUBLIC =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----
      """;

  @TempDir Path folder;

  private Path secret(String text) throws Exception {
    Path file =
        Files.createFile(
            folder.resolve("key.pem"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, text);
  }

  @Test
  void thePublicHalfIsToldFromTheSecretOne() throws Exception {
    SigningKey key = SigningKey.read(secret(SECRET));
    assertThat(new String(key.verifying().pem(), StandardCharsets.US_ASCII)).isEqualTo(PUBLIC);
  }

  @Test
  void whatIsSignedIsThePreAuthenticationEncoding() {
    // The vector of DSSE version 1, protocol.md.
    byte[] encoded =
        Envelope.preAuthenticationEncoding(
            "http://example.com/HelloWorld", "hello world".getBytes(StandardCharsets.UTF_8));
    assertThat(new String(encoded, StandardCharsets.UTF_8))
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  @Test
  void anEnvelopeOpensWithItsKeyAlone() throws Exception {
    SigningKey key = SigningKey.generate();
    ObjectNode statement = JsonNodeFactory.instance.objectNode().put("a", 1);
    byte[] envelope = Envelope.seal(statement, key);
    assertThat(Envelope.open(envelope, key.verifying())).isEqualTo(statement);
    assertThat(Envelope.seal(statement, key)).isEqualTo(envelope);
    assertThatThrownBy(() -> Envelope.open(envelope, SigningKey.generate().verifying()))
        .isInstanceOf(BadSignatureException.class)
        .hasMessageContaining("not by");
  }

  @Test
  void aKeyIsForItsOwnerAloneAndNeverWrittenOver() throws Exception {
    Path file = folder.resolve("keys/me.pem");
    SigningKey key = SigningKey.generate();
    key.write(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(SigningKey.read(file).verifying().id()).isEqualTo(key.verifying().id());
    String before = Files.readString(file);
    assertThatThrownBy(() -> SigningKey.generate().write(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("not written over");
    assertThat(file).hasContent(before);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> SigningKey.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void whatIsNoKeyIsNamed() throws Exception {
    Path file = secret("no key");
    assertThatThrownBy(() -> SigningKey.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("BEGIN PRIVATE KEY");
    Files.writeString(file, SECRET.replace("MC4CAQAw", "MC4CAQAx"));
    assertThatThrownBy(() -> SigningKey.read(file)).isInstanceOf(KeyException.class);
    Files.writeString(file, PUBLIC + PUBLIC);
    assertThatThrownBy(() -> VerifyingKey.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("more than one");
    assertThatThrownBy(() -> VerifyingKey.read(folder.resolve("none.pub")))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("does not exist");
  }
}
