package io.stopline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.testing.Certificates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords and keys that others can read are not used. */
final class PrivateFileTest {

  @TempDir Path folder;

  private Path secret(String mode) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "hunter2\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwxrwxrwx"})
  void whatOthersCanReadOrChangeIsRefused(String mode) throws IOException {
    Path file = secret(mode);
    assertThatThrownBy(() -> PrivateFile.require(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(mode)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining("hunter2");
    MqttSettings link =
        MqttSettings.to(URI.create("ssl://broker.example:8883"), "monitor")
            .credentialFile("monitor", file)
            .build();
    assertThatThrownBy(link::readPassword).hasMessageContaining("chmod 600 " + file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------"})
  void whatOnlyTheOwnerReadsIsUsed(String mode) throws IOException {
    Path file = secret(mode);
    assertThatCode(() -> PrivateFile.require(file)).doesNotThrowAnyException();
    MqttSettings link =
        MqttSettings.to(URI.create("ssl://broker.example:8883"), "monitor")
            .credentialFile("monitor", file)
            .build();
    assertThat(link.readPassword()).asString().isEqualTo("hunter2");
  }

  @Test
  void whatIsNoFileIsNamed() {
    assertThatThrownBy(() -> PrivateFile.require(folder)).hasMessageContaining("is no file");
    assertThatThrownBy(() -> PrivateFile.require(folder.resolve("none")))
        .hasMessageContaining("none' does not exist");
  }

  @Test
  void aPrivateKeyThatOthersCanReadIsNotUsed() throws Exception {
    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("car-1");
    TlsSettings tls =
        new TlsSettings(fleet.authority(), fleet.certificate("car-1"), fleet.key("car-1"));
    assertThat(tls.context()).isNotNull();
    Files.setPosixFilePermissions(fleet.key("car-1"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(tls::context)
        .isInstanceOf(PemException.class)
        .hasMessageContaining("car-1.key")
        .hasMessageContaining("chmod 600");
  }
}
