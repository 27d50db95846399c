package io.stopline.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {

  @TempDir Path folder;

  private Path secret(String text, String mode) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void aSeedKeyIsMadeOnceAndIsPrivate() throws Exception {
    byte[] first = SecretFiles.seedKey(folder.resolve("state"));
    assertThat(first).hasSize(32);
    assertThat(SecretFiles.seedKey(folder.resolve("state"))).isEqualTo(first);
    assertThat(SecretFiles.seedKey(folder.resolve("other"))).isNotEqualTo(first);
    Path file = folder.resolve("state/seed.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rwx------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> SecretFiles.seedKey(folder.resolve("state")))
        .isInstanceOf(BadSetupException.class)
        .hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.write(file, new byte[5]);
    assertThatThrownBy(() -> SecretFiles.seedKey(folder.resolve("state")))
        .hasMessageContaining("5 bytes");
  }

  @Test
  void credentialsAreUserAndPasswordOrThePasswordAlone() throws Exception {
    SecretFiles.Credentials both =
        SecretFiles.credentials(secret("username=car\npassword=geheim\n", "rw-------"));
    assertThat(both.user()).isEqualTo("car");
    assertThat(both.password()).isEqualTo("geheim");
    assertThat(both.toString()).doesNotContain("geheim");
    SecretFiles.Credentials alone = SecretFiles.credentials(secret("ge=heim\n", "r--------"));
    assertThat(alone.user()).isEmpty();
    assertThat(alone.password()).isEqualTo("ge=heim");
  }

  @Test
  void whatOthersCanReadOrIsNoneIsRefused() throws Exception {
    Path readable = secret("geheim", "rw-r-----");
    assertThatThrownBy(() -> SecretFiles.credentials(readable))
        .hasMessageContaining("rw-r-----")
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining("geheim");
    Path empty = secret("username=car\n\n#\n", "rw-------");
    assertThatThrownBy(() -> SecretFiles.credentials(empty)).hasMessageContaining("password");
    assertThatThrownBy(() -> SecretFiles.credentials(folder.resolve("none")))
        .hasMessageContaining("does not exist");
  }
}
