package io.stopline.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes a certificate authority and certificates under it with the JDK's keytool, as PEM files. */
public final class Certificates {

  private static final String PASSWORD = "test-only";

  private final Path folder;

  /** An authority of this name. */
  public Certificates(Path folder, String name) throws Exception {
    this.folder = Files.createDirectories(folder);
    keytool("ca", name, "-ext", "bc:c=ca:true");
    writePem(authority(), "CERTIFICATE", store().getCertificate("ca").getEncoded());
  }

  public Path authority() {
    return folder.resolve("authority.pem");
  }

  public Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  public Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** Issues a certificate for {@code CN=name}; an extension may be a host's alternative name. */
  public void issue(String name, String... extensions) throws Exception {
    List<String> options = new ArrayList<>(List.of("-signer", "ca"));
    for (String extension : extensions) {
      options.addAll(List.of("-ext", extension));
    }
    keytool(name, name, options.toArray(new String[0]));
    writePem(certificate(name), "CERTIFICATE", store().getCertificate(name).getEncoded());
    writePem(key(name), "PRIVATE KEY", store().getKey(name, PASSWORD.toCharArray()).getEncoded());
    Files.setPosixFilePermissions(key(name), PosixFilePermissions.fromString("rw-------"));
  }

  private KeyStore store() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(folder.resolve("store.p12").toFile(), PASSWORD.toCharArray());
  }

  private static void writePem(Path file, String type, byte[] content) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }

  private void keytool(String alias, String commonName, String... options)
      throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(program, "-genkeypair", "-alias", alias));
    command.addAll(List.of("-dname", "CN=" + commonName, "-validity", "2"));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(List.of("-keystore", folder.resolve("store.p12").toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(Arrays.asList(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool for '" + alias + "' failed: " + output);
    }
  }
}
