package io.stopline.evidence.pack;

import static io.stopline.evaluation.robustness.Html.escape;

import io.stopline.evidence.pack.Claims.Element;
import io.stopline.evidence.pack.Claims.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a goal structure from left to right: goals as rectangles, strategies as parallelograms,
 * solutions as circles with their text beside them, contexts rounded, assumptions and
 * justifications as ellipses, undeveloped goals with a diamond. Belongs to one thread.
 */
final class GoalStructureSvg {

  private static final int WIDTH = 240;
  private static final int GAP = 44;
  private static final int LINE = 17;
  private static final int PAD = 12;
  private static final int ROW_GAP = 16;
  private static final int CHARACTERS = 30;

  private final Map<String, Element> byId = new HashMap<>();
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder boxes = new StringBuilder();
  private int bottom;
  private int right;

  private GoalStructureSvg(List<Element> elements) {
    elements.forEach(element -> byId.put(element.id(), element));
  }

  /** The drawing, for a page whose style has the classes {@code gsn}. */
  static String of(List<Element> elements) {
    GoalStructureSvg drawing = new GoalStructureSvg(elements);
    drawing.bottom = 10;
    drawing.place(elements.get(0), 0);
    return String.format(
        Locale.ROOT,
        "<svg class=\"gsn\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"Goal structure; the list below says the same\">%s%s</svg>",
        drawing.right + 10,
        drawing.bottom,
        drawing.right + 10,
        drawing.bottom,
        drawing.lines,
        drawing.boxes);
  }

  /** Places an element and all to the right of it; returns the middle of its left edge. */
  private int place(Element element, int depth) {
    int x = 10 + depth * (WIDTH + GAP);
    int height = height(element);
    int top = bottom;
    List<Integer> children = new ArrayList<>();
    for (String id : element.supportedBy()) {
      children.add(place(child(id), depth + 1));
    }
    // At the top, so that a reader meets the first goal before its hundredth part.
    int y = top;
    draw(element, x, y, height);
    for (int child : children) {
      line(x + WIDTH, y + height / 2, x + WIDTH + GAP, child, "support");
    }
    int below = y + height + ROW_GAP;
    for (String id : element.inContextOf()) {
      Element beside = child(id);
      int h = height(beside);
      draw(beside, x, below, h);
      line(x + WIDTH / 2, below - ROW_GAP, x + WIDTH / 2, below, "context");
      below += h + ROW_GAP;
    }
    bottom = Math.max(bottom, below + (element.undeveloped() ? 10 : 0));
    right = Math.max(right, x + WIDTH);
    return y + height / 2;
  }

  private Element child(String id) {
    Element element = byId.get(id);
    if (element == null) {
      throw new IllegalStateException("claim " + id + " is not there");
    }
    return element;
  }

  private static int height(Element element) {
    return 2 * PAD + 2 * inset(element) + LINE * (wrapped(element).size() + 1);
  }

  /** What a round shape leaves free at its corners. */
  private static int inset(Element element) {
    return switch (element.kind()) {
      case ASSUMPTION, JUSTIFICATION -> 16;
      case SOLUTION -> 4;
      default -> 0;
    };
  }

  private static List<String> wrapped(Element element) {
    return wrapped(text(element), CHARACTERS - inset(element) / 3);
  }

  private static String text(Element element) {
    return element.files().isEmpty()
        ? element.text()
        : element.text() + " " + String.join(", ", element.files());
  }

  private void draw(Element element, int x, int y, int height) {
    String shape =
        switch (element.kind()) {
          case GOAL ->
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>".formatted(x, y, WIDTH, height);
          case STRATEGY ->
              "<polygon points=\"%d,%d %d,%d %d,%d %d,%d\"/>"
                  .formatted(x + 14, y, x + WIDTH, y, x + WIDTH - 14, y + height, x, y + height);
          case SOLUTION ->
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>"
                  .formatted(x, y, WIDTH, height, Math.min(30, height / 2));
          case CONTEXT ->
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"12\"/>"
                  .formatted(x, y, WIDTH, height);
          case ASSUMPTION, JUSTIFICATION ->
              "<ellipse cx=\"%d\" cy=\"%d\" rx=\"%d\" ry=\"%d\"/>"
                  .formatted(x + WIDTH / 2, y + height / 2, WIDTH / 2, height / 2);
        };
    String kind = element.kind().name().toLowerCase(Locale.ROOT);
    boxes
        .append("<g class=\"")
        .append(kind)
        .append(element.undeveloped() ? " open" : "")
        .append("\">")
        .append(shape);
    int indent =
        element.kind() == Kind.GOAL || element.kind() == Kind.CONTEXT
            ? PAD
            : PAD + 12 + inset(element);
    int at = y + PAD + 12 + inset(element);
    boxes.append(
        "<text class=\"id\" x=\"%d\" y=\"%d\">%s</text>"
            .formatted(x + indent, at, escape(element.id())));
    for (String line : wrapped(element)) {
      at += LINE;
      boxes.append("<text x=\"%d\" y=\"%d\">%s</text>".formatted(x + indent, at, escape(line)));
    }
    if (element.undeveloped()) {
      int cx = x + WIDTH / 2;
      int cy = y + height + 8;
      boxes.append(
          "<polygon class=\"diamond\" points=\"%d,%d %d,%d %d,%d %d,%d\"/>"
              .formatted(cx, cy - 8, cx + 8, cy, cx, cy + 8, cx - 8, cy));
    }
    boxes.append("</g>");
  }

  private void line(int x1, int y1, int x2, int y2, String kind) {
    int bend = (x1 + x2) / 2;
    lines.append(
        "<path class=\"%s\" d=\"M%d %dC%d %d %d %d %d %d\"/>"
            .formatted(kind, x1, y1, bend, y1, bend, y2, x2, y2));
  }

  /** Words in lines; what has no space is cut. */
  private static List<String> wrapped(String text, int most) {
    List<String> all = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      String rest = word;
      while (rest.length() > most) {
        if (!line.isEmpty()) {
          all.add(line.toString());
          line.setLength(0);
        }
        all.add(rest.substring(0, most));
        rest = rest.substring(most);
      }
      if (line.length() + rest.length() + 1 > most && !line.isEmpty()) {
        all.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(rest);
    }
    if (!line.isEmpty()) {
      all.add(line.toString());
    }
    return all;
  }
}
