package io.stopline.evidence.pack;

import static io.stopline.evaluation.robustness.Html.escape;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evidence.format.PackFormat;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * For which parts of which rule sets the files of a pack are evidence. Parts are named in our own
 * words, for finding one's way; nothing is quoted, and nothing is judged.
 */
final class Rules {

  /**
   * A part of a rule set that asks for what a pack may have.
   *
   * @param set with its version
   * @param part as the rule set counts it
   * @param asks in our words
   * @param topics that are evidence for it
   */
  private record Rule(String set, String part, String asks, List<Topic> topics) {}

  private static final String R155 = "UN Regulation No. 155 (cyber security), 2021";
  private static final String R156 = "UN Regulation No. 156 (software updates), 2021";
  private static final String ADS =
      "UN regulation on automated driving systems, draft" + " WP.29/2026/137";
  private static final String SAE21434 = "ISO/SAE 21434:2021";
  private static final String SOTIF = "ISO 21448:2022";
  private static final String PAS8800 = "ISO/PAS 8800:2024";
  private static final String AI_ACT =
      "Regulation (EU) 2024/1689 (AI Act), Article 15; for type-approved vehicles through delegated"
          + " acts only (Article 2(2))";
  private static final String ATLAS = "MITRE ATLAS, data 2026.10";

  private static final List<Rule> ALL =
      List.of(
          new Rule(
              R155,
              "7.3.3, Annex 5",
              "threats to the vehicle type are assessed and treated",
              List.of(Topic.ADAPTIVE, Topic.MODELS, Topic.PROBE)),
          new Rule(
              R155,
              "7.3.6",
              "tests show whether security measures are effective",
              List.of(Topic.DRIVES, Topic.ADAPTIVE, Topic.BENIGN, Topic.CERTIFICATES)),
          new Rule(
              R155,
              "7.3.7",
              "attacks in service are detected, and data for their analysis are kept",
              List.of(Topic.INCIDENTS, Topic.REVIEWS)),
          new Rule(
              R156,
              "7.1.1, 7.2.1",
              "software versions are identified and their integrity can be checked",
              List.of()),
          new Rule(
              ADS,
              "safety case",
              "claims are argued and lead to evidence",
              List.of(Topic.DRIVES, Topic.ROAD, Topic.CLEAN)),
          new Rule(
              ADS,
              "credibility of simulation",
              "simulated results can be believed",
              List.of(Topic.REALISM)),
          new Rule(
              SAE21434,
              "clause 10",
              "the design is verified, weaknesses are looked for",
              List.of(Topic.MODELS, Topic.ADAPTIVE, Topic.HARDENING)),
          new Rule(
              SAE21434,
              "clause 11",
              "cyber security is validated at the level of the vehicle",
              List.of(Topic.DRIVES, Topic.ROAD)),
          new Rule(
              SAE21434,
              "clauses 8 and 13",
              "events in service are monitored and evaluated",
              List.of(Topic.INCIDENTS, Topic.REVIEWS)),
          new Rule(
              SOTIF,
              "clause 10",
              "known hazardous scenarios are evaluated",
              List.of(Topic.BENIGN, Topic.DRIVES, Topic.ROAD)),
          new Rule(
              SOTIF,
              "clause 11",
              "unknown hazardous scenarios are looked for",
              List.of(Topic.PROBE, Topic.ADAPTIVE, Topic.ROAD)),
          new Rule(
              SOTIF,
              "clause 13",
              "the function is observed in the field",
              List.of(Topic.INCIDENTS, Topic.REVIEWS)),
          new Rule(
              PAS8800,
              "data",
              "data sets are described, and their splits kept apart",
              List.of(Topic.DATA)),
          new Rule(
              PAS8800,
              "development",
              "training and its decisions are recorded",
              List.of(Topic.TRAINING, Topic.HARDENING)),
          new Rule(
              PAS8800,
              "verification and validation",
              "robustness and performance are measured",
              List.of(Topic.CLEAN, Topic.MODELS, Topic.CERTIFICATES, Topic.DRIVES, Topic.REALISM)),
          new Rule(
              PAS8800,
              "operation",
              "behaviour in the field is measured",
              List.of(Topic.INCIDENTS, Topic.REVIEWS)),
          new Rule(
              AI_ACT,
              "15(1), 15(3)",
              "levels of accuracy and their metrics are declared",
              List.of(Topic.CLEAN, Topic.ROAD)),
          new Rule(
              AI_ACT,
              "15(4)",
              "the system is resilient to errors and faults of its surroundings",
              List.of(Topic.BENIGN, Topic.DRIVES)),
          new Rule(
              AI_ACT,
              "15(5)",
              "adversarial examples and attacks on data and models are met",
              List.of(Topic.ADAPTIVE, Topic.MODELS, Topic.CERTIFICATES, Topic.DATA)),
          new Rule(
              ATLAS,
              "AML.T0043",
              "craft adversarial data (white box, black box, transfer, by hand)",
              List.of(Topic.MODELS, Topic.ADAPTIVE)),
          new Rule(
              ATLAS,
              "AML.T0041, AML.T0015",
              "evade the model through the physical environment",
              List.of(Topic.DRIVES, Topic.PROBE)),
          new Rule(
              ATLAS,
              "AML.T0029",
              "make the model too expensive to answer",
              List.of(Topic.COST, Topic.DRIVES)),
          new Rule(
              ATLAS, "AML.T0020", "poison training data", List.of(Topic.DATA, Topic.TRAINING)));

  private Rules() {}

  private static Set<String> files(Rule rule, Inventory inventory) {
    Set<String> files = new LinkedHashSet<>();
    rule.topics().forEach(topic -> files.addAll(topic.files(inventory)));
    if (rule.topics().isEmpty()) {
      files.add(PackFormat.BUNDLE);
      files.add(PackFormat.BOM);
    }
    return files;
  }

  private static List<String> missing(Rule rule, Inventory inventory) {
    return rule.topics().stream()
        .filter(topic -> topic.files(inventory).isEmpty())
        .map(topic -> topic.missingOne(inventory).what())
        .toList();
  }

  static PackFile document(Inventory inventory) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(
        "meaning",
        "evidence for, never compliance with; parts are named for orientation, in our words: the"
            + " assessor's copy of each rule set decides");
    ArrayNode all = node.putArray("rules");
    for (Rule rule : ALL) {
      ObjectNode one = all.addObject();
      one.put("ruleSet", rule.set()).put("part", rule.part()).put("asks", rule.asks());
      files(rule, inventory).forEach(one.putArray("evidence")::add);
      missing(rule, inventory).forEach(one.putArray("missing")::add);
    }
    return PackFile.json(
        PackFormat.RULES, node, "for which parts of which rule sets there is evidence");
  }

  static PackFile page(Inventory inventory) {
    StringBuilder body =
        new StringBuilder(
            "<style>a{color:var(--c0);overflow-wrap:anywhere}td,th{vertical-align:top}td{min-width:8rem}"
                + "</style><p class=\"kicker\">Evidence pack</p><h1>Rule sets</h1><p class=\"sub\">For which"
                + " parts the files of this pack are evidence. Evidence for, never compliance"
                + " with: whether it is enough is the assessor's to say. Parts are named in our"
                + " words.</p>");
    String set = "";
    for (Rule rule : ALL) {
      if (!rule.set().equals(set)) {
        body.append(set.isEmpty() ? "" : "</tbody></table></div></section>");
        set = rule.set();
        body.append("<section><h2>")
            .append(escape(set))
            .append(
                "</h2><div class=\"scroll\"><table><thead><tr><th>Part</th><th>Asks"
                    + " that</th><th>Evidence for it</th><th>Missing</th></tr></thead><tbody>");
      }
      List<String> links = new ArrayList<>();
      for (String file : files(rule, inventory)) {
        links.add(PageParts.link(file));
      }
      body.append("<tr><th>")
          .append(escape(rule.part()))
          .append("</th><td>")
          .append(escape(rule.asks()))
          .append("</td><td>")
          .append(links.isEmpty() ? "none in this pack" : String.join("<br>", links))
          .append("</td><td>")
          .append(escape(String.join("; ", missing(rule, inventory))))
          .append("</td></tr>");
    }
    body.append("</tbody></table></div></section>");
    return PackFile.text(
        "rules.html", Html.page("Rule sets", body), "text/html", "the same for people");
  }
}
