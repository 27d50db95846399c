package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.AcceptedReport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The argument as a goal structure (GSN community standard, version 3): every goal ends in files of
 * the pack, or says that it is undeveloped.
 */
final class Claims {

  /** Kinds of elements, by their letter in the standard. */
  enum Kind {
    GOAL("G"),
    STRATEGY("S"),
    SOLUTION("Sn"),
    CONTEXT("C"),
    ASSUMPTION("A"),
    JUSTIFICATION("J");

    private final String letter;

    Kind(String letter) {
      this.letter = letter;
    }
  }

  /**
   * One element.
   *
   * @param id unique, such as {@code G1}
   * @param text what it says
   * @param supportedBy ids of goals, strategies and solutions below it
   * @param inContextOf ids of contexts, assumptions and justifications beside it
   * @param files of a solution
   * @param undeveloped whether a goal has nothing below it
   */
  record Element(
      String id,
      Kind kind,
      String text,
      List<String> supportedBy,
      List<String> inContextOf,
      List<String> files,
      boolean undeveloped) {}

  private final List<Element> elements = new ArrayList<>();
  private int goals;
  private int solutions;

  private Claims() {}

  /** The elements, top goal first. */
  static List<Element> of(Inventory inventory) {
    Claims claims = new Claims();
    claims.build(inventory);
    return List.copyOf(claims.elements);
  }

  private void build(Inventory inventory) {
    List<String> below = new ArrayList<>();
    List<Element> parts = new ArrayList<>();
    goals = 1;
    part(
        inventory,
        below,
        parts,
        "The item under test is the one whose hashes the pack names, and what it is made of is"
            + " listed.",
        List.of(PackFormat.BUNDLE, PackFormat.BOM));
    for (Topic topic : Topic.values()) {
      part(
          inventory,
          below,
          parts,
          "There is evidence for " + topic.claim() + ".",
          topic.files(inventory));
    }
    part(
        inventory,
        below,
        parts,
        "What is missing and what the figures do not say is stated.",
        List.of("LIMITATIONS.md"));
    elements.add(
        new Element(
            "G1",
            Kind.GOAL,
            "How %s %s with policy '%s' behaves on clean, benign and attacked signs is known as far as this pack has evidence for it."
                .formatted(
                    inventory.item().bundle(),
                    inventory.item().bundleVersion(),
                    inventory.item().policy()),
            List.of("S1"),
            List.of("C1", "C2", "A1", "A2"),
            List.of(),
            false));
    elements.add(
        new Element(
            "S1",
            Kind.STRATEGY,
            "Argue over each kind of evidence apart; a kind without a file is undeveloped.",
            below,
            List.of("J1", "J2"),
            List.of(),
            false));
    elements.addAll(parts);
    context();
  }

  private void part(
      Inventory inventory,
      List<String> below,
      List<Element> parts,
      String text,
      List<String> files) {
    String goal = Kind.GOAL.letter + ++goals;
    below.add(goal);
    List<String> supports = new ArrayList<>();
    List<Element> leaves = new ArrayList<>();
    Set<String> each = new LinkedHashSet<>(files);
    for (String file : each) {
      String id = Kind.SOLUTION.letter + ++solutions;
      supports.add(id);
      leaves.add(
          new Element(
              id,
              Kind.SOLUTION,
              name(inventory, file),
              List.of(),
              List.of(),
              List.of(file),
              false));
    }
    parts.add(
        new Element(goal, Kind.GOAL, text, supports, List.of(), List.of(), supports.isEmpty()));
    parts.addAll(leaves);
  }

  private static String name(Inventory inventory, String file) {
    AcceptedReport report = inventory.reports().get(file);
    return report != null
        ? "Report: " + report.kind().words()
        : inventory.dataSets().containsKey(file) ? "Data sheet" : "File";
  }

  private void context() {
    leaf("C1", Kind.CONTEXT, "Item under test: bundle, policy and models by SHA-256.");
    leaf("C2", Kind.CONTEXT, "Threat models stand in each report; budgets are the report's own.");
    leaf(
        "A1", Kind.ASSUMPTION, "Signs, cameras and weather in service are like those of the data.");
    leaf("A2", Kind.ASSUMPTION, "Attackers do not know the random draws of an inspection.");
    leaf("J1", Kind.JUSTIFICATION, "Counts with 95 % intervals and a command can be checked.");
    leaf(
        "J2", Kind.JUSTIFICATION, "A benign control and false alarms stand beside each detection.");
  }

  private void leaf(String id, Kind kind, String text) {
    elements.add(new Element(id, kind, text, List.of(), List.of(), List.of(), false));
  }

  /** As {@code claims.json}. */
  static PackFile document(List<Element> elements) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("notation", "Goal Structuring Notation, GSN Community Standard version 3");
    node.put("root", elements.get(0).id());
    ArrayNode all = node.putArray("elements");
    for (Element element : elements) {
      ObjectNode one = all.addObject();
      one.put("id", element.id());
      one.put("kind", element.kind().name().toLowerCase(Locale.ROOT));
      one.put("text", element.text());
      element.supportedBy().forEach(one.putArray("supportedBy")::add);
      element.inContextOf().forEach(one.putArray("inContextOf")::add);
      element.files().forEach(one.putArray("files")::add);
      one.put("undeveloped", element.undeveloped());
    }
    return PackFile.json(PackFormat.CLAIMS, node, "the argument as a goal structure");
  }
}
