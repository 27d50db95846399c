package io.stopline.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.Version;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.pack.EvidencePack;
import io.stopline.evidence.pack.PackRequest;
import io.stopline.evidence.sign.Envelope;
import io.stopline.evidence.sign.SigningKey;
import io.stopline.evidence.sign.Statement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shipped bundle with reports that say they are about it, and what it takes to damage a pack
 * and to make the damage consistent again.
 */
final class SamplePack {

  static final Instant DATE = Instant.parse("2026-12-01T00:00:00Z");

  private static final Path ROOT = Path.of(System.getProperty("stopline.root", "../.."));

  private SamplePack() {}

  static Bundle bundle() {
    return Bundle.load(ROOT.resolve("firmware-config/bundles/traffic-signs"));
  }

  static PackRequest request(
      Bundle bundle, List<Path> results, @Nullable SigningKey key, @Nullable Path recipes) {
    return new PackRequest(
        bundle,
        bundle.policy(null),
        "traffic-signs",
        Version.current(),
        results,
        List.of(),
        Map.of(),
        recipes,
        key,
        DATE,
        false,
        List.of());
  }

  /** A pack with a report on clean data, one of an attack and a campaign. */
  static void write(Path folder, Path out, SigningKey key) throws IOException {
    Bundle bundle = bundle();
    Path results = Files.createDirectories(folder.resolve("results"));
    json(results.resolve("evaluate.json"), evaluate(bundle).toJson());
    json(results.resolve("attack.json"), attack(bundle).toJson());
    campaign(bundle, Files.createDirectories(results.resolve("run")));
    EvidencePack.of(request(bundle, List.of(results), key, null)).write(out);
  }

  static Report evaluate(Bundle bundle) {
    Report report = about(bundle, new Report("evaluate", 3, DATE));
    report.hash("data", Sha256.of("pixels"));
    report.data("signs", "validation", 40, 40);
    report.warn("clean data only");
    ObjectNode guard = JsonNodeFactory.instance.objectNode();
    guard.set("guardedAccuracy", Rate.of(39, 40).toJson());
    guard.set("falseAlarmRate", Rate.of(1, 40).toJson());
    report.put("guard", guard);
    report.fields().put("repeat", "./stopline evaluate --data signs --split validation");
    return report;
  }

  static Report attack(Bundle bundle) {
    Report report = new Report("attack", 5, DATE);
    report.hash("model:robust-int8", bundle.model("robust-int8").sha256());
    report.hash("data", Sha256.of("other pixels"));
    report.put("cleanAccuracy", Rate.of(20, 20).toJson());
    report.put("robustAccuracy", Rate.of(14, 20).toJson());
    report.put("attackSuccessRate", Rate.of(6, 20).toJson());
    report.fields().put("repeat", "./stopline attack --model robust-int8.tflite --data signs");
    return report;
  }

  static void campaign(Bundle bundle, Path folder) throws IOException {
    PolicyFile policy = bundle.policy(null);
    Report report = new Report("campaign", 7, DATE);
    report.hash("bundle:shipped", bundle.sha256());
    report.fields().put("repeat", "./stopline campaign smoke.yaml --out run");
    report
        .fields()
        .putArray("guards")
        .addObject()
        .put("name", "shipped")
        .put("bundle", bundle.name())
        .put("bundleVersion", bundle.version())
        .put("bundleSha256", bundle.sha256())
        .put("policySha256", policy.policy().sha256());
    ObjectNode looks = report.fields().putObject("figures").putObject("shipped");
    looks.putObject("clean").set("suspected", Rate.of(1, 30).toJson());
    looks.putObject("benign").set("suspected", Rate.of(4, 30).toJson());
    ObjectNode gate = report.fields().putObject("gate");
    gate.put("passed", false);
    ArrayNode criteria = gate.putArray("criteria");
    criteria
        .addObject()
        .put("criterion", "suspected of clean: at most 10.0 %")
        .put("passed", true)
        .set("measured", Rate.of(1, 30).toJson());
    criteria
        .addObject()
        .put("criterion", "suspected of benign: at most 10.0 %")
        .put("passed", false)
        .set("measured", Rate.of(4, 30).toJson());
    json(folder.resolve("report.json"), report.toJson());
    Files.writeString(folder.resolve("rows.csv"), "track,guard\n0,shipped\n");
    Files.writeString(folder.resolve("gate.junit.xml"), "<testsuites/>\n");
    Files.writeString(folder.resolve("gate.sarif"), "{\"version\": \"2.1.0\", \"runs\": []}\n");
    Files.writeString(folder.resolve("batches.jsonl"), "{}\n");
  }

  static Report about(Bundle bundle, Report report) {
    return report
        .hash("bundle", bundle.sha256())
        .hash("policy", bundle.policy(null).policy().sha256());
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path path : walk.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  /** Every file of a folder but folders, sorted. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Changes a JSON file of a pack. */
  static void change(Path pack, String file, Consumer<JsonNode> how) throws Exception {
    JsonNode tree = PackJson.read(Files.readAllBytes(pack.resolve(file)));
    how.accept(tree);
    Files.write(pack.resolve(file), PackJson.bytes(tree));
  }

  /** Makes the manifest's hashes and sizes those of the files. */
  static void rehash(Path pack) throws Exception {
    change(
        pack,
        PackFormat.MANIFEST,
        manifest -> {
          for (JsonNode file : manifest.path("files")) {
            try {
              byte[] bytes = Files.readAllBytes(pack.resolve(file.path("path").asText()));
              ((ObjectNode) file).put("sha256", Sha256.of(bytes)).put("bytes", bytes.length);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }

  /** Signs the manifest as it is, by a key of one's own. */
  static void resign(Path pack, SigningKey key) throws IOException {
    byte[] manifest = Files.readAllBytes(pack.resolve(PackFormat.MANIFEST));
    ObjectNode predicate = JsonNodeFactory.instance.objectNode().put("format", 1);
    Files.write(
        pack.resolve(PackFormat.MANIFEST_ENVELOPE),
        Envelope.seal(
            Statement.of(
                Map.of(PackFormat.MANIFEST, Sha256.of(manifest)), Statement.MANIFEST, predicate),
            key));
  }

  static void json(Path file, JsonNode tree) throws IOException {
    Files.write(file, PackJson.bytes(tree));
  }
}
