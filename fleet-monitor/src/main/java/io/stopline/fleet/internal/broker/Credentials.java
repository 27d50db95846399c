package io.stopline.fleet.internal.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stopline.telemetry.PrivateFile;
import io.stopline.telemetry.Topics;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The devices' passwords, as salted PBKDF2 hashes in a file of one line a device. Passwords are
 * made here, 256 random bits each, and shown once. Read anew for every question, so that what
 * another process adds holds at once. Safe for use by many threads and processes.
 */
public final class Credentials {

  private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
  // The secrets are random, so the count guards a stolen file only against a broken generator.
  private static final int ITERATIONS = 20_000;
  private static final int BYTES = 32;
  private static final Pattern LINE =
      Pattern.compile(
          "(" + Topics.DEVICE_ID_PATTERN + "):([1-9][0-9]{0,6}):([0-9a-f]{64}):([0-9a-f]{64})");
  private static final HexFormat HEX = HexFormat.of();

  private final Path file;
  private final SecureRandom random = new SecureRandom();

  /** Salt and hash are hexadecimal. */
  private record Entry(int iterations, String salt, String hash) {}

  /** Credentials kept in a file, which need not exist yet. */
  public Credentials(Path file) {
    this.file = file;
  }

  /**
   * Gives a device a new password; an older one ends.
   *
   * @return the password, which is kept nowhere
   * @throws IllegalArgumentException if the device id is not valid
   * @throws IOException if the file cannot be read or written
   */
  public String add(String device) throws IOException {
    Topics.requireDeviceId(device);
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    byte[] salt = new byte[BYTES];
    random.nextBytes(salt);
    Entry entry =
        new Entry(ITERATIONS, HEX.formatHex(salt), HEX.formatHex(hash(password, salt, ITERATIONS)));
    change(entries -> entries.put(device, entry));
    return password;
  }

  /**
   * Ends a device's password.
   *
   * @return false if it had none
   * @throws IOException if the file cannot be read or written
   */
  public boolean remove(String device) throws IOException {
    boolean[] removed = new boolean[1];
    change(entries -> removed[0] = entries.remove(device) != null);
    return removed[0];
  }

  /**
   * The devices that have a password.
   *
   * @throws IOException if the file cannot be read
   */
  public List<String> devices() throws IOException {
    return List.copyOf(read().keySet());
  }

  /**
   * Whether this is the device's password.
   *
   * @throws IOException if the file cannot be read
   */
  public boolean matches(String device, String password) throws IOException {
    Entry entry = read().get(device);
    if (entry == null) {
      // As much work as for a device that is known, so that time does not tell which are.
      hash(password, new byte[BYTES], ITERATIONS);
      return false;
    }
    return MessageDigest.isEqual(
        HEX.parseHex(entry.hash()), hash(password, HEX.parseHex(entry.salt()), entry.iterations()));
  }

  private static byte[] hash(String password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, BYTES * 8);
    try {
      return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM lacks " + ALGORITHM, e);
    } finally {
      spec.clearPassword();
    }
  }

  private Map<String, Entry> read() throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file, UTF_8);
    } catch (NoSuchFileException e) {
      return entries;
    }
    for (int i = 0; i < lines.size(); i++) {
      Entry entry = parse(lines.get(i));
      if (entry == null) {
        throw new IOException(
            "credential file '" + file + "', line " + (i + 1) + " is damaged; remove the line");
      }
      entries.put(lines.get(i).substring(0, lines.get(i).indexOf(':')), entry);
    }
    return entries;
  }

  private static @Nullable Entry parse(String line) {
    Matcher parts = LINE.matcher(line);
    return parts.matches()
        ? new Entry(Integer.parseInt(parts.group(2)), parts.group(3), parts.group(4))
        : null;
  }

  private synchronized void change(java.util.function.Consumer<Map<String, Entry>> change)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (FileChannel channel =
            FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Map<String, Entry> entries = read();
      change.accept(entries);
      StringBuilder text = new StringBuilder();
      entries.forEach(
          (device, entry) ->
              text.append(device)
                  .append(':')
                  .append(entry.iterations())
                  .append(':')
                  .append(entry.salt())
                  .append(':')
                  .append(entry.hash())
                  .append('\n'));
      writePrivate(file, text.toString());
      if (!lock.isValid()) {
        throw new IOException("lock on credential file '" + file + "' was lost");
      }
    }
  }

  /**
   * Replaces a file by one that only its owner may read.
   *
   * @throws IOException if it cannot be written
   */
  public static void writePrivate(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("'" + file + "' is no file name");
    }
    Files.createDirectories(folder);
    Path fresh = Files.createTempFile(folder, ".new", "", PrivateFile.ownerOnly(folder));
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
