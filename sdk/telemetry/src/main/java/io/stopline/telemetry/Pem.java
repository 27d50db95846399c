package io.stopline.telemetry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and PKCS#8 keys from PEM files (RFC 7468) with the JDK alone. */
final class Pem {

  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private Pem() {}

  static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }

  static List<Certificate> certificates(Path file) throws PemException {
    List<Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      Matcher block = BLOCK.matcher(read(file));
      while (block.find()) {
        if (block.group(1).equals("CERTIFICATE")) {
          certificates.add(
              factory.generateCertificate(
                  new ByteArrayInputStream(Base64.getMimeDecoder().decode(block.group(2)))));
        }
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new PemException(
          "certificate in '" + file + "' is damaged: " + e.getMessage() + "; copy it again", e);
    }
    if (certificates.isEmpty()) {
      throw new PemException(
          "file '"
              + file
              + "' holds no certificate ('-----BEGIN CERTIFICATE-----'); give a PEM file");
    }
    return certificates;
  }

  /**
   * @param algorithm of the certificate's public key
   */
  static PrivateKey privateKey(Path file, String algorithm) throws PemException {
    try {
      PrivateFile.require(file);
    } catch (IOException e) {
      throw new PemException(String.valueOf(e.getMessage()), e);
    }
    Matcher block = BLOCK.matcher(read(file));
    String found = "no key";
    while (block.find()) {
      String type = block.group(1);
      if (type.equals("PRIVATE KEY")) {
        try {
          return KeyFactory.getInstance(algorithm)
              .generatePrivate(
                  new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(2))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          // The cause is left out: its text may show parts of the key.
          throw new PemException(
              "key in '" + file + "' is damaged or not of the certificate's kind, " + algorithm);
        }
      }
      if (type.endsWith("PRIVATE KEY")) {
        found = "a key of the form '" + type + "'";
      }
    }
    throw new PemException(
        "file '"
            + file
            + "' holds "
            + found
            + ", but PKCS#8 ('-----BEGIN PRIVATE KEY-----') is needed; convert it with"
            + " 'openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW'");
  }

  private static String read(Path file) throws PemException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new PemException(
            "file '" + file + "' is larger than " + MAX_BYTES + " bytes: no PEM file");
      }
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new PemException(
          "PEM file '" + file + "' cannot be read: " + e + "; check path and rights", e);
    }
  }
}
