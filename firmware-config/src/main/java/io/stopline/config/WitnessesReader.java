package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code witnesses} of a policy; what is left out has the standard value. */
final class WitnessesReader {

  private static final String POINTER = "/witnesses";

  private final YamlTree tree;
  private final List<Problem> problems;

  /**
   * @param problems receives what is wrong
   */
  WitnessesReader(YamlTree tree, List<Problem> problems) {
    this.tree = tree;
    this.problems = problems;
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
    checkNeeds(hidden.isObject(), phantom.isObject(), hasFinder, hasSignCheck);
    Witnesses.Motion motion = motion(node.path("motion"));
    Witnesses.HiddenSign hiddenSign = hidden.isObject() ? hiddenSign(hidden) : null;
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
        phantoms);
  }

  private void checkNeeds(
      boolean hidden, boolean phantom, boolean hasFinder, boolean hasSignCheck) {
    if (!hidden && !phantom) {
      problem(
          "", "'witnesses' look for nothing; give 'hiddenSign', 'phantom' or both, or remove them");
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

  private static Witnesses.HiddenSign hiddenSign(JsonNode node) {
    Witnesses.HiddenSign usual = Witnesses.HiddenSign.standard();
    return new Witnesses.HiddenSign(
        node.path("persistence").asInt(usual.persistence()),
        node.path("minimumSide").asInt(usual.minimumSide()),
        node.path("signProbability").asDouble(usual.signProbability()),
        node.path("sureFrames").asInt(usual.sureFrames()));
  }

  private Witnesses.Phantom phantom(JsonNode node, List<String> classes) {
    Witnesses.Phantom usual = Witnesses.Phantom.standard();
    List<String> colourless = new ArrayList<>();
    JsonNode list = node.path("colourless");
    for (int i = 0; i < list.size(); i++) {
      String label = list.get(i).asText();
      colourless.add(label);
      if (!classes.isEmpty() && !classes.contains(label)) {
        String near = SchemaCheck.nearest(label, classes);
        problem(
            "/phantom/colourless/" + i,
            near != null
                ? "label '%s' is unknown; did you mean '%s'?".formatted(label, near)
                : "label '%s' is unknown; name one of the models' classes".formatted(label));
      }
    }
    return new Witnesses.Phantom(
        node.path("persistence").asInt(usual.persistence()),
        node.path("sightings").asInt(usual.sightings()),
        colourless);
  }

  private void problem(String pointer, String message) {
    problems.add(new Problem(tree.line(POINTER + pointer), message));
  }
}
