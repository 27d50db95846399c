package io.stopline.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * A YAML document as a tree that remembers on which line each value stands. Only what configuration
 * needs is accepted: one document of mappings, lists and scalars, resolved by the core schema of
 * YAML 1.2 (so that {@code yes} is a text and {@code 010} the number ten). Anchors, aliases and
 * tags are refused: they are how a small file becomes a large one, or an object.
 */
public final class YamlTree {

  private static final int MAX_DEPTH = 32;
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,40}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\.[0-9]{1,40}|[0-9]{1,40}(\\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,3})?");

  private final JsonNode root;
  private final Map<String, Integer> lines;

  private YamlTree(JsonNode root, Map<String, Integer> lines) {
    this.root = root;
    this.lines = lines;
  }

  /** The document. */
  public JsonNode root() {
    return root;
  }

  /**
   * The line of a value: that of its key where it has one.
   *
   * @param pointer RFC 6901; for one that does not exist the line of its nearest ancestor
   */
  public int line(String pointer) {
    String p = pointer;
    while (true) {
      Integer line = lines.get(p);
      if (line != null) {
        return line;
      }
      int slash = p.lastIndexOf('/');
      if (slash < 0) {
        return 1;
      }
      p = p.substring(0, slash);
    }
  }

  /** A key as one step of a pointer, RFC 6901 section 3. */
  public static String step(String key) {
    return "/" + key.replace("~", "~0").replace("/", "~1");
  }

  /**
   * Reads a document.
   *
   * @param problems receives what is wrong; if it stays empty, the tree is whole
   */
  public static YamlTree parse(byte[] utf8, List<Problem> problems) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8))
              .toString();
    } catch (CharacterCodingException e) {
      problems.add(new Problem(1, "the file is not UTF-8 text; save it as UTF-8"));
      return new YamlTree(MissingNode.getInstance(), Map.of());
    }
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Math.max(1, text.length()));
    options.setNestingDepthLimit(MAX_DEPTH);
    Builder builder = new Builder(problems);
    try {
      Iterator<Event> events = new Yaml(options).parse(new StringReader(text)).iterator();
      builder.document(events);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      problems.add(
          new Problem(
              mark == null ? 1 : mark.getLine() + 1, "is not readable YAML: " + e.getProblem()));
    } catch (YAMLException e) {
      problems.add(new Problem(1, "is not readable YAML: " + e.getMessage()));
    } catch (Refused e) {
      problems.add(e.problem);
    }
    return new YamlTree(builder.root, builder.lines);
  }

  /** Ends the reading of a document that cannot be read further. */
  private static final class Refused extends RuntimeException {
    private final transient Problem problem;

    Refused(Problem problem) {
      super(problem.message(), null, false, false);
      this.problem = problem;
    }
  }

  private static final class Builder {
    private final List<Problem> problems;
    private final Map<String, Integer> lines = new HashMap<>();
    private JsonNode root = MissingNode.getInstance();

    Builder(List<Problem> problems) {
      this.problems = problems;
    }

    void document(Iterator<Event> events) {
      while (events.hasNext()) {
        Event event = events.next();
        if (event.is(Event.ID.DocumentStart)) {
          if (!root.isMissingNode()) {
            throw new Refused(
                new Problem(line(event), "a second document starts here; keep one a file"));
          }
          Event first = events.next();
          lines.put("", line(first));
          root = value(first, events, "", 0);
        }
      }
      if (root.isMissingNode()) {
        throw new Refused(new Problem(1, "the file is empty"));
      }
    }

    private JsonNode value(Event event, Iterator<Event> events, String pointer, int depth) {
      if (depth > MAX_DEPTH) {
        throw new Refused(
            new Problem(line(event), "is nested deeper than " + MAX_DEPTH + " levels"));
      }
      if (event instanceof AliasEvent alias) {
        throw new Refused(
            new Problem(
                line(event),
                "alias '*%s' is not accepted; write the value out".formatted(alias.getAnchor())));
      }
      if (event instanceof NodeEvent node && node.getAnchor() != null) {
        throw new Refused(
            new Problem(
                line(event),
                "anchor '&%s' is not accepted; write values out".formatted(node.getAnchor())));
      }
      if (event instanceof ScalarEvent scalar) {
        refuseTag(event, scalar.getTag());
        return scalar(scalar);
      }
      if (event instanceof SequenceStartEvent sequence) {
        refuseTag(event, sequence.getTag());
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Event e = events.next(); !(e instanceof SequenceEndEvent); e = events.next()) {
          String p = pointer + "/" + array.size();
          lines.put(p, line(e));
          array.add(value(e, events, p, depth + 1));
        }
        return array;
      }
      if (event instanceof MappingStartEvent mapping) {
        refuseTag(event, mapping.getTag());
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Event e = events.next(); !(e instanceof MappingEndEvent); e = events.next()) {
          if (!(e instanceof ScalarEvent key)) {
            throw new Refused(new Problem(line(e), "a key must be a plain text"));
          }
          refuseTag(e, key.getTag());
          String name = key.getValue();
          String p = pointer + step(name);
          Integer earlier = object.has(name) ? lines.get(p) : null;
          lines.put(p, line(e));
          JsonNode v = value(events.next(), events, p, depth + 1);
          if (earlier != null) {
            problems.add(
                new Problem(
                    line(e),
                    "key '%s' was given before, on line %d; remove one".formatted(name, earlier)));
          }
          object.set(name, v);
        }
        return object;
      }
      throw new Refused(new Problem(line(event), "is not readable YAML"));
    }

    private static void refuseTag(Event event, String tag) {
      if (tag != null) {
        throw new Refused(
            new Problem(line(event), "tag '%s' is not accepted; remove it".formatted(tag)));
      }
    }

    private static JsonNode scalar(ScalarEvent event) {
      JsonNodeFactory factory = JsonNodeFactory.instance;
      String text = event.getValue();
      if (!event.isPlain()) {
        return factory.textNode(text);
      }
      switch (text) {
        case "", "~", "null":
          return factory.nullNode();
        case "true":
          return factory.booleanNode(true);
        case "false":
          return factory.booleanNode(false);
        default:
      }
      if (INTEGER.matcher(text).matches()) {
        try {
          return factory.numberNode(Long.parseLong(text));
        } catch (NumberFormatException e) {
          // Too large for any setting; as a text it is refused where a number is asked for.
          return factory.textNode(text);
        }
      }
      if (DECIMAL.matcher(text).matches()) {
        double number = new BigDecimal(text).doubleValue();
        return Double.isFinite(number) ? factory.numberNode(number) : factory.textNode(text);
      }
      return factory.textNode(text);
    }

    private static int line(Event event) {
      return event.getStartMark().getLine() + 1;
    }
  }

  /** The problems in the order of their lines. */
  public static List<Problem> inOrder(List<Problem> problems) {
    List<Problem> sorted = new ArrayList<>(problems);
    sorted.sort((a, b) -> Integer.compare(a.line(), b.line()));
    return sorted;
  }
}
