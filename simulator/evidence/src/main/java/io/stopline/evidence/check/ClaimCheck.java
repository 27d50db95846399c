package io.stopline.evidence.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.format.PackFormat;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether every leaf of the argument is a file of the pack, or says that it is undeveloped. */
final class ClaimCheck {

  private final EvidenceCheck check;

  ClaimCheck(EvidenceCheck check) {
    this.check = check;
  }

  void run() {
    JsonNode document = check.document(PackFormat.CLAIMS);
    if (document.isMissingNode()) {
      return;
    }
    Map<String, JsonNode> elements = new HashMap<>();
    for (JsonNode element : document.path("elements")) {
      String id = element.path("id").asText();
      if (elements.put(id, element) != null) {
        find("element '%s' is there twice".formatted(id));
      }
    }
    if (!elements.containsKey(document.path("root").asText())) {
      find("the root is no element");
      return;
    }
    Set<String> reached = new HashSet<>();
    follow(document.path("root").asText(), elements, new HashSet<>(), reached);
    for (String id : elements.keySet()) {
      if (!reached.contains(id)) {
        find("element '%s' supports nothing".formatted(id));
      }
    }
    elements.values().forEach(this::leaf);
    rules();
  }

  private void follow(
      String id, Map<String, JsonNode> elements, Set<String> above, Set<String> reached) {
    JsonNode element = elements.get(id);
    if (element == null) {
      find("element '%s' is named but not there".formatted(id));
      return;
    }
    if (above.size() > 50 || !above.add(id)) {
      find("element '%s' supports itself".formatted(id));
      return;
    }
    if (reached.add(id)) {
      for (String kind : new String[] {"supportedBy", "inContextOf"}) {
        for (JsonNode below : element.path(kind)) {
          follow(below.asText(), elements, above, reached);
        }
      }
    }
    above.remove(id);
  }

  private void leaf(JsonNode element) {
    String id = element.path("id").asText();
    String kind = element.path("kind").asText();
    for (JsonNode file : element.path("files")) {
      if (!check.listed().containsKey(file.asText())) {
        find("'%s' rests on '%s', which is no file of the pack".formatted(id, file.asText()));
      }
    }
    boolean supported = !element.path("supportedBy").isEmpty();
    boolean open = element.path("undeveloped").asBoolean();
    switch (kind) {
      case "solution" -> {
        if (element.path("files").isEmpty()) {
          find("solution '%s' has no file".formatted(id));
        }
      }
      case "goal", "strategy" -> {
        if (supported == open) {
          find(
              open
                  ? "'%s' is called undeveloped, but is supported".formatted(id)
                  : "'%s' ends in no file and is not called undeveloped".formatted(id));
        }
      }
      case "context", "assumption", "justification" -> {
        // These stand beside a goal and rest on nothing.
      }
      default -> find("'%s' is of unknown kind '%s'".formatted(id, kind));
    }
  }

  private void rules() {
    for (JsonNode rule : check.document(PackFormat.RULES).path("rules")) {
      for (JsonNode file : rule.path("evidence")) {
        if (!check.listed().containsKey(file.asText())) {
          check.find(
              "evidence for %s, %s is '%s', which is no file of the pack"
                  .formatted(
                      rule.path("ruleSet").asText(), rule.path("part").asText(), file.asText()),
              PackFormat.RULES,
              EvidenceCheck.again());
        }
      }
    }
  }

  private void find(String thing) {
    check.find(thing, PackFormat.CLAIMS, EvidenceCheck.again());
  }
}
