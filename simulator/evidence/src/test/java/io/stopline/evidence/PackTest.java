package io.stopline.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Report;
import io.stopline.evidence.check.EvidenceCheck;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.pack.EvidencePack;
import io.stopline.evidence.pack.Missing;
import io.stopline.evidence.pack.PackRequest;
import io.stopline.evidence.result.FigureDigest;
import io.stopline.evidence.result.LeftOut;
import io.stopline.evidence.sign.SigningKey;
import io.stopline.sdk.image.Image;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into a pack, what is said to be missing, and what is left out. */
final class PackTest {

  private static final SigningKey KEY = SigningKey.generate();
  private static final Bundle BUNDLE = SamplePack.bundle();

  @TempDir Path folder;

  private JsonNode read(Path pack, String file) throws Exception {
    return PackJson.read(Files.readAllBytes(pack.resolve(file)));
  }

  private EvidencePack pack(Path... results) throws Exception {
    return EvidencePack.of(SamplePack.request(BUNDLE, List.of(results), KEY, null));
  }

  private Path file(String name, Report report) throws Exception {
    Path file = folder.resolve(name);
    SamplePack.json(file, report.toJson());
    return file;
  }

  @Test
  void withoutAnyResultAllThatIsMissingIsSaidWithItsCommand() throws Exception {
    EvidencePack pack = EvidencePack.of(SamplePack.request(BUNDLE, List.of(), null, null));
    Path out = folder.resolve("pack");
    pack.write(out);
    assertThat(pack.missing())
        .extracting(Missing::id)
        .contains(
            "adaptive-attack",
            "model-robustness",
            "campaign",
            "benign-control",
            "clean-data",
            "certificates",
            "road-frames",
            "realism",
            "hardening",
            "data-sets",
            "training-records",
            "in-service-incidents",
            "in-service-reviews",
            "signer");
    assertThat(pack.missing()).allSatisfy(m -> assertThat(m.command()).isNotBlank());
    assertThat(EvidenceCheck.of(out, null).findings()).isEmpty();
    String manifest = Files.readString(out.resolve(PackFormat.MANIFEST));
    assertThat(manifest.strip()).startsWith("{\n  \"missing\" : [");
    for (Missing each : pack.missing()) {
      assertThat(Files.readString(out.resolve("LIMITATIONS.md"))).contains("**" + each.what());
      assertThat(read(out, PackFormat.MANIFEST).path("missing").findValuesAsText("id"))
          .contains(each.id());
    }
    assertThat(Files.readString(out.resolve("claims.html"))).contains("Undeveloped.");
  }

  @Test
  void theSameInputsKeyAndDateGiveTheSameBytes() throws Exception {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    SamplePack.write(folder, one, KEY);
    SamplePack.write(folder, other, KEY);
    List<Path> files = SamplePack.files(one);
    assertThat(SamplePack.files(other)).hasSameSizeAs(files);
    for (Path file : files) {
      assertThat(other.resolve(one.relativize(file).toString())).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void aRunThatIsRepeatedGivesTheSameDigestAndOneWithOtherFiguresAnother() {
    ObjectNode first = SamplePack.attack(BUNDLE).toJson();
    ObjectNode again = first.deepCopy().put("date", "2030-01-01T00:00:00Z");
    ((ObjectNode) again.path("hardware")).put("cores", 999);
    again.put("seconds", 12.5);
    assertThat(FigureDigest.of(again)).isPresent().isEqualTo(FigureDigest.of(first));
    ((ObjectNode) again.path("robustAccuracy")).put("count", 13);
    assertThat(FigureDigest.of(again)).isNotEqualTo(FigureDigest.of(first));
  }

  @Test
  void whatBelongsElsewhereIsNamedAndNotUsed() throws Exception {
    Report otherBundle = SamplePack.evaluate(BUNDLE).hash("bundle", "1".repeat(64));
    Report otherPolicy = SamplePack.evaluate(BUNDLE).hash("policy", "2".repeat(64));
    Report otherModel = SamplePack.attack(BUNDLE).hash("model:robust-int8", "3".repeat(64));
    ObjectNode otherVersion = SamplePack.evaluate(BUNDLE).toJson().put("version", "0.0.1");
    SamplePack.json(folder.resolve("version.json"), otherVersion);
    ObjectNode silent = SamplePack.attack(BUNDLE).toJson();
    silent.remove("repeat");
    SamplePack.json(folder.resolve("silent.json"), silent);
    Report nameless = new Report("attack", 1);
    nameless.put("robustAccuracy", otherVersion.at("/guard/falseAlarmRate"));
    nameless.fields().put("repeat", "x");
    EvidencePack pack =
        pack(
            file("bundle.json", otherBundle),
            file("policy.json", otherPolicy),
            file("model.json", otherModel),
            file("nameless.json", nameless),
            folder.resolve("version.json"),
            folder.resolve("silent.json"));
    assertThat(pack.reports()).isEmpty();
    assertThat(pack.figures()).isZero();
    assertThat(pack.leftOut()).hasSize(6).allMatch(LeftOut::foreign);
    assertThat(why(pack, "bundle.json")).contains("bundle with SHA-256 111111111111");
    assertThat(why(pack, "policy.json")).contains("policy with SHA-256 222222222222");
    assertThat(why(pack, "model.json")).contains("is not in bundle 'traffic-signs'");
    assertThat(why(pack, "version.json")).contains("version '0.0.1'");
    assertThat(why(pack, "silent.json")).contains("which command repeats it");
    assertThat(why(pack, "nameless.json")).contains("which bundle or model");
    Path out = folder.resolve("pack");
    pack.write(out);
    assertThat(Files.readString(out.resolve("report.html"))).contains("Does not belong.");
  }

  private static String why(EvidencePack pack, String name) {
    return pack.leftOut().stream()
        .filter(left -> left.file().endsWith(name))
        .findFirst()
        .orElseThrow()
        .why();
  }

  @Test
  void aCampaignOfAnotherBundleIsForeignAndOfTwoGuardsIsHalfUsed() throws Exception {
    Path run = Files.createDirectory(folder.resolve("run"));
    SamplePack.campaign(BUNDLE, run);
    SamplePack.change(
        run,
        "report.json",
        tree -> {
          ((ObjectNode) tree.at("/guards/0")).put("name", "old").put("bundleSha256", "4");
          ((ObjectNode) tree.path("figures")).set("old", tree.at("/figures/shipped"));
          ((ObjectNode) tree.path("figures")).remove("shipped");
        });
    assertThat(pack(run).reports()).isEmpty();
    assertThat(why(pack(run), "report.json")).contains("it judged bundle");

    SamplePack.campaign(BUNDLE, run);
    SamplePack.change(
        run,
        "report.json",
        tree -> {
          ((ArrayNode) tree.path("guards")).addObject().put("name", "old").put("bundleSha256", "4");
          ((ObjectNode) tree.path("figures")).set("old", tree.at("/figures/shipped"));
        });
    EvidencePack both = pack(run);
    Path out = folder.resolve("pack");
    both.write(out);
    List<String> pointers =
        read(out, PackFormat.FIGURES).path("figures").findValuesAsText("pointer");
    assertThat(pointers).anyMatch(p -> p.startsWith("/figures/shipped"));
    assertThat(pointers).noneMatch(p -> p.startsWith("/figures/old"));
  }

  @Test
  void whatIsNoReportIsNamed() throws Exception {
    Files.writeString(folder.resolve("notes.txt"), "x");
    Files.writeString(folder.resolve("odd.json"), "{\"a\": 1}");
    Files.writeString(folder.resolve("broken.json"), "{");
    Files.writeString(folder.resolve("twice.json"), "{\"command\": 1, \"command\": 2}");
    file("doctor.json", new Report("doctor", 1));
    file("a.json", SamplePack.attack(BUNDLE));
    file("b.json", SamplePack.attack(BUNDLE));
    EvidencePack pack = pack(folder);
    assertThat(pack.reports()).hasSize(1);
    assertThat(why(pack, "notes.txt")).contains("no report");
    assertThat(why(pack, "odd.json")).contains("no report");
    assertThat(why(pack, "broken.json")).contains("no JSON that can be trusted");
    assertThat(why(pack, "twice.json")).contains("no JSON that can be trusted");
    assertThat(why(pack, "doctor.json")).contains("no place for a report of 'doctor'");
    assertThat(why(pack, "b.json")).contains("the same as");
  }

  @Test
  void theBillOfMaterialsIsCycloneDxWithCardsAndIntervals() throws Exception {
    Path out = folder.resolve("pack");
    SamplePack.write(folder, out, KEY);
    byte[] bom = Files.readAllBytes(out.resolve(PackFormat.BOM));
    assertThat(new JsonParser().validate(bom, Version.VERSION_16)).isEmpty();
    JsonNode robust = null;
    for (JsonNode component : PackJson.read(bom).path("components")) {
      if (component.path("name").asText().equals("robust-int8")) {
        robust = component;
      }
    }
    assertThat(robust).isNotNull();
    JsonNode metrics = robust.at("/modelCard/quantitativeAnalysis/performanceMetrics");
    assertThat(metrics).hasSize(3);
    assertThat(metrics.at("/1/value").asText()).isEqualTo("0.7");
    assertThat(metrics.at("/1/confidenceInterval/lowerBound").asText()).isEqualTo("0.457211");
  }

  @Test
  void aGatesCriteriaAreTheTestsOfItsResult() throws Exception {
    Path out = folder.resolve("pack");
    SamplePack.write(folder, out, KEY);
    Path file =
        SamplePack.files(out.resolve("attestations")).stream()
            .filter(each -> each.getFileName().toString().startsWith("campaign"))
            .findFirst()
            .orElseThrow();
    JsonNode statement =
        PackJson.read(
            Base64.getDecoder()
                .decode(PackJson.read(Files.readAllBytes(file)).path("payload").asText()));
    assertThat(statement.at("/predicate/result").asText()).isEqualTo("FAILED");
    assertThat(statement.at("/predicate/passedTests/0").asText()).contains("suspected of clean");
    assertThat(statement.at("/predicate/failedTests/0").asText()).contains("suspected of benign");
  }

  @Test
  void incidentsOfThisGuardAreTakenAndThoseOfOthersNamed() throws Exception {
    ObjectNode detail =
        PackJson.read("{\"key\": 1, \"device\": \"v1\"}".getBytes(UTF_8)).deepCopy();
    detail.put("id", "0d9c1d0a-0000-4000-8000-000000000001");
    detail.putArray("reviews");
    detail.putArray("evidence");
    detail.put("schemaVersion", 1);
    detail.putObject("review").put("verdict", "DISMISSED");
    ObjectNode guard = detail.putObject("guard");
    guard.put("policySha256", BUNDLE.policy(null).policy().sha256());
    guard
        .putArray("models")
        .addObject()
        .put("name", "res-int8")
        .put("sha256", BUNDLE.model("res-int8").sha256());
    SamplePack.json(folder.resolve("reviewed.json"), detail);
    ObjectNode other = detail.deepCopy();
    ((ObjectNode) other.path("guard")).put("policySha256", "5".repeat(64));
    SamplePack.json(folder.resolve("other.json"), other);
    ObjectNode broken = detail.deepCopy();
    broken.remove("reviews");
    SamplePack.json(folder.resolve("broken.json"), broken);

    EvidencePack pack = pack(folder);
    Path out = folder.resolve("pack");
    pack.write(out);
    assertThat(why(pack, "other.json")).contains("policy 555555555555");
    assertThat(why(pack, "broken.json")).contains("no incident of this version");
    assertThat(pack.missing())
        .extracting(Missing::id)
        .doesNotContain("in-service-incidents", "in-service-reviews");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("In-service incidents: 1, in 1 files; people confirmed 0 and dismissed 1.");
    assertThat(EvidenceCheck.of(out, null).findings()).isEmpty();
  }

  @Test
  void dataSetsAreSearchedForLeaks() throws Exception {
    Path data = folder.resolve("signs");
    // The same picture in two splits, and one that is a little brighter.
    ImageFiles.writePng(picture(0, 1), file(data, "train/00001/a.png"));
    ImageFiles.writePng(picture(0, 1), file(data, "test/00001/b.png"));
    ImageFiles.writePng(picture(3, 1), file(data, "validation/00001/c.png"));
    ImageFiles.writePng(picture(0, -1), file(data, "train/00002/d.png"));
    ImageFiles.writePng(picture(0, -1), file(data, "validation/00002/e.png"));
    ImageFiles.writePng(picture(9, -1), file(data, "test/00002/f.png"));
    PackRequest request = SamplePack.request(BUNDLE, List.of(), KEY, null);
    EvidencePack pack =
        EvidencePack.of(
            new PackRequest(
                BUNDLE,
                request.policy(),
                "traffic-signs",
                request.software(),
                List.of(),
                List.of(data),
                Map.of("signs", "ours"),
                null,
                KEY,
                SamplePack.DATE,
                false,
                List.of()));
    Path out = folder.resolve("pack");
    pack.write(out);
    JsonNode sheet = read(out, "data/signs.json");
    assertThat(sheet.path("licence").asText()).isEqualTo("ours");
    List<String> leaks = new ArrayList<>();
    for (JsonNode pair : sheet.path("leakage")) {
      leaks.add(
          "%s: %d equal, %d alike"
              .formatted(
                  pair.path("splits").asText(),
                  pair.path("imagesWithEqualPixels").asInt(),
                  pair.path("imagesThatLookAlike").asInt()));
    }
    assertThat(leaks)
        .contains("train, validation: 1 equal, 2 alike", "train, test: 1 equal, 2 alike");
    assertThat(pack.missing()).extracting(Missing::id).doesNotContain("data-sets");
    assertThat(Files.readString(out.resolve("LIMITATIONS.md")))
        .contains("Data set 'signs' leaks between train, test: 1 images");
  }

  private static Path file(Path folder, String name) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return file;
  }

  private static Image picture(int brighter, int direction) {
    byte[] rgb = new byte[3 * 32 * 32];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % 32;
      rgb[i] = (byte) (brighter + (direction > 0 ? 4 * x : 4 * (31 - x)) + (i / 96) % 3);
    }
    return Image.of(32, 32, rgb);
  }

  @Test
  void aFolderWithSomethingInItIsNotWrittenTo() throws Exception {
    Path out = Files.createDirectory(folder.resolve("pack"));
    Files.writeString(out.resolve("mine.txt"), "x");
    assertThatThrownBy(() -> pack().write(out)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(SamplePack.files(folder)).containsExactly(out.resolve("mine.txt"));
  }

  @Test
  void thePackNeverSaysCompliant() throws Exception {
    Path out = folder.resolve("pack");
    SamplePack.write(folder, out, KEY);
    for (String name :
        List.of("report.html", "rules.html", "claims.html", "LIMITATIONS.md", "rules.json")) {
      assertThat(Files.readString(out.resolve(name)))
          .as(name)
          .doesNotContainIgnoringCase("compliant")
          .doesNotContainIgnoringCase("conform");
    }
  }
}
