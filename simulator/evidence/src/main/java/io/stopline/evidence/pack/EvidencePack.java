package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sha256;
import io.stopline.evidence.format.FileBytes;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.Collected;
import io.stopline.evidence.result.Figure;
import io.stopline.evidence.result.FigureFinder;
import io.stopline.evidence.result.IncidentRecord;
import io.stopline.evidence.result.ItemUnderTest;
import io.stopline.evidence.result.LeftOut;
import io.stopline.evidence.result.ResultCollector;
import io.stopline.evidence.sign.Envelope;
import io.stopline.evidence.sign.SigningKey;
import io.stopline.evidence.sign.Statement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A pack, ready to be written. The same request with the same key and date gives the same bytes.
 * Immutable; made by {@link #of}.
 */
public final class EvidencePack {

  private static final int MAX_BUNDLE_FILE = 256 << 20;
  private static final int MAX_RECIPE = 4 << 20;
  private static final int MAX_RECIPES = 1000;

  private final Inventory inventory;
  private final List<Missing> missing;
  private final Map<String, PackFile> files;

  private EvidencePack(Inventory inventory, List<Missing> missing, Map<String, PackFile> files) {
    this.inventory = inventory;
    this.missing = missing;
    this.files = files;
  }

  /**
   * Gathers, reads and signs.
   *
   * @throws IOException if something that was named cannot be read
   * @throws IllegalArgumentException if a licence names none of the data sets
   */
  public static EvidencePack of(PackRequest request) throws IOException {
    SigningKey key = request.key() == null ? SigningKey.generate() : request.key();
    ItemUnderTest item = ItemUnderTest.of(request.bundle(), request.policy(), request.software());
    Collected collected = new ResultCollector(item).collect(request.results());
    Map<String, AcceptedReport> reports = named(collected.reports());
    List<Figure> figures = new ArrayList<>();
    reports.forEach((path, report) -> figures.addAll(FigureFinder.of(report, path)));
    Inventory inventory =
        new Inventory(
            item,
            request.bundle(),
            request.policy(),
            request.date(),
            reports,
            figures,
            incidents(collected.incidents()),
            dataSets(request),
            recipes(request),
            collected.leftOut(),
            key.verifying().id(),
            request.key() == null,
            request.withModels(),
            request.bundleReference());
    List<Missing> missing = inventory.missing();
    Map<String, PackFile> files = new TreeMap<>();
    copies(inventory, files);
    documents(inventory, missing, Library.of(request.classPath()), files);
    attest(inventory, key, files);
    sign(inventory, missing, key, files);
    return new EvidencePack(inventory, missing, files);
  }

  /**
   * Writes the folder whole or not at all.
   *
   * @param out does not exist or is empty
   * @throws IOException if it cannot be written
   */
  public void write(Path out) throws IOException {
    WholeFolder.write(out, files.values());
  }

  /** What is missing, most important first. */
  public List<Missing> missing() {
    return missing;
  }

  /** What was given and not taken. */
  public List<LeftOut> leftOut() {
    return inventory.leftOut();
  }

  /** The reports that were taken, by their path in the pack. */
  public Map<String, AcceptedReport> reports() {
    return inventory.reports();
  }

  /** How many figures it names. */
  public int figures() {
    return inventory.figures().size();
  }

  /** How many files it has. */
  public int files() {
    return files.size();
  }

  /** The id of the key that signed. */
  public String keyId() {
    return inventory.keyId();
  }

  private static Map<String, AcceptedReport> named(List<AcceptedReport> reports) {
    Map<String, AcceptedReport> named = new LinkedHashMap<>();
    for (AcceptedReport report : reports) {
      String brief = report.sha256().substring(0, 8);
      String folder = "results/" + report.kind().folder();
      // A campaign's files keep their names, in a folder of their own.
      String path =
          report.companions().isEmpty()
              ? folder + "/" + brief + "-" + PackFormat.plain(name(report.source()))
              : folder + "/" + brief + "/report.json";
      named.put(path, report);
    }
    return named;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static Map<String, IncidentRecord> incidents(List<IncidentRecord> records) {
    Map<String, IncidentRecord> named = new TreeMap<>();
    for (IncidentRecord record : records) {
      named.put(
          "incidents/" + Sha256.of(record.bytes().array()).substring(0, 16) + ".json", record);
    }
    return named;
  }

  private static Map<String, ObjectNode> dataSets(PackRequest request) {
    Map<String, ObjectNode> sheets = new TreeMap<>();
    for (Path folder : request.data()) {
      Dataset data = Dataset.open(folder);
      String licence = request.licences().getOrDefault(data.name(), "");
      String path = "data/" + PackFormat.plain(data.name()) + ".json";
      for (int n = 2; sheets.containsKey(path); n++) {
        path = "data/" + PackFormat.plain(data.name()) + "-" + n + ".json";
      }
      sheets.put(path, DataSetSheet.of(data, licence));
    }
    List<String> names =
        sheets.values().stream().map(sheet -> sheet.path("name").asText()).toList();
    for (String licensed : request.licences().keySet()) {
      if (!names.contains(licensed)) {
        throw new IllegalArgumentException(
            "a licence is given for data set '%s', but the data sets are %s; name one of these"
                .formatted(licensed, names));
      }
    }
    return sheets;
  }

  private static Map<String, byte[]> recipes(PackRequest request) throws IOException {
    Map<String, byte[]> recipes = new TreeMap<>();
    Path folder = request.recipes();
    if (folder == null) {
      return recipes;
    }
    List<Path> found;
    try (Stream<Path> walk = Files.walk(folder, 3)) {
      found =
          walk.filter(file -> name(file).matches(".+\\.(yaml|md)"))
              .filter(file -> GivenFile.problem(file, MAX_RECIPE).isEmpty())
              .limit(MAX_RECIPES)
              .toList();
    }
    for (Path file : found) {
      String path = "training/recipes/" + folder.relativize(file).toString().replace('\\', '/');
      if (PackFormat.isPath(path)) {
        recipes.put(path, GivenFile.read(file, MAX_RECIPE));
      }
    }
    return recipes;
  }

  private static void add(Map<String, PackFile> files, PackFile file) {
    if (!PackFormat.isPath(file.path())) {
      throw new IllegalStateException("'%s' is no path of a pack".formatted(file.path()));
    }
    if (files.put(file.path(), file) != null) {
      throw new IllegalStateException("'%s' is in the pack twice".formatted(file.path()));
    }
  }

  private static void copies(Inventory inventory, Map<String, PackFile> files) throws IOException {
    bundle(inventory, files);
    inventory
        .reports()
        .forEach(
            (path, report) -> {
              add(
                  files,
                  new PackFile(path, report.bytes(), "application/json", report.kind().words()));
              String folder = path.substring(0, path.lastIndexOf('/') + 1);
              report
                  .companions()
                  .forEach(
                      (name, bytes) ->
                          add(
                              files,
                              new PackFile(
                                  folder + name,
                                  new FileBytes(bytes),
                                  PackFile.mediaType(name),
                                  "written with " + path)));
            });
    ArrayNode lines = JsonNodeFactory.instance.arrayNode();
    inventory
        .incidents()
        .forEach(
            (path, record) -> {
              add(
                  files,
                  new PackFile(path, record.bytes(), "application/json", record.kind().words()));
              lines.add(record.toJson(path));
            });
    if (!lines.isEmpty()) {
      add(files, PackFile.json(Topic.SUMMARY, lines, "in-service incidents, counted"));
    }
    inventory
        .dataSets()
        .forEach(
            (path, sheet) ->
                add(files, PackFile.json(path, sheet, "a data set: splits, licence, leakage")));
    if (!inventory.recipes().isEmpty()) {
      add(files, TrainingIndex.of(inventory));
    }
    inventory
        .recipes()
        .forEach(
            (path, bytes) ->
                add(
                    files,
                    new PackFile(
                        path,
                        new FileBytes(bytes),
                        PackFile.mediaType(path),
                        "a recipe of training")));
  }

  /** The list of the bundle's files, what people can read of it, and its models if asked for. */
  private static void bundle(Inventory inventory, Map<String, PackFile> files) throws IOException {
    Bundle bundle = inventory.bundle();
    copy(bundle, "bundle.yaml", inventory.item().bundleSha256(), PackFormat.BUNDLE, files);
    for (Map.Entry<String, String> entry : bundle.files().entrySet()) {
      String file = entry.getKey();
      boolean small = file.matches(".+\\.(yaml|md|txt)");
      if ((small || inventory.withModels()) && PackFormat.isPath("bundle/" + file)) {
        copy(bundle, file, entry.getValue(), "bundle/" + file, files);
      }
    }
  }

  private static void copy(
      Bundle bundle, String file, String sha256, String path, Map<String, PackFile> files)
      throws IOException {
    byte[] bytes = GivenFile.read(bundle.directory().resolve(file), MAX_BUNDLE_FILE);
    if (!Sha256.of(bytes).equals(sha256)) {
      throw new IOException(
          "file '%s' of bundle '%s' changed while it was packed; try again"
              .formatted(file, bundle.directory()));
    }
    add(files, new PackFile(path, new FileBytes(bytes), PackFile.mediaType(file), "of the bundle"));
  }

  private static void documents(
      Inventory inventory,
      List<Missing> missing,
      List<Library> libraries,
      Map<String, PackFile> files) {
    add(files, FiguresDocument.of(inventory));
    List<Claims.Element> claims = Claims.of(inventory);
    add(files, Claims.document(claims));
    add(files, ClaimsPage.of(claims));
    add(files, Rules.document(inventory));
    add(files, Rules.page(inventory));
    add(files, Limitations.of(inventory, missing));
    add(files, ReportPage.of(inventory, missing));
    add(files, ModelBom.of(inventory, libraries));
    add(
        files,
        new PackFile(
            PackFormat.SCHEMA,
            new FileBytes(schema()),
            "application/schema+json",
            "of manifest.json"));
  }

  private static byte[] schema() {
    try (InputStream in = PackFormat.class.getResourceAsStream(PackFormat.SCHEMA_RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the manifest's schema is missing from the build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void attest(Inventory inventory, SigningKey key, Map<String, PackFile> files) {
    inventory
        .reports()
        .forEach(
            (path, report) -> {
              JsonNode statement = TestResults.statement(inventory.item(), path, report);
              add(
                  files,
                  new PackFile(
                      PackFormat.ATTESTATIONS
                          + report.kind().folder()
                          + "-"
                          + report.sha256().substring(0, 8)
                          + ".dsse.json",
                      new FileBytes(Envelope.seal(statement, key)),
                      "application/vnd.dsse.envelope.v1+json",
                      "test result of " + path));
            });
    add(
        files,
        new PackFile(
            PackFormat.KEY,
            new FileBytes(key.verifying().pem()),
            "application/x-pem-file",
            "public key of all signatures of this pack"));
  }

  private static void sign(
      Inventory inventory, List<Missing> missing, SigningKey key, Map<String, PackFile> files) {
    JsonNode manifest = ManifestDocument.of(inventory, missing, files.values());
    PackFile file = PackFile.json(PackFormat.MANIFEST, manifest, "this list");
    ObjectNode predicate = JsonNodeFactory.instance.objectNode();
    predicate.put("format", PackFormat.VERSION);
    predicate.put("date", inventory.date().toString());
    Map<String, String> subject = Map.of(PackFormat.MANIFEST, Sha256.of(file.bytes().array()));
    byte[] envelope = Envelope.seal(Statement.of(subject, Statement.MANIFEST, predicate), key);
    add(files, file);
    add(
        files,
        new PackFile(
            PackFormat.MANIFEST_ENVELOPE,
            new FileBytes(envelope),
            "application/vnd.dsse.envelope.v1+json",
            "signature of the manifest"));
  }
}
