package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.Figure;
import io.stopline.evidence.result.IncidentRecord;
import io.stopline.evidence.result.ItemUnderTest;
import io.stopline.evidence.result.LeftOut;
import io.stopline.evidence.result.ReportKind;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that goes into a pack, before any document is made of it.
 *
 * @param item what it is about
 * @param bundle of the item, verified
 * @param policy of the item
 * @param date of the pack
 * @param reports that belong, by their path in the pack
 * @param figures of all reports
 * @param incidents by their path in the pack
 * @param dataSets by their path in the pack
 * @param recipes bytes by their path in the pack
 * @param leftOut given, but not taken
 * @param keyId of the signing key
 * @param keyMadeForThisPack whether the key was made for this pack and thrown away
 * @param withModels whether the model files themselves are in the pack
 * @param bundleReference how a command names the bundle
 */
record Inventory(
    ItemUnderTest item,
    Bundle bundle,
    PolicyFile policy,
    Instant date,
    Map<String, AcceptedReport> reports,
    List<Figure> figures,
    Map<String, IncidentRecord> incidents,
    Map<String, ObjectNode> dataSets,
    Map<String, byte[]> recipes,
    List<LeftOut> leftOut,
    String keyId,
    boolean keyMadeForThisPack,
    boolean withModels,
    String bundleReference) {

  Inventory {
    reports = Collections.unmodifiableMap(new LinkedHashMap<>(reports));
    figures = List.copyOf(figures);
    incidents = Collections.unmodifiableMap(new LinkedHashMap<>(incidents));
    dataSets = Collections.unmodifiableMap(new LinkedHashMap<>(dataSets));
    recipes = Collections.unmodifiableMap(new LinkedHashMap<>(recipes));
    leftOut = List.copyOf(leftOut);
  }

  /** Paths of the reports of these kinds. */
  List<String> reportsOf(ReportKind... kinds) {
    List<ReportKind> wanted = List.of(kinds);
    return reports.entrySet().stream()
        .filter(entry -> wanted.contains(entry.getValue().kind()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What should be in the pack and is not, most important first. */
  List<Missing> missing() {
    return Topic.missing(this);
  }
}
