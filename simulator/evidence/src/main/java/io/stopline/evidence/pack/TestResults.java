package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.ItemUnderTest;
import io.stopline.evidence.result.ReportKind;
import io.stopline.evidence.sign.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A report as a test result (in-toto attestation framework, predicate test-result 0.1). Only what
 * has a limit can pass or fail: the criteria of a gate, certificates that were attacked, a promise
 * that was checked. A measurement without a limit is WARNED, with each warning of its report as a
 * warned test, since nobody said what it would have to be.
 */
final class TestResults {

  private TestResults() {}

  /** The statement: what was tested as subjects, the report as configuration. */
  static ObjectNode statement(ItemUnderTest item, String file, AcceptedReport report) {
    List<String> passed = new ArrayList<>();
    List<String> warned = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    judge(report, passed, warned, failed);
    if (passed.isEmpty() && failed.isEmpty()) {
      warned.add("measured without a limit: nothing passed and nothing failed");
    }
    report.json().path("warnings").forEach(warning -> warned.add(warning.asText()));
    ObjectNode predicate = JsonNodeFactory.instance.objectNode();
    predicate.put("result", !failed.isEmpty() ? "FAILED" : !warned.isEmpty() ? "WARNED" : "PASSED");
    ArrayNode configuration = predicate.putArray("configuration");
    ObjectNode descriptor = configuration.addObject();
    descriptor.put("name", file);
    descriptor.putObject("digest").put("sha256", report.sha256());
    descriptor.put("mediaType", "application/json");
    descriptor
        .putObject("annotations")
        .put("command", report.command())
        .put("seed", report.json().path("seed").asLong())
        .put("version", report.json().path("version").asText());
    passed.forEach(predicate.putArray("passedTests")::add);
    warned.forEach(predicate.putArray("warnedTests")::add);
    failed.forEach(predicate.putArray("failedTests")::add);
    return Statement.of(subjects(item, report.json()), Statement.TEST_RESULT, predicate);
  }

  /** What was tested: the bundle and its policy, or the models that the report names by hash. */
  private static Map<String, String> subjects(ItemUnderTest item, JsonNode report) {
    Set<String> hashes = new HashSet<>();
    report.path("hashes").forEach(hash -> hashes.add(hash.asText()));
    report.path("models").forEach(model -> hashes.add(model.path("sha256").asText()));
    Map<String, String> subjects = new LinkedHashMap<>();
    if (hashes.contains(item.bundleSha256())) {
      subjects.put(PackFormat.BUNDLE, item.bundleSha256());
    }
    if (hashes.contains(item.policySha256())) {
      subjects.put("policy:" + item.policy(), item.policySha256());
    }
    item.models()
        .forEach(
            (name, sha256) -> {
              if (hashes.contains(sha256)) {
                subjects.put("model:" + name, sha256);
              }
            });
    return subjects;
  }

  private static void judge(
      AcceptedReport report, List<String> passed, List<String> warned, List<String> failed) {
    JsonNode json = report.json();
    if (report.kind() == ReportKind.CAMPAIGN) {
      JsonNode gate = json.path("gate");
      for (JsonNode criterion : gate.path("criteria")) {
        (criterion.path("passed").asBoolean() ? passed : failed)
            .add(criterion.path("criterion").asText());
      }
      gate.path("closed").forEach(why -> failed.add("the gate is open: " + why.asText()));
    }
    if (report.kind() == ReportKind.CERTIFY) {
      for (JsonNode result : json.path("results")) {
        JsonNode attacked = result.path("attacked");
        if (attacked.path("inputs").asLong() > 0) {
          (attacked.path("broken").asLong() == 0 ? passed : failed)
              .add("no certified input is broken by an attack");
        }
      }
    }
    JsonNode promise = json.at("/guard/promiseCheck");
    if (promise.isObject()) {
      (promise.path("broken").asBoolean() ? failed : passed)
          .add("the promised false-alarm rate holds on held-out tracks");
    }
    json.path("fallacies")
        .forEach(fallacy -> warned.add("fallacy: " + fallacy.path("rule").asText()));
  }
}
