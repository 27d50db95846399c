package io.stopline.evidence.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.Sha256;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.json.UnreadableJsonException;
import io.stopline.evidence.sign.BadSignatureException;
import io.stopline.evidence.sign.Envelope;
import io.stopline.evidence.sign.KeyException;
import io.stopline.evidence.sign.Statement;
import io.stopline.evidence.sign.VerifyingKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks a pack that somebody else made. Nothing of it is believed: files are read without
 * following links, up to a size; every finding is collected, so that one run names all of them. One
 * check an object; belongs to one thread.
 */
public final class EvidenceCheck {

  private static final String AGAIN = "get the pack again from whoever made it";
  private static final int MAX_MANIFEST = 16 << 20;
  private static final int MAX_DOCUMENT = 64 << 20;
  private static final int MAX_SHOWN = 20;

  private final PackTree tree;
  private final @Nullable VerifyingKey pinned;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> listed = new TreeMap<>();
  private final Map<String, JsonNode> documents = new LinkedHashMap<>();
  private final Set<String> sound = new HashSet<>();
  private int figures;
  private int attestations;

  private EvidenceCheck(PackTree tree, @Nullable VerifyingKey pinned) {
    this.tree = tree;
    this.pinned = pinned;
  }

  /**
   * Checks a folder.
   *
   * @param pinned the key that must have signed; null to take the pack's own
   * @throws IOException if the folder cannot be read, or cannot be a pack
   */
  public static Verification of(Path folder, @Nullable VerifyingKey pinned) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          "'%s' is %s; name the folder of a pack"
              .formatted(folder, Files.exists(folder) ? GivenFile.kind(folder) : "not there"));
    }
    return new EvidenceCheck(new PackTree(folder), pinned).run();
  }

  private Verification run() {
    for (String odd : tree.odd()) {
      find("it is a link, no regular file, or has a name that no pack has", odd, AGAIN);
    }
    VerifyingKey key = key();
    byte[] manifestBytes = bytes(PackFormat.MANIFEST, MAX_MANIFEST);
    JsonNode manifest =
        manifestBytes == null
            ? MissingNode.getInstance()
            : parse(PackFormat.MANIFEST, manifestBytes);
    if (key != null && manifestBytes != null) {
      manifestSignature(key, manifestBytes);
    }
    boolean readable = !manifest.isMissingNode() && isOfSchema(manifest);
    if (readable) {
      files(manifest);
      keyOf(manifest, key);
      new ItemCheck(this).run(manifest);
      figures = new FigureCheck(this).run(manifest);
      new ClaimCheck(this).run();
      if (key != null) {
        attestations += new AttestationCheck(this, key).run(manifest);
      }
    }
    return new Verification(
        findings,
        sound.size(),
        figures,
        attestations,
        key == null ? "" : key.id(),
        pinned != null,
        manifest.at("/key/madeForThisPack").asBoolean(),
        readable ? manifest : MissingNode.getInstance());
  }

  void find(String thing, String place, String cure) {
    findings.add(new Finding(thing, place, cure));
  }

  /** SHA-256 of every listed file by its path. */
  Map<String, String> listed() {
    return listed;
  }

  /** Whether a file is as the manifest lists it; if not, a finding says so already. */
  boolean isSound(String path) {
    return sound.contains(path);
  }

  /** A file of the pack whose hash is as listed; null, and a finding, if it cannot be read. */
  byte @Nullable [] bytes(String name, int maxBytes) {
    if (!tree.sizes().containsKey(name)) {
      if (!listed.containsKey(name)) {
        find("the file is not there", name, AGAIN);
      }
      return null;
    }
    try {
      return tree.read(name, maxBytes);
    } catch (IOException e) {
      find("it cannot be read (" + e.getMessage() + ")", name, AGAIN);
      return null;
    }
  }

  /** A JSON file of the pack; missing, and a finding, if it is none. */
  JsonNode document(String name) {
    JsonNode known = documents.get(name);
    if (known == null) {
      byte[] bytes = bytes(name, MAX_DOCUMENT);
      known = bytes == null ? MissingNode.getInstance() : parse(name, bytes);
      documents.put(name, known);
    }
    return known;
  }

  private JsonNode parse(String name, byte[] bytes) {
    try {
      return PackJson.read(bytes);
    } catch (UnreadableJsonException e) {
      find("it is no JSON that can be trusted: " + e.getMessage(), name, AGAIN);
      return MissingNode.getInstance();
    }
  }

  private @Nullable VerifyingKey key() {
    byte[] pem = bytes(PackFormat.KEY, 16 << 10);
    if (pem == null) {
      return null;
    }
    VerifyingKey own;
    try {
      own = VerifyingKey.of(pem, PackFormat.KEY);
    } catch (KeyException e) {
      find(String.valueOf(e.getMessage()), PackFormat.KEY, AGAIN);
      return null;
    }
    if (pinned != null && !pinned.id().equals(own.id())) {
      find(
          "the pack is signed by key %s, not by the given one, %s"
              .formatted(own.id().substring(0, 16), pinned.id().substring(0, 16)),
          PackFormat.KEY,
          "ask whoever you trust for the pack, or for the key that they sign with");
    }
    return pinned == null ? own : pinned;
  }

  private void manifestSignature(VerifyingKey key, byte[] manifest) {
    byte[] envelope = bytes(PackFormat.MANIFEST_ENVELOPE, MAX_MANIFEST);
    if (envelope == null) {
      return;
    }
    try {
      JsonNode statement = Envelope.open(envelope, key);
      attestations++;
      JsonNode subject = statement.at("/subject/0");
      if (!statement.path("_type").asText().equals(Statement.TYPE)
          || !statement.path("predicateType").asText().equals(Statement.MANIFEST)
          || !subject.path("name").asText().equals(PackFormat.MANIFEST)) {
        find("the signed statement is not about a manifest", PackFormat.MANIFEST_ENVELOPE, AGAIN);
      } else if (!subject.at("/digest/sha256").asText().equals(Sha256.of(manifest))) {
        find("it is not the manifest that was signed", PackFormat.MANIFEST, AGAIN);
      }
    } catch (BadSignatureException e) {
      find("foreign signature: " + e.getMessage(), PackFormat.MANIFEST_ENVELOPE, AGAIN);
    }
  }

  private boolean isOfSchema(JsonNode manifest) {
    List<Error> broken;
    try {
      broken = schema().validate(manifest);
    } catch (RuntimeException | StackOverflowError e) {
      find("it cannot be held against its schema", PackFormat.MANIFEST, AGAIN);
      return false;
    }
    broken.stream()
        .limit(MAX_SHOWN)
        .forEach(
            error ->
                find(
                    "it breaks its schema: " + error.getMessage(),
                    PackFormat.MANIFEST + "#" + error.getInstanceLocation(),
                    "use the version of Stopline that made the pack, or get it again"));
    return broken.isEmpty();
  }

  private static Schema schema() {
    try (InputStream in = PackFormat.class.getResourceAsStream(PackFormat.SCHEMA_RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the manifest's schema is missing from the build");
      }
      return SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              registry ->
                  registry.schemaRegistryConfig(
                      SchemaRegistryConfig.builder().pathType(PathType.JSON_POINTER).build()))
          .getSchema(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void files(JsonNode manifest) {
    for (JsonNode file : manifest.path("files")) {
      String path = file.path("path").asText();
      if (path.equals(PackFormat.MANIFEST) || path.equals(PackFormat.MANIFEST_ENVELOPE)) {
        find("the manifest lists itself", path, AGAIN);
      } else if (listed.put(path, file.path("sha256").asText()) != null) {
        find("the manifest lists it twice", path, AGAIN);
      }
    }
    for (JsonNode file : manifest.path("files")) {
      compare(file);
    }
    for (String name : tree.sizes().keySet()) {
      if (!listed.containsKey(name)
          && !name.equals(PackFormat.MANIFEST)
          && !name.equals(PackFormat.MANIFEST_ENVELOPE)) {
        find("the manifest does not list it: it was added", name, "take it out, or " + AGAIN);
      }
    }
  }

  private void compare(JsonNode file) {
    String path = file.path("path").asText();
    Long size = tree.sizes().get(path);
    if (size == null) {
      find("the manifest lists it, but it is not there: it was removed", path, AGAIN);
      return;
    }
    try {
      if (size != file.path("bytes").asLong()) {
        find(
            "it has %d bytes, the manifest says %d: it was changed"
                .formatted(size, file.path("bytes").asLong()),
            path,
            AGAIN);
      } else if (!tree.sha256(path).equals(file.path("sha256").asText())) {
        find("its SHA-256 is not that of the manifest: it was changed", path, AGAIN);
      } else {
        sound.add(path);
      }
    } catch (IOException e) {
      find("it cannot be read (" + e.getMessage() + ")", path, AGAIN);
    }
  }

  private void keyOf(JsonNode manifest, @Nullable VerifyingKey key) {
    String named = manifest.at("/key/id").asText();
    if (key != null && !named.equals(key.id())) {
      find(
          "it names key %s, the pack is signed by %s"
              .formatted(named.substring(0, 16), key.id().substring(0, 16)),
          PackFormat.MANIFEST + "#/key/id",
          AGAIN);
    }
  }

  /** Says what to do about a pack that is wrong in itself. */
  static String again() {
    return AGAIN;
  }
}
