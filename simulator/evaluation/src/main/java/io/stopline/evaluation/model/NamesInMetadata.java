package io.stopline.evaluation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of labels among the metadata that Ultralytics packs into its exports: a dictionary with
 * {@code names}, as JSON or as Python prints it, by number or as a list.
 */
final class NamesInMetadata {

  private static final Pattern NAMES =
      Pattern.compile("[\"']names[\"']\\s*:\\s*(\\{[^{}]*\\}|\\[[^\\[\\]]*\\])");

  private static final String TEXT = "(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)')";
  private static final Pattern KEYED = Pattern.compile("[\"']?(\\d{1,5})[\"']?\\s*:\\s*" + TEXT);
  private static final Pattern LISTED = Pattern.compile(TEXT);

  private NamesInMetadata() {}

  /** The names in the model's order; empty if the text is no such dictionary. */
  static Optional<LabelFile> of(String metadata) {
    Matcher names = NAMES.matcher(metadata);
    if (!metadata.strip().startsWith("{") || !names.find()) {
      return Optional.empty();
    }
    String body = names.group(1);
    TreeMap<Integer, String> byNumber = new TreeMap<>();
    if (body.startsWith("[")) {
      Matcher each = LISTED.matcher(body);
      while (each.find()) {
        byNumber.put(byNumber.size(), text(each, 1));
      }
    } else {
      Matcher each = KEYED.matcher(body);
      while (each.find()) {
        byNumber.put(Integer.valueOf(each.group(1)), text(each, 2));
      }
    }
    boolean gapless =
        !byNumber.isEmpty()
            && byNumber.firstKey() == 0
            && byNumber.lastKey() == byNumber.size() - 1;
    List<String> inOrder = new ArrayList<>(byNumber.values());
    return gapless && inOrder.stream().noneMatch(String::isBlank)
        ? Optional.of(new LabelFile(inOrder, 0))
        : Optional.empty();
  }

  private static String text(Matcher each, int group) {
    String text = each.group(group) == null ? each.group(group + 1) : each.group(group);
    return text.replaceAll("\\\\(.)", "$1").strip();
  }
}
