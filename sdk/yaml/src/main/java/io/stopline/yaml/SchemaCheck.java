package io.stopline.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema (2020-12), and its findings in words that name line, key and cure. Immutable and
 * thread-safe.
 */
public final class SchemaCheck {

  private final JsonNode schemaNode;
  private final Schema schema;

  /**
   * @param owner whose class path has the schema
   * @param resource its name, as {@link Class#getResourceAsStream} takes it
   * @throws IllegalStateException if there is no such resource
   */
  public SchemaCheck(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("schema " + resource + " is not on the class path");
      }
      schemaNode = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schema =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry ->
                    registry.schemaRegistryConfig(
                        SchemaRegistryConfig.builder().pathType(PathType.JSON_POINTER).build()))
            .getSchema(schemaNode);
  }

  /** What in the document breaks the schema, in the order of lines. */
  public List<Problem> problems(YamlTree tree) {
    List<Problem> problems = new ArrayList<>();
    for (Error m : schema.validate(tree.root())) {
      problems.add(problem(m, tree));
    }
    return YamlTree.inOrder(problems);
  }

  private Problem problem(Error m, YamlTree tree) {
    String at = m.getInstanceLocation().toString();
    String name = name(m.getInstanceLocation());
    JsonNode value = tree.root().at(at);
    Object[] arguments = m.getArguments();
    String limit = arguments.length > 0 ? String.valueOf(arguments[0]) : "";
    JsonNode parent = parentSchema(m);
    switch (m.getKeyword()) {
      case "additionalProperties":
      case "unevaluatedProperties":
        return new Problem(
            tree.line(at + YamlTree.step(m.getProperty())), unknownKey(m.getProperty(), parent));
      case "required":
        return new Problem(
            tree.line(at), "key '%s' is missing in %s".formatted(m.getProperty(), name));
      case "type":
        return new Problem(
            tree.line(at),
            "%s is %s, but must be %s".formatted(name, shown(value), expectedType(parent)));
      case "enum":
        return new Problem(tree.line(at), notOneOf(name, value, parent));
      case "const":
        return new Problem(
            tree.line(at),
            "%s is %s, but must be %s".formatted(name, shown(value), parent.path("const")));
      case "minimum":
        return new Problem(
            tree.line(at),
            "%s is %s, but must be at least %s".formatted(name, shown(value), limit));
      case "maximum":
        return new Problem(
            tree.line(at), "%s is %s, but must be at most %s".formatted(name, shown(value), limit));
      case "exclusiveMinimum":
        return new Problem(
            tree.line(at), "%s is %s, but must be above %s".formatted(name, shown(value), limit));
      case "exclusiveMaximum":
        return new Problem(
            tree.line(at), "%s is %s, but must be below %s".formatted(name, shown(value), limit));
      case "pattern":
        return new Problem(
            tree.line(at),
            "%s is %s, but must be %s"
                .formatted(name, shown(value), parent.path("description").asText("as documented")));
      case "minItems":
        return new Problem(tree.line(at), "%s needs at least %s entries".formatted(name, limit));
      case "maxItems":
        return new Problem(
            tree.line(at), "%s has room for at most %s entries".formatted(name, limit));
      case "uniqueItems":
        return new Problem(tree.line(at), name + " has an entry twice; remove one");
      case "minProperties":
        return new Problem(tree.line(at), "%s needs at least %s keys".formatted(name, limit));
      case "maxProperties":
        return new Problem(
            tree.line(at),
            "%s has %d keys, but must have at most %s".formatted(name, value.size(), limit));
      default:
        return new Problem(tree.line(at), name + ": " + m.getMessage());
    }
  }

  private JsonNode parentSchema(Error m) {
    NodePath fragment = m.getSchemaLocation().getFragment();
    NodePath parent = fragment.getParent();
    return parent == null ? schemaNode : schemaNode.at(parent.toString());
  }

  private static String unknownKey(String key, JsonNode parent) {
    List<String> known = new ArrayList<>();
    parent.path("properties").fieldNames().forEachRemaining(known::add);
    String near = nearest(key, known);
    return near != null
        ? "key '%s' is unknown; did you mean '%s'?".formatted(key, near)
        : "key '%s' is unknown; known are %s".formatted(key, String.join(", ", known));
  }

  private static String notOneOf(String name, JsonNode value, JsonNode parent) {
    List<String> allowed = new ArrayList<>();
    for (JsonNode v : parent.path("enum")) {
      allowed.add(v.asText());
    }
    String near = value.isTextual() ? nearest(value.asText(), allowed) : null;
    return "%s is %s, but must be one of %s%s"
        .formatted(
            name,
            shown(value),
            String.join(", ", allowed),
            near == null ? "" : "; did you mean '" + near + "'?");
  }

  private static String name(NodePath path) {
    if (path.getNameCount() == 0) {
      return "the file";
    }
    String last = path.getName(path.getNameCount() - 1);
    if (last.chars().allMatch(Character::isDigit) && path.getNameCount() > 1) {
      return "entry %d of '%s'"
          .formatted(Integer.parseInt(last) + 1, path.getName(path.getNameCount() - 2));
    }
    return "'" + last + "'";
  }

  private static String expectedType(JsonNode parent) {
    JsonNode type = parent.path("type");
    if (type.isArray()) {
      List<String> names = new ArrayList<>();
      for (Iterator<JsonNode> it = type.elements(); it.hasNext(); ) {
        names.add(typeName(it.next().asText()));
      }
      return String.join(" or ", names);
    }
    return typeName(type.asText());
  }

  private static String typeName(String type) {
    return switch (type) {
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "string" -> "a text";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "a group of keys";
      default -> type;
    };
  }

  private static String shown(JsonNode value) {
    if (value.isObject()) {
      return "a group of keys";
    }
    if (value.isArray()) {
      return "a list";
    }
    if (value.isNull() || value.isMissingNode()) {
      return "empty";
    }
    String text = value.asText();
    String cut = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return value.isTextual() ? "'" + cut + "'" : cut;
  }

  /** The word of a list that a mistyped one was likely meant to be, or null. */
  public static @Nullable String nearest(String word, Iterable<String> known) {
    if (word.length() > 100) {
      return null;
    }
    String best = null;
    int bestDistance = Math.max(1, word.length() / 3) + 1;
    for (String k : known) {
      int d = distance(word, k);
      if (d < bestDistance) {
        best = k;
        bestDistance = d;
      }
    }
    return best;
  }

  /** Levenshtein's edit distance, in which two neighbours that changed places count as one edit. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(substitution, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
