package io.stopline.telemetry;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom to trust and who to be under TLS. Host names are always verified.
 *
 * @param authorities PEM file of the certificate authorities to trust; null for the JVM's own
 * @param certificate PEM file with the own certificate, leaf first; null for none
 * @param key PEM file with its private key, PKCS#8, not encrypted, readable by its owner only; null
 *     for none
 */
public record TlsSettings(
    @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {

  /**
   * @throws IllegalArgumentException if only one of certificate and key is given
   */
  public TlsSettings {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "TLS needs both a certificate and its key, or neither; certificate is "
              + certificate
              + ", key is "
              + key);
    }
  }

  /**
   * A context for TLS 1.2 and 1.3.
   *
   * @throws PemException if a file cannot be read or used; the text names file and cure
   */
  public SSLContext context() throws PemException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities == null ? null : trustStore(authorities));
      KeyManager @Nullable [] keys = null;
      if (certificate != null && key != null) {
        // The password only guards the store in memory, which is never written.
        char[] password = new char[0];
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keyStore(certificate, key, password), password);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new PemException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /**
   * A key store in memory that trusts the authorities of a PEM file.
   *
   * @throws PemException if the file cannot be read or holds no certificate
   */
  public static KeyStore trustStore(Path authorities) throws PemException {
    try {
      KeyStore store = Pem.emptyStore();
      List<? extends java.security.cert.Certificate> certificates = Pem.certificates(authorities);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("authority-" + i, certificates.get(i));
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new PemException("certificates in '" + authorities + "' cannot be used", e);
    }
  }

  /**
   * A key store in memory with one key and its certificates.
   *
   * @param password under which the key stands in the store
   * @throws PemException if a file cannot be read, or key and certificate do not belong together
   */
  public static KeyStore keyStore(Path certificate, Path key, char[] password) throws PemException {
    try {
      KeyStore store = Pem.emptyStore();
      List<? extends java.security.cert.Certificate> chain = Pem.certificates(certificate);
      store.setKeyEntry(
          "own",
          Pem.privateKey(key, chain.get(0).getPublicKey().getAlgorithm()),
          password,
          chain.toArray(new java.security.cert.Certificate[0]));
      return store;
    } catch (GeneralSecurityException e) {
      throw new PemException(
          "certificate '" + certificate + "' and key '" + key + "' cannot be used together", e);
    }
  }
}
