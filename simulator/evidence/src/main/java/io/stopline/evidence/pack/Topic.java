package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.ReportKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What evidence is about, in the order in which a reader wants it. A topic knows its claim, the
 * files of a pack that speak for or against it, and what to do where there are none, so that
 * manifest, claims, mapping and limitations say the same.
 */
enum Topic {
  /** The guard against an attacker who knows it. */
  ADAPTIVE(
      "adaptive-attack",
      "how often an attacker who knows the whole guard is not noticed",
      "an attack on the whole guard by one who knows it",
      "without an adaptive attack nothing can be said of who aims at the guard itself",
      "./stopline attack --guard BUNDLE --adaptive --data DIR --split test --json FILE"),
  /** Bare models under attack. */
  MODELS(
      "model-robustness",
      "how often digital attacks fool each bare model",
      "attacks on each bare model",
      "the guard's figures have no baseline without them",
      "./stopline attack --model MODEL.tflite --data DIR --split test --attack autoattack --norm"
          + " linf --eps 8/255 --json FILE"),
  /** Drives and gate. */
  DRIVES(
      "campaign",
      "what a vehicle would have done on rendered drives, clean, benign and attacked, and whether"
          + " the gate's limits were kept",
      "a campaign with its gate (JUnit XML, SARIF)",
      "no drive was judged and no limit was checked",
      "./stopline campaign simulator/campaigns/release.yaml --out DIR"),
  /** Look-alikes. */
  BENIGN(
      "benign-control",
      "how often dirt, weather and the like are taken for alterations",
      "a benign control",
      "a guard that suspects everything would look good without it",
      "./stopline campaign simulator/campaigns/release.yaml --out DIR"),
  /** Clean data. */
  CLEAN(
      "clean-data",
      "accuracy and false alarms on clean data that nothing was learnt from",
      "accuracy and false alarms on clean data",
      "a rate of noticed attacks means nothing without the false alarms that it cost",
      "./stopline evaluate --bundle BUNDLE --data DIR --split test --json FILE"),
  /** Certificates. */
  CERTIFICATES(
      "certificates",
      "what no patch of a stated size can change, proved for each picture",
      "certificates over data",
      "every other figure holds for the attacks that were tried",
      "./stopline certify --kind patch --bundle BUNDLE --data DIR --split test --json FILE"),
  /** Whole frames. */
  ROAD(
      "road-frames",
      "what finder and guard make of whole photographs of roads",
      "figures on whole road frames",
      "crops say nothing of signs that the finder loses, nor of what is no sign",
      "./stopline evaluate --bundle BUNDLE --road DIR --split validation --json FILE"),
  /** Probe. */
  PROBE(
      "guard-probe",
      "how often stickers that were searched against the guard are not noticed",
      "a probe of the guard on searched stickers",
      "digital attacks say little of what can be stuck on a sign",
      "./stopline guard probe --bundle BUNDLE --against guard --json FILE"),
  /** Credibility of the simulation. */
  REALISM(
      "realism",
      "how far figures of rendered drives can be believed: models that learnt from photographs"
          + " read rendered signs",
      "the credibility of the simulation",
      "rendered figures stand without a reason to believe them",
      "./stopline realism --bundle BUNDLE --json FILE"),
  /** Cost. */
  COST(
      "cost",
      "what the guard costs over the bare model",
      "the cost of the guard",
      "whether the figures hold within a vehicle's time was not measured",
      "./stopline bench --bundle BUNDLE --json FILE"),
  /** Reports of trainings. */
  HARDENING(
      "hardening",
      "what training against attacks changed, before and after",
      "the report of the training that made a model of the bundle",
      "cards and recipes say how models were made, not what each run measured",
      "./stopline harden --recipe RECIPE.yaml --data DIR --out MODEL.tflite --json FILE"),
  /** How models were made. */
  TRAINING(
      "training-records",
      "how the models were made: recipes and cards",
      "the recipes of the trainings",
      "nobody could train the models again",
      "add --recipes DIR to ./stopline evidence pack"),
  /** Data. */
  DATA(
      "data-sets",
      "which data were used, under which licence, and that no physical sign stands in two splits",
      "data sets: splits, licences, leakage check",
      "whether test signs were learnt from cannot be told",
      "add --data DIR --licence NAME=TEXT to ./stopline evidence pack"),
  /** In service. */
  INCIDENTS(
      "in-service-incidents",
      "what vehicles in service reported",
      "in-service incidents",
      "nothing is known of the guard outside tests",
      "curl -s http://MONITOR/api/incidents/ID/incident.json > INCIDENT.json, and add"
          + " --results INCIDENT.json"),
  /** What people said. */
  REVIEWS(
      "in-service-reviews",
      "what people decided on the incidents",
      "reviews of in-service incidents",
      "the share of false alarms in service is unknown",
      "curl -s http://MONITOR/api/incidents/ID > REVIEWED.json, and add --results"
          + " REVIEWED.json");

  /** Counts all incidents of the pack. */
  static final String SUMMARY = "incidents/summary.json";

  private final String id;
  private final String claim;
  private final String what;
  private final String why;
  private final String command;

  Topic(String id, String claim, String what, String why, String command) {
    this.id = id;
    this.claim = claim;
    this.what = what;
    this.why = why;
    this.command = command;
  }

  /** For tools. */
  String id() {
    return id;
  }

  /** What the evidence is about. */
  String claim() {
    return claim;
  }

  /** Files of the pack; empty where there is no evidence. */
  List<String> files(Inventory inventory) {
    return switch (this) {
      case ADAPTIVE ->
          reports(
              inventory, ReportKind.ATTACK_GUARD, report -> report.path("adaptive").asBoolean());
      case MODELS -> inventory.reportsOf(ReportKind.ATTACK, ReportKind.ATTACK_DETECTOR);
      case DRIVES ->
          reports(inventory, ReportKind.CAMPAIGN, report -> report.path("gate").isObject());
      case BENIGN -> reports(inventory, ReportKind.CAMPAIGN, Topic::hasBenign);
      case CLEAN -> inventory.reportsOf(ReportKind.EVALUATE);
      case CERTIFICATES -> inventory.reportsOf(ReportKind.CERTIFY);
      case ROAD -> inventory.reportsOf(ReportKind.ROAD);
      case PROBE -> inventory.reportsOf(ReportKind.PROBE);
      case REALISM -> inventory.reportsOf(ReportKind.REALISM);
      case COST -> inventory.reportsOf(ReportKind.BENCH);
      case HARDENING -> inventory.reportsOf(ReportKind.HARDEN);
      case TRAINING -> inventory.recipes().isEmpty() ? List.of() : List.of(TrainingIndex.FILE);
      case DATA -> new ArrayList<>(inventory.dataSets().keySet());
      case INCIDENTS -> inventory.incidents().isEmpty() ? List.of() : List.of(SUMMARY);
      case REVIEWS ->
          inventory.incidents().values().stream()
                  .anyMatch(
                      record -> !record.confirmed().isEmpty() || !record.dismissed().isEmpty())
              ? List.of(SUMMARY)
              : List.of();
    };
  }

  /** What to do where there is no evidence. */
  Missing missingOne(Inventory inventory) {
    return new Missing(id, what, why, command.replace("BUNDLE", inventory.bundleReference()));
  }

  /** Everything that is missing. */
  static List<Missing> missing(Inventory inventory) {
    List<Missing> all = new ArrayList<>();
    Arrays.stream(values())
        .filter(topic -> topic.files(inventory).isEmpty())
        .forEach(topic -> all.add(topic.missingOne(inventory)));
    inventory
        .dataSets()
        .forEach(
            (path, sheet) -> {
              if (sheet.path("licence").isNull()) {
                String name = sheet.path("name").asText();
                all.add(
                    new Missing(
                        "licence:" + name,
                        "the licence of data set '" + name + "'",
                        "whether the models may be used for a product depends on it",
                        "add --licence '" + name + "=TEXT'"));
              }
            });
    if (inventory.item().calibrationSha256() == null) {
      all.add(
          new Missing(
              "calibration",
              "a calibration of policy '" + inventory.item().policy() + "'",
              "no false-alarm rate is promised",
              "./stopline calibrate --bundle %s --policy %s --data DIR"
                  .formatted(inventory.bundleReference(), inventory.item().policy())));
    }
    if (inventory.keyMadeForThisPack()) {
      all.add(
          new Missing(
              "signer",
              "a signature of somebody",
              "the key was made for this pack and thrown away: it shows that nothing was changed"
                  + " since, not who packed it",
              "./stopline evidence keys --out NAME, and add --key NAME.pem"));
    }
    if (!inventory.withModels()) {
      all.add(
          new Missing(
              "model-files",
              "the model files themselves (their SHA-256 are here)",
              "no figure can be measured again from the pack alone",
              "add --with-models"));
    }
    return List.copyOf(all);
  }

  private static boolean hasBenign(JsonNode campaign) {
    for (JsonNode guard : campaign.path("figures")) {
      if (guard.has("benign")) {
        return true;
      }
    }
    return false;
  }

  private static List<String> reports(
      Inventory inventory, ReportKind kind, Predicate<JsonNode> wanted) {
    return inventory.reports().entrySet().stream()
        .filter(e -> e.getValue().kind() == kind && wanted.test(e.getValue().json()))
        .map(Map.Entry<String, AcceptedReport>::getKey)
        .toList();
  }
}
