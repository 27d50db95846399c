package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where {@link Groups} of look-alike classes come from, and which table they are. Stateless. */
public final class GroupTable {

  private static final int MAX_BYTES = 1 << 18;

  private GroupTable() {}

  /** Those of an appearance table. */
  public static Groups of(AppearanceTable table) {
    List<Integer> groupOf = new ArrayList<>();
    for (int label = 0; label < table.classes(); label++) {
      groupOf.add(table.groupOf(label));
    }
    return new Groups(table.groups(), groupOf);
  }

  /**
   * Those of an appearance table of a bundle.
   *
   * @param table its name, or null for any
   * @param classes how many outputs the model has
   * @return of the first that has as many classes; null if none has
   */
  public static @Nullable Groups of(Bundle bundle, @Nullable String table, int classes) {
    return bundle.appearances().values().stream()
        .filter(appearance -> table == null || appearance.name().equals(table))
        .map(appearance -> of(appearance.table()))
        .filter(groups -> groups.classes() == classes)
        .findFirst()
        .orElse(null);
  }

  /**
   * Reads {@code groups:} of a YAML file, as an appearance table's manifest has it: a name, and the
   * numbers of the model's outputs that belong to it.
   *
   * @param classes how many outputs the model has
   * @throws UnusableDatasetException if it cannot be read, or a class is in no group or in two
   */
  public static Groups read(Path file, int classes) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "group table '%s' cannot be read (%s); check path and permissions"
              .formatted(file, e instanceof NoSuchFileException ? "no such file" : e.getMessage()),
          e);
    }
    List<Problem> problems = new ArrayList<>();
    JsonNode groups = YamlTree.parse(bytes, problems).root().path("groups");
    if (!problems.isEmpty() || !groups.isObject() || groups.isEmpty()) {
      throw new UnusableDatasetException(
          "group table '%s' has no readable 'groups'; write it as 'groups:' with lines such as '  \"red octagon\": [14]'"
              .formatted(file));
    }
    List<String> names = new ArrayList<>();
    List<List<Integer>> members = new ArrayList<>();
    for (Map.Entry<String, JsonNode> group : groups.properties()) {
      List<Integer> of = new ArrayList<>();
      group
          .getValue()
          .forEach(member -> of.add(member.canConvertToExactIntegral() ? member.intValue() : -1));
      names.add(group.getKey());
      members.add(of);
    }
    try {
      return Groups.of(names, members, classes);
    } catch (IllegalArgumentException e) {
      throw new UnusableDatasetException("group table '%s': %s".formatted(file, e.getMessage()), e);
    }
  }

  /** SHA-256 of which class is in which group; names do not count. Lower-case hexadecimal. */
  public static String sha256(Groups groups) {
    return Sha256.of(groups.of().toString().getBytes(StandardCharsets.UTF_8));
  }
}
