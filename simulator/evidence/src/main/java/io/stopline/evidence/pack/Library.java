package io.stopline.evidence.pack;

import io.stopline.evaluation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * A library of the running program, as its jar describes itself.
 *
 * @param group of Maven; null where the jar does not say it
 * @param name of Maven, or the file's
 * @param version of Maven; null where the jar does not say it
 * @param sha256 of the jar
 */
record Library(@Nullable String group, String name, @Nullable String version, String sha256) {

  private static final String PROPERTIES = "META-INF/maven/.+/pom\\.properties";

  /** The jars of a class path, sorted; what is no jar is passed over. */
  static List<Library> of(List<Path> classPath) throws IOException {
    List<Library> found = new ArrayList<>();
    for (Path path : classPath) {
      if (path.toString().endsWith(".jar") && Files.isRegularFile(path)) {
        found.add(read(path));
      }
    }
    found.sort(Comparator.comparing(Library::name).thenComparing(Library::sha256));
    return List.copyOf(found);
  }

  private static Library read(Path jar) throws IOException {
    String sha256 = hash(jar);
    String file = jar.getFileName().toString();
    List<Properties> own = new ArrayList<>();
    try (JarFile open = new JarFile(jar.toFile())) {
      Enumeration<JarEntry> entries = open.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (entry.getName().matches(PROPERTIES)) {
          Properties properties = new Properties();
          try (InputStream in = open.getInputStream(entry)) {
            properties.load(in);
          }
          own.add(properties);
        }
      }
    }
    for (Properties properties : own) {
      String name = properties.getProperty("artifactId", "");
      // A jar that holds others names them too; its own name begins that of the file.
      if (!name.isEmpty() && file.startsWith(name + "-")) {
        return new Library(
            properties.getProperty("groupId"), name, properties.getProperty("version"), sha256);
      }
    }
    return byPlace(jar, sha256);
  }

  /** In a Maven repository the folders say it: {@code group/name/version/name-version.jar}. */
  private static Library byPlace(Path jar, String sha256) {
    String file = jar.getFileName().toString();
    Path version = jar.toAbsolutePath().getParent();
    Path name = version == null ? null : version.getParent();
    if (version != null
        && name != null
        && name.getFileName() != null
        && file.startsWith(name.getFileName() + "-" + version.getFileName())) {
      return new Library(
          null, name.getFileName().toString(), version.getFileName().toString(), sha256);
    }
    return new Library(null, file.substring(0, file.length() - ".jar".length()), null, sha256);
  }

  private static String hash(Path jar) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(jar)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
