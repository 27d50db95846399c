package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code witnesses} of a policy; what is left out has the standard value. */
final class WitnessesReader {

  private static final String POINTER = "/witnesses";

  private static final int MAXIMUM = 16;

  private final YamlTree tree;
  private final List<Problem> problems;
  private final Map<String, ModelManifest> models;
  private final Map<String, List<String>> labels;

  /**
   * @param problems receives what is wrong
   * @param models by name
   * @param labels the names in each labels file
   */
  WitnessesReader(
      YamlTree tree,
      List<Problem> problems,
      Map<String, ModelManifest> models,
      Map<String, List<String>> labels) {
    this.tree = tree;
    this.problems = problems;
    this.models = models;
    this.labels = labels;
  }

  /**
   * @param node as the schema has it, or missing
   * @param hasFinder whether the policy has a detector to check on
   * @param hasSignCheck whether the policy says what is a sign
   * @param classes names of the members' classes; none if they are unknown
   * @return null if there are none or if something is wrong
   */
  @Nullable Witnesses read(
      JsonNode node, boolean hasFinder, boolean hasSignCheck, List<String> classes) {
    if (!node.isObject()) {
      return null;
    }
    int before = problems.size();
    JsonNode hidden = node.path("hiddenSign");
    JsonNode phantom = node.path("phantom");
    JsonNode hiddenObject = node.path("hiddenObject");
    JsonNode phantomObject = node.path("phantomObject");
    JsonNode vanished = node.path("vanished");
    boolean others = hiddenObject.isObject() || phantomObject.isObject() || vanished.isObject();
    checkNeeds(
        hidden.isObject(),
        phantom.isObject(),
        others,
        hasFinder,
        hasSignCheck || hidden.path("signs").isArray());
    checkDetectors(node, hiddenObject.isObject() || phantomObject.isObject());
    List<Witnesses.WitnessDetector> detectors = detectors(node.path("detectors"), hasFinder);
    Witnesses.Motion motion = motion(node.path("motion"));
    Witnesses.HiddenSign hiddenSign = hidden.isObject() ? hiddenSign(hidden, classes) : null;
    Witnesses.Phantom phantoms = phantom.isObject() ? phantom(phantom, classes) : null;
    if (problems.size() > before) {
      return null;
    }
    Witnesses usual = Witnesses.standard();
    return new Witnesses(
        node.path("everyFrames").asInt(usual.everyFrames()),
        Duration.ofMillis(node.path("patienceMillis").asLong(usual.patience().toMillis())),
        motion,
        hiddenSign,
        phantoms,
        detectors,
        hiddenObject.isObject() ? hiddenObject(hiddenObject) : null,
        phantomObject.isObject()
            ? new Witnesses.PhantomObject(
                phantomObject
                    .path("persistence")
                    .asInt(Witnesses.PhantomObject.standard().persistence()))
            : null,
        vanished.isObject() ? vanished(vanished) : null);
  }

  private void checkNeeds(
      boolean hidden, boolean phantom, boolean others, boolean hasFinder, boolean hasSignCheck) {
    if (!hidden && !phantom && !others) {
      problem(
          "",
          "'witnesses' look for nothing; give 'hiddenSign', 'phantom' or both, 'hiddenObject', 'phantomObject' or 'vanished', or remove them");
    }
    if (others && !hasFinder) {
      problem(
          "",
          "'hiddenObject', 'phantomObject' and 'vanished' are about what a detector finds, but colour and shape find signs here; add 'finder' or remove them");
    }
    if (hidden && !hasFinder) {
      problem(
          "/hiddenSign",
          "a hidden sign is one that a detector does not report, but colour and shape find signs here; add 'finder' or remove 'hiddenSign'");
    }
    if (hidden && !hasSignCheck) {
      problem(
          "/hiddenSign",
          "a hidden sign is one that the verifier is sure of, but there is none; add 'sign' or remove 'hiddenSign'");
    }
    if (phantom && !hasFinder) {
      problem(
          "/phantom",
          "a phantom is what a detector reports and colour and shape do not see, but these find signs here; add 'finder' or remove 'phantom'");
    }
  }

  private Witnesses.Motion motion(JsonNode node) {
    Witnesses.Motion usual = Witnesses.Motion.standard();
    try {
      return new Witnesses.Motion(
          node.path("left").asDouble(usual.left()),
          node.path("right").asDouble(usual.right()),
          node.path("top").asDouble(usual.top()),
          node.path("bottom").asDouble(usual.bottom()),
          node.path("growth").asDouble(usual.growth()),
          node.path("tolerance").asDouble(usual.tolerance()));
    } catch (IllegalArgumentException e) {
      problem("/motion", String.valueOf(e.getMessage()));
      return usual;
    }
  }

  private void checkDetectors(JsonNode node, boolean asked) {
    boolean given = node.path("detectors").isArray();
    if (asked && !given) {
      problem(
          node.has("hiddenObject") ? "/hiddenObject" : "/phantomObject",
          "'hiddenObject' and 'phantomObject' are what other detectors see or do not see; name them by 'detectors'");
    } else if (given && !asked) {
      problem(
          "/detectors",
          "'detectors' look for nothing; give 'hiddenObject' or 'phantomObject', or remove them");
    }
  }

  private List<Witnesses.WitnessDetector> detectors(JsonNode list, boolean hasFinder) {
    List<Witnesses.WitnessDetector> detectors = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode node = list.get(i);
      String pointer = "/detectors/" + i;
      String name = node.get("detector").asText();
      ModelManifest manifest = models.get(name);
      if (manifest == null || !manifest.isDetector()) {
        String near = SchemaCheck.nearest(name, models.keySet());
        problem(
            pointer + "/detector",
            manifest != null
                ? "model '%s' is a classifier, but a witness looks at whole frames; name a detector"
                    .formatted(name)
                : near == null
                    ? "model '%s' is unknown; known are %s"
                        .formatted(name, String.join(", ", models.keySet()))
                    : "model '%s' is unknown; did you mean '%s'?".formatted(name, near));
      }
      Map<String, List<String>> map = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : node.path("labels").properties()) {
        map.put(entry.getKey(), texts(entry.getValue()));
      }
      if (hasFinder && manifest != null) {
        checkLabels(pointer + "/labels", map, manifest);
      }
      detectors.add(
          new Witnesses.WitnessDetector(
              name, node.get("threshold").asDouble(), node.path("maximum").asInt(MAXIMUM), map));
    }
    return detectors;
  }

  /** What the finder calls by a name, and what the witness does. */
  private void checkLabels(String pointer, Map<String, List<String>> map, ModelManifest witness) {
    ModelManifest finder = models.get(tree.root().path("finder").path("detector").asText(""));
    List<String> found =
        finder == null ? List.of() : labels.getOrDefault(finder.labels(), List.of());
    List<String> seen = labels.getOrDefault(witness.labels(), List.of());
    map.forEach(
        (label, shown) -> {
          String at = pointer + YamlTree.step(label);
          if (!found.isEmpty() && !found.contains(label)) {
            unknownLabel(at, label, found, "the finder's");
          }
          for (int i = 0; i < shown.size(); i++) {
            if (!seen.isEmpty() && !seen.contains(shown.get(i))) {
              unknownLabel(at + "/" + i, shown.get(i), seen, "the witness's");
            }
          }
        });
  }

  private void unknownLabel(String pointer, String label, List<String> known, String whose) {
    String near = SchemaCheck.nearest(label, known);
    problem(
        pointer,
        near != null
            ? "label '%s' is unknown; did you mean '%s'?".formatted(label, near)
            : "label '%s' is unknown; name one of %s".formatted(label, whose));
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(n -> texts.add(n.asText()));
    return texts;
  }

  private static Witnesses.HiddenObject hiddenObject(JsonNode node) {
    Witnesses.HiddenObject usual = Witnesses.HiddenObject.standard();
    return new Witnesses.HiddenObject(
        node.path("persistence").asInt(usual.persistence()),
        node.path("minimumSide").asInt(usual.minimumSide()),
        node.path("standing").asBoolean(usual.standing()),
        node.path("sureFrames").asInt(usual.sureFrames()));
  }

  private static Witnesses.Vanished vanished(JsonNode node) {
    Witnesses.Vanished usual = Witnesses.Vanished.standard();
    return new Witnesses.Vanished(
        node.path("sightings").asInt(usual.sightings()),
        node.path("minimumSide").asInt(usual.minimumSide()),
        node.path("inset").asDouble(usual.inset()));
  }

  private Witnesses.HiddenSign hiddenSign(JsonNode node, List<String> classes) {
    Witnesses.HiddenSign usual = Witnesses.HiddenSign.standard();
    return new Witnesses.HiddenSign(
        node.path("persistence").asInt(usual.persistence()),
        node.path("minimumSide").asInt(usual.minimumSide()),
        node.path("signProbability").asDouble(usual.signProbability()),
        node.path("sureFrames").asInt(usual.sureFrames()),
        classesOf("/hiddenSign/signs", node.path("signs"), classes));
  }

  private Witnesses.Phantom phantom(JsonNode node, List<String> classes) {
    Witnesses.Phantom usual = Witnesses.Phantom.standard();
    return new Witnesses.Phantom(
        node.path("persistence").asInt(usual.persistence()),
        node.path("sightings").asInt(usual.sightings()),
        classesOf("/phantom/colourless", node.path("colourless"), classes),
        classesOf("/phantom/signs", node.path("signs"), classes));
  }

  private List<String> classesOf(String pointer, JsonNode list, List<String> classes) {
    for (int i = 0; i < list.size(); i++) {
      String label = list.get(i).asText();
      if (!classes.isEmpty() && !classes.contains(label)) {
        unknownLabel(pointer + "/" + i, label, classes, "the models' classes");
      }
    }
    return texts(list);
  }

  private void problem(String pointer, String message) {
    problems.add(new Problem(tree.line(POINTER + pointer), message));
  }
}
