package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the checks of a policy that speak of labels by name: the finder's and the members'. */
final class LabelChecks {

  private static final double BIRTH_SIDE = 0.4;
  private static final double EDGE = 0.05;

  private final YamlTree tree;
  private final List<Problem> problems;
  private final List<String> found;
  private final List<String> proposed;
  private final List<String> members;
  private final boolean sameLabels;

  /**
   * @param problems receives what is wrong
   * @param found labels of the finder, in its order; none if it knows none
   * @param proposed those of them that it may propose
   * @param members labels of the members, in their order
   * @param sameLabels whether finder and members have one labels file
   */
  LabelChecks(
      YamlTree tree,
      List<Problem> problems,
      List<String> found,
      List<String> proposed,
      List<String> members,
      boolean sameLabels) {
    this.tree = tree;
    this.problems = problems;
    this.found = found;
    this.proposed = proposed;
    this.members = members;
    this.sameLabels = sameLabels;
  }

  /** Which of the members' labels each of the finder's may mean; by name where none is said. */
  CheckSetting finderAgreement(String pointer, JsonNode node) {
    JsonNode map = node.path("labels");
    double weight = node.get("weight").asDouble();
    if (found.isEmpty()) {
      problem(
          pointer,
          "check 'finder-agreement' compares the finder's label with the models', but colour and shape give no label; add 'finder' or remove the check");
    } else if (map.isMissingNode() && !sameLabels) {
      problem(
          pointer,
          "check 'finder-agreement' does not know what the finder's labels mean to the members, which have other labels; add 'labels' with one line for each, such as '%s: [%s]'"
              .formatted(proposed.get(0), members.isEmpty() ? "..." : members.get(0)));
    } else if (map.isObject()) {
      checkKeys(pointer + "/labels", map, found, "the finder knows no label '%s'");
      checkAllMapped(pointer + "/labels", map);
    }
    List<List<Integer>> meanings = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      String label = found.get(i);
      meanings.add(
          map.isMissingNode()
              ? List.of(i)
              : indices(
                  pointer + "/labels" + YamlTree.step(label), map.path(label), members, "members"));
    }
    return new CheckSetting.FinderAgreement(meanings, weight);
  }

  private void checkAllMapped(String pointer, JsonNode map) {
    Set<String> missing = new LinkedHashSet<>(proposed);
    map.fieldNames().forEachRemaining(missing::remove);
    if (!missing.isEmpty()) {
      problem(
          pointer,
          "'labels' does not say what the finder's label '%s'%s means to the members; add a line for it ('[]' compares nothing), or have the finder propose others only, by 'labels' of 'finder'"
              .formatted(
                  missing.iterator().next(),
                  missing.size() == 1 ? "" : " (and %d more)".formatted(missing.size() - 1)));
    }
  }

  /** How the tracks of real things go. */
  CheckSetting trackPlausibility(String pointer, JsonNode node) {
    JsonNode list = node.path("standing");
    if (!list.isMissingNode() && found.isEmpty()) {
      problem(
          pointer + "/standing",
          "'standing' names labels of the finder, but colour and shape give none; add 'finder' or remove 'standing'");
    }
    List<Integer> standing =
        found.isEmpty() ? List.of() : indices(pointer + "/standing", list, found, "the finder");
    List<Boolean> stands = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      stands.add(standing.contains(i));
    }
    return new CheckSetting.TrackPlausibility(
        node.path("birthSide").asDouble(BIRTH_SIDE),
        node.path("edge").asDouble(EDGE),
        stands,
        node.get("weight").asDouble());
  }

  /**
   * Which sign each of the members' labels is.
   *
   * @param signs the table's classes
   * @param extra how many labels the models have after the members' own
   * @return null if there is no map
   */
  @Nullable List<Integer> signs(String pointer, JsonNode map, List<String> signs, int extra) {
    if (!map.isObject()) {
      return null;
    }
    checkKeys(pointer, map, members, "the members know no label '%s'");
    List<Integer> classes = new ArrayList<>();
    for (String label : members) {
      JsonNode sign = map.path(label);
      int index = sign.isTextual() ? signs.indexOf(sign.asText()) : -1;
      if (sign.isTextual() && index < 0) {
        unknown(pointer + YamlTree.step(label), sign.asText(), signs, "the table");
      }
      classes.add(index);
    }
    for (int i = 0; i < extra; i++) {
      classes.add(-1);
    }
    return classes;
  }

  private void checkKeys(String pointer, JsonNode map, Collection<String> known, String message) {
    map.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                String near = SchemaCheck.nearest(key, known);
                problem(
                    pointer + YamlTree.step(key),
                    message.formatted(key)
                        + (near == null
                            ? "; remove the line or correct it"
                            : "; did you mean '%s'?".formatted(near)));
              }
            });
  }

  /** Every index of each name: label files may have one name twice. */
  private List<Integer> indices(String pointer, JsonNode list, List<String> known, String whose) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String name = list.get(i).asText();
      int before = indices.size();
      for (int k = 0; k < known.size(); k++) {
        if (known.get(k).equals(name)) {
          indices.add(k);
        }
      }
      if (indices.size() == before) {
        unknown(pointer + "/" + i, name, known, whose);
      }
    }
    return indices;
  }

  private void unknown(String pointer, String name, Collection<String> known, String whose) {
    String near = SchemaCheck.nearest(name, known);
    problem(
        pointer,
        near == null
            ? "label '%s' is none of %s; name one that is".formatted(name, whose)
            : "label '%s' is none of %s; did you mean '%s'?".formatted(name, whose, near));
  }

  private void problem(String pointer, String message) {
    problems.add(new Problem(tree.line(pointer), message));
  }
}
