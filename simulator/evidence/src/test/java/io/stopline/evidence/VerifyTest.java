package io.stopline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.check.EvidenceCheck;
import io.stopline.evidence.check.Finding;
import io.stopline.evidence.check.Verification;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.sign.Envelope;
import io.stopline.evidence.sign.SigningKey;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pack holds wherever it lies, and whatever is done to it is named. */
final class VerifyTest {

  private static final SigningKey KEY = SigningKey.generate();
  private static final SigningKey FOREIGN = SigningKey.generate();

  @TempDir static Path made;
  @TempDir Path folder;
  private Path pack;

  @BeforeAll
  static void make() throws Exception {
    SamplePack.write(made, made.resolve("pack"), KEY);
  }

  /** Each test has a copy in another folder. */
  @BeforeEach
  void copy() throws Exception {
    pack = folder.resolve("copied");
    SamplePack.copy(made.resolve("pack"), pack);
  }

  private Verification check(@Nullable SigningKey pinned) throws Exception {
    return EvidenceCheck.of(pack, pinned == null ? null : pinned.verifying());
  }

  private List<String> findings() throws Exception {
    return check(null).findings().stream().map(Finding::toString).toList();
  }

  private void rejected(String... parts) throws Exception {
    assertThat(findings()).anySatisfy(finding -> assertThat(finding).contains(parts));
  }

  @Test
  void aCopyElsewhereHolds() throws Exception {
    Verification found = check(KEY);
    assertThat(found.findings()).isEmpty();
    assertThat(found.pinned()).isTrue();
    assertThat(found.keyId()).isEqualTo(KEY.verifying().id());
    // Three reports and the manifest.
    assertThat(found.attestations()).isEqualTo(4);
    // Two of clean data, three of the attack, two of the campaign and its gate's two.
    assertThat(found.figures()).isEqualTo(9);
    assertThat(check(null).pinned()).isFalse();
  }

  @Test
  void aChangedByte() throws Exception {
    Path file = pack.resolve("LIMITATIONS.md");
    byte[] bytes = Files.readAllBytes(file);
    bytes[10] ^= 1;
    Files.write(file, bytes);
    rejected("LIMITATIONS.md", "it was changed");
  }

  @Test
  void aRemovedFile() throws Exception {
    Files.delete(pack.resolve("report.html"));
    rejected("report.html", "it was removed");
  }

  @Test
  void anAddedFile() throws Exception {
    Files.writeString(pack.resolve("results/better.json"), "{}");
    rejected("results/better.json", "it was added");
  }

  @Test
  void aLinkInsteadOfAFile() throws Exception {
    Path file = pack.resolve("LIMITATIONS.md");
    Path elsewhere = Files.move(file, folder.resolve("elsewhere.md"));
    Files.createSymbolicLink(file, elsewhere);
    rejected("LIMITATIONS.md", "link");
    rejected("LIMITATIONS.md", "it was removed");
  }

  @Test
  void aLinkInsteadOfAFolder() throws Exception {
    Path results = pack.resolve("results");
    Path elsewhere = Files.move(results, folder.resolve("elsewhere"));
    Files.createSymbolicLink(results, elsewhere);
    rejected("results", "link");
  }

  @Test
  void aFigureWithoutItsCommandThoughSignedByTheSameKey() throws Exception {
    SamplePack.change(
        pack, PackFormat.FIGURES, tree -> ((ObjectNode) tree.at("/figures/0")).remove("command"));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    assertThat(findings()).hasSize(1);
    rejected("figures.json#/figures/0", "has no command");
  }

  @Test
  void aFigureWithAnotherCommandOrSeedOrData() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.FIGURES,
        tree -> {
          ((ObjectNode) tree.at("/figures/0")).put("command", "./stopline evaluate --lucky");
          ((ObjectNode) tree.at("/figures/1")).put("seed", 99);
          ((ObjectNode) tree.at("/figures/4")).put("dataSha256", "0".repeat(64));
        });
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected("figures/0", "another command");
    rejected("figures/1", "another seed");
    rejected("figures/4", "other data");
  }

  @Test
  void aDigestOfFiguresThatIsNotTheReports() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.FIGURES,
        tree -> ((ObjectNode) tree.at("/runs/0")).put("figuresSha256", "0".repeat(64)));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected("figures.json#/runs", "digest of the figures");
  }

  @Test
  void figuresThatChangedPlaces() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.FIGURES,
        tree -> {
          ObjectNode one = (ObjectNode) tree.at("/figures/0");
          ObjectNode other = (ObjectNode) tree.at("/figures/1");
          JsonNode value = one.get("figure");
          one.set("figure", other.get("figure"));
          other.set("figure", value);
        });
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected("figures/0", "something else stands there");
    rejected("figures/1", "something else stands there");
  }

  @Test
  void reportsThatChangedPlaces() throws Exception {
    List<Path> reports =
        SamplePack.files(pack.resolve("results")).stream()
            .filter(file -> file.toString().matches(".*(attack|evaluate)\\.json"))
            .toList();
    assertThat(reports).hasSize(2);
    byte[] one = Files.readAllBytes(reports.get(0));
    Files.write(reports.get(0), Files.readAllBytes(reports.get(1)));
    Files.write(reports.get(1), one);
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected("is of another", "than the pack has");
    rejected("attestations/", "it is about another");
  }

  @Test
  void figuresThatWereChangedAndHashedAgainButNotSigned() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.FIGURES,
        tree -> ((ObjectNode) tree.at("/figures/0/figure")).put("value", 0.999));
    SamplePack.rehash(pack);
    rejected(PackFormat.MANIFEST, "it is not the manifest that was signed");
  }

  @Test
  void aReportThatWasChangedWithItsFigureAndHashedAgainByTheSigner() throws Exception {
    Path report =
        SamplePack.files(pack.resolve("results")).stream()
            .filter(file -> file.toString().endsWith("attack.json"))
            .findFirst()
            .orElseThrow();
    String name = pack.relativize(report).toString();
    SamplePack.change(
        pack, name, tree -> ((ObjectNode) tree.at("/robustAccuracy")).put("value", 0.999));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    // The test result that was signed when the report was packed knows its hash.
    rejected("attestations/attack-model", "it is about another");
  }

  @Test
  void aForeignSignatureOnTheManifest() throws Exception {
    SamplePack.resign(pack, FOREIGN);
    rejected(PackFormat.MANIFEST_ENVELOPE, "foreign signature");
  }

  @Test
  void aForeignSignatureUnderTheSameKeyId() throws Exception {
    SamplePack.resign(pack, FOREIGN);
    SamplePack.change(
        pack,
        PackFormat.MANIFEST_ENVELOPE,
        tree -> ((ObjectNode) tree.at("/signatures/0")).put("keyid", KEY.verifying().id()));
    rejected(PackFormat.MANIFEST_ENVELOPE, "foreign signature");
  }

  @Test
  void aForeignSignatureOnATestResult() throws Exception {
    Path file =
        SamplePack.files(pack.resolve("attestations")).stream()
            .filter(each -> each.toString().contains("attack-model"))
            .findFirst()
            .orElseThrow();
    JsonNode envelope = PackJson.read(Files.readAllBytes(file));
    JsonNode statement =
        PackJson.read(Base64.getDecoder().decode(envelope.path("payload").asText()));
    Files.write(file, Envelope.seal(statement, FOREIGN));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected("attestations/attack-model", "foreign signature");
  }

  @Test
  void aPackThatSomebodyElseSignedWholeIsRejectedByWhoPinsTheKey() throws Exception {
    Path other = folder.resolve("other");
    SamplePack.write(folder.resolve("again"), other, FOREIGN);
    pack = other;
    assertThat(check(null).holds()).isTrue();
    Verification found = check(KEY);
    assertThat(found.holds()).isFalse();
    assertThat(found.findings().get(0).toString()).contains(PackFormat.KEY, "not by the given one");
  }

  @Test
  void aClaimWithoutItsFile() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.CLAIMS,
        tree -> {
          for (JsonNode element : tree.path("elements")) {
            if (element.path("id").asText().equals("Sn1")) {
              ((ArrayNode) element.path("files")).removeAll().add("results/none.json");
            }
            if (element.path("undeveloped").asBoolean()) {
              ((ObjectNode) element).put("undeveloped", false);
            }
          }
        });
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected(PackFormat.CLAIMS, "results/none.json");
    rejected(PackFormat.CLAIMS, "ends in no file");
  }

  @Test
  void aBillOfMaterialsWithAnotherModel() throws Exception {
    SamplePack.change(
        pack,
        PackFormat.BOM,
        tree -> ((ObjectNode) tree.at("/components/0/hashes/0")).put("content", "0".repeat(64)));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected(PackFormat.BOM, "another hash");
  }

  @Test
  void aBillOfMaterialsThatIsNoCycloneDx() throws Exception {
    SamplePack.change(pack, PackFormat.BOM, tree -> ((ObjectNode) tree).put("bomFormat", "SPDX"));
    SamplePack.rehash(pack);
    SamplePack.resign(pack, KEY);
    rejected(PackFormat.BOM, "no CycloneDX 1.6");
  }

  @Test
  void pathsThatLeadOut() throws Exception {
    Files.writeString(folder.resolve("outside.txt"), "x");
    for (String path : List.of("../outside.txt", "/etc/passwd", "a/../../outside.txt", "a\\b")) {
      SamplePack.change(
          pack, PackFormat.MANIFEST, tree -> ((ObjectNode) tree.at("/files/0")).put("path", path));
      rejected(PackFormat.MANIFEST, "breaks its schema");
    }
  }

  @Test
  void manifestsThatAreMadeToHurt() throws Exception {
    Path manifest = pack.resolve(PackFormat.MANIFEST);
    String good = Files.readString(manifest);
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "null",
            "[".repeat(100_000),
            "{\"a\":".repeat(1000),
            good.replaceFirst("\\{", "{\"format\": 1,"),
            good + "{}",
            "\ud800",
            "{\"format\": " + "9".repeat(1000) + "}",
            "{\"files\": [{\"path\": {\"path\": []}}]}")) {
      Files.write(manifest, text.getBytes(StandardCharsets.UTF_16LE));
      assertThat(findings()).isNotEmpty();
      Files.writeString(manifest, text.replace("\ud800", "?"));
      assertThat(findings()).isNotEmpty();
    }
  }

  @Test
  void everyFileReplacedByRubbish() throws Exception {
    Random random = new Random(1);
    for (Path file : SamplePack.files(pack)) {
      String name = pack.relativize(file).toString();
      if (name.startsWith("bundle/") && !name.equals(PackFormat.BUNDLE)) {
        continue; // Forty files that are looked at in the same way.
      }
      byte[] good = Files.readAllBytes(file);
      byte[] rubbish = new byte[200];
      random.nextBytes(rubbish);
      Files.write(file, rubbish);
      assertThat(findings()).as(file.toString()).isNotEmpty();
      Files.write(file, good);
    }
    assertThat(findings()).isEmpty();
  }

  @Test
  void documentsThatAreMadeToHurtThoughSigned() throws Exception {
    for (String file :
        List.of(PackFormat.FIGURES, PackFormat.CLAIMS, PackFormat.RULES, PackFormat.BOM)) {
      byte[] good = Files.readAllBytes(pack.resolve(file));
      for (String text :
          List.of(
              "[".repeat(50_000),
              "{}",
              "[]",
              "{\"figures\": [1, null, {\"pointer\": \"no\"}], \"elements\": [[]], \"root\": 3}",
              "{\"a\": 1, \"a\": 2}")) {
        Files.writeString(pack.resolve(file), text);
        SamplePack.rehash(pack);
        SamplePack.resign(pack, KEY);
        if (!file.equals(PackFormat.RULES)) {
          assertThat(findings()).as(file + " " + text.substring(0, 2)).isNotEmpty();
        } else {
          findings();
        }
      }
      Files.write(pack.resolve(file), good);
    }
  }

  @Test
  void aFileThatIsFarTooLarge() throws Exception {
    try (RandomAccessFile file =
        new RandomAccessFile(pack.resolve(PackFormat.MANIFEST).toFile(), "rw")) {
      file.setLength(20L << 30);
    }
    rejected(PackFormat.MANIFEST, "more than");
  }

  @Test
  void foldersThatAreNoPack() throws Exception {
    pack = Files.createDirectory(folder.resolve("empty"));
    rejected(PackFormat.MANIFEST, "the file is not there");
    Files.createDirectories(pack.resolve(PackFormat.MANIFEST));
    assertThat(findings()).isNotEmpty();
  }
}
