package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.AlterationSearch.Goal;
import io.stopline.campaign.proving.Campaign.Attacker;
import io.stopline.campaign.proving.Campaign.Braking;
import io.stopline.campaign.proving.Campaign.Condition;
import io.stopline.campaign.proving.Campaign.GuardChoice;
import io.stopline.campaign.proving.Campaign.Method;
import io.stopline.campaign.proving.Campaign.PlannedAlteration;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.InvalidScenarioException;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Campaigns as YAML files, checked against a JSON Schema (2020-12). Stateless and thread-safe. */
public final class CampaignFile {

  /** The schema's resource beside this class. */
  static final String SCHEMA = "campaign.schema.json";

  private static final int MAX_BYTES = 1 << 18;
  private static final SchemaCheck CHECK = new SchemaCheck(CampaignFile.class, SCHEMA);
  private static final String SHIPPED_BUNDLE = "traffic-signs";
  private static final double TOLERANCE = 0.02;
  private static final long QUERIES = 1000;
  private static final long STEPS = 40;

  private final String file;
  private final Path folder;
  private final YamlTree tree;
  private final List<Problem> problems;

  private CampaignFile(String file, Path folder, YamlTree tree, List<Problem> problems) {
    this.file = file;
    this.folder = folder;
    this.tree = tree;
    this.problems = problems;
  }

  /**
   * Reads and checks a campaign.
   *
   * @throws InvalidCampaignException if the file cannot be read, is no YAML, breaks the schema or
   *     contradicts itself; the message says on which line, and the cure
   */
  public static Campaign read(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return read(bytes(file), file, folder == null ? Path.of("/") : folder);
  }

  /**
   * As {@link #read(Path)}, of a text that was read elsewhere.
   *
   * @param file how it is called in messages
   * @param folder from which bundles are taken
   */
  public static Campaign of(String text, Path file, Path folder) {
    return read(text.getBytes(StandardCharsets.UTF_8), file, folder);
  }

  private static Campaign read(byte[] bytes, Path file, Path folder) {
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes, problems);
    if (problems.isEmpty()) {
      problems.addAll(CHECK.problems(tree));
    }
    CampaignFile reader = new CampaignFile(file.toString(), folder, tree, problems);
    reader.refuseProblems();
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    Campaign campaign = reader.campaign(name, tree.root());
    reader.refuseProblems();
    return campaign;
  }

  /** The JSON Schema (2020-12) that campaign files keep. */
  public static String schema() {
    try (InputStream in = CampaignFile.class.getResourceAsStream(SCHEMA)) {
      if (in == null) {
        throw new IllegalStateException(SCHEMA + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(SCHEMA + " cannot be read", e);
    }
  }

  private static byte[] bytes(Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidCampaignException(
          "campaign '%s' is a folder; name a YAML file".formatted(file));
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new InvalidCampaignException(
          "campaign '%s' does not exist; check the path".formatted(file), e);
    } catch (IOException e) {
      throw new InvalidCampaignException(
          "campaign '%s' cannot be read (%s); check the permissions"
              .formatted(file, e.getMessage()),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidCampaignException(
          "campaign '%s' has more than %d bytes; is it a campaign?".formatted(file, MAX_BYTES));
    }
    return bytes;
  }

  private void refuseProblems() {
    if (!problems.isEmpty()) {
      throw new InvalidCampaignException(file, YamlTree.inOrder(problems));
    }
  }

  private void problem(String pointer, String message) {
    problems.add(new Problem(tree.line(pointer), message));
  }

  private Campaign campaign(String name, JsonNode root) {
    JsonNode seed = root.path("seed");
    if (!seed.isMissingNode() && !seed.isIntegralNumber()) {
      problem("/seed", "'seed' must be a whole number of at most 64 bits, without an exponent");
    }
    List<GuardChoice> guards = guards(root.path("guards"));
    List<Condition> conditions = conditions(root);
    List<PlannedAlteration> alterations = alterations(root.path("alterations"));
    List<Attacker> attackers = attackers(root.path("attackers"), alterations);
    refuseUnsearched(alterations, attackers);
    List<Integer> classes = new ArrayList<>();
    root.path("drives").path("classes").forEach(c -> classes.add(c.asInt()));
    JsonNode vehicle = root.path("vehicle");
    return new Campaign(
        root.path("name").asText(name),
        seed.asLong(1),
        guards,
        root.path("drives").path("tracks").asInt(),
        classes.isEmpty() ? IntStream.range(0, Approach.CLASSES).boxed().toList() : classes,
        scenario(root.path("drives")),
        conditions,
        alterations,
        attackers,
        new Braking(
            vehicle.path("reactionSeconds").asDouble(0.5),
            vehicle.path("brakingMetresPerSecondSquared").asDouble(6)),
        root.has("minutes") ? OptionalInt.of(root.get("minutes").asInt()) : OptionalInt.empty(),
        root.has("gate")
            ? gate(root.get("gate"), guards, conditions, alterations, attackers)
            : null,
        sha256(root));
  }

  /** What is driven: the same drives and searches have the same hash, whoever is judged by what. */
  private static String sha256(JsonNode root) {
    ObjectNode driven = root.deepCopy();
    driven.remove(List.of("guards", "gate", "minutes", "name", "schema"));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(driven.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<GuardChoice> guards(JsonNode list) {
    List<GuardChoice> guards = new ArrayList<>();
    for (JsonNode n : list) {
      String bundle = n.path("bundle").asText(SHIPPED_BUNDLE);
      boolean path = bundle.matches(".*[./\\\\].*");
      guards.add(
          new GuardChoice(
              n.get("name").asText(),
              path ? folder.resolve(bundle).normalize().toString() : bundle,
              n.has("policy") ? n.get("policy").asText() : null,
              n.has("gradients") ? n.get("gradients").asText() : null));
    }
    if (guards.isEmpty()) {
      guards.add(new GuardChoice("shipped", SHIPPED_BUNDLE, null));
    }
    refuseTwins("/guards", guards, GuardChoice::name);
    return guards;
  }

  private static JsonNode scenario(JsonNode owner) {
    return owner.has("scenario") ? owner.get("scenario") : JsonNodeFactory.instance.objectNode();
  }

  private List<Condition> conditions(JsonNode root) {
    JsonNode common = scenario(root.path("drives"));
    List<Condition> conditions = new ArrayList<>();
    check("/drives/scenario", List.of(common));
    for (JsonNode n : root.path("conditions")) {
      JsonNode own = scenario(n);
      check("/conditions/" + conditions.size(), List.of(common, own));
      conditions.add(new Condition(n.get("name").asText(), own));
    }
    if (conditions.isEmpty()) {
      conditions.add(new Condition("day", JsonNodeFactory.instance.objectNode()));
    }
    refuseTwins("/conditions", conditions, Condition::name);
    return conditions;
  }

  private void check(String pointer, List<JsonNode> layers) {
    try {
      DrawnScenario.check(layers);
    } catch (InvalidScenarioException e) {
      problem(pointer, "no drive can be made of this: %s".formatted(e.getMessage()));
    }
  }

  private List<PlannedAlteration> alterations(JsonNode list) {
    List<PlannedAlteration> alterations = new ArrayList<>();
    for (JsonNode n : list) {
      String kind = n.get("kind").asText();
      if (!Means.kinds().contains(kind)) {
        problem(
            "/alterations/%d/kind".formatted(alterations.size()),
            "nobody searches '%s'; give one of %s".formatted(kind, Means.kinds()));
      }
      alterations.add(
          new PlannedAlteration(
              n.path("name").asText(kind),
              kind,
              n.path("areaShare").asDouble(Means.usualShare(kind)),
              n.path("pieces").asInt(4)));
    }
    refuseTwins("/alterations", alterations, PlannedAlteration::name);
    return alterations;
  }

  private List<Attacker> attackers(JsonNode list, List<PlannedAlteration> alterations) {
    List<Attacker> attackers = new ArrayList<>();
    List<String> names = alterations.stream().map(PlannedAlteration::name).toList();
    boolean kindsAreKnown = alterations.stream().allMatch(a -> Means.kinds().contains(a.kind()));
    for (JsonNode n : list) {
      String name = n.get("name").asText();
      String at = "/attackers/" + attackers.size();
      if (name.equals(Row.CLEAN) || name.equals(Row.BENIGN)) {
        problem(
            at + "/name",
            "'%s' is what rows without an attacker are called; name the attacker otherwise"
                .formatted(name));
      }
      boolean gradients = n.path("by").asText().equals("gradients");
      String effort = gradients ? "steps" : "queries";
      String other = gradients ? "queries" : "steps";
      if (n.has(other)) {
        problem(
            at + "/" + other,
            "who searches by %s is limited by '%s'; give that instead of '%s'"
                .formatted(gradients ? "gradients" : "queries", effort, other));
      }
      String aims = n.path("aims").asText("label");
      if (!aims.equals("label") && (gradients || !n.get("knows").asText().equals("guard"))) {
        problem(
            at + "/aims",
            "only who knows the guard and searches by queries can aim at its %s; leave 'aims' out, or set 'knows: guard' without 'by'"
                .formatted(aims));
      }
      List<String> on = new ArrayList<>();
      for (JsonNode alteration : n.path("on")) {
        known(at + "/on/" + on.size(), alteration.asText(), names);
        on.add(alteration.asText());
      }
      Attacker attacker =
          new Attacker(
              name,
              gradients ? Method.GRADIENTS : Method.QUERIES,
              Goal.valueOf(aims.toUpperCase(Locale.ROOT)),
              n.get("knows").asText().equals("guard"),
              n.path(effort).asLong(gradients ? STEPS : QUERIES),
              on);
      if (kindsAreKnown
          && names.containsAll(on)
          && alterations.stream().noneMatch(attacker::tries)) {
        problem(
            at,
            "'%s' can search none of the alterations that he is to try; add one, or take him out"
                .formatted(name));
      }
      attackers.add(attacker);
    }
    refuseTwins("/attackers", attackers, Attacker::name);
    return attackers;
  }

  /** Each alteration needs somebody who can search it. */
  private void refuseUnsearched(List<PlannedAlteration> alterations, List<Attacker> attackers) {
    for (int i = 0; i < alterations.size(); i++) {
      String kind = alterations.get(i).kind();
      PlannedAlteration alteration = alterations.get(i);
      if (Means.kinds().contains(kind) && attackers.stream().noneMatch(a -> a.tries(alteration))) {
        problem(
            "/alterations/%d/kind".formatted(i),
            "no attacker of this campaign tries '%s' and can; add one who searches by %s"
                .formatted(kind, Means.has(Method.QUERIES, kind) ? "queries" : "gradients"));
      }
    }
  }

  private <T> void refuseTwins(String pointer, List<T> list, Function<T, String> name) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      if (!names.add(name.apply(list.get(i)))) {
        problem(
            "%s/%d".formatted(pointer, i),
            "'%s' is there twice; give each a 'name' of its own"
                .formatted(name.apply(list.get(i))));
      }
    }
  }

  private Gate gate(
      JsonNode node,
      List<GuardChoice> guards,
      List<Condition> conditions,
      List<PlannedAlteration> alterations,
      List<Attacker> attackers) {
    List<String> judged = new ArrayList<>(guards.stream().map(GuardChoice::name).toList());
    String guard = node.path("guard").asText(judged.get(0));
    judged.add(Row.UNDEFENDED);
    known("/gate/guard", guard, judged);
    List<String> of = new ArrayList<>(attackers.stream().map(Attacker::name).toList());
    of.add(Row.CLEAN);
    of.add(Row.BENIGN);
    List<Gate.Criterion> criteria = new ArrayList<>();
    for (JsonNode n : node.get("criteria")) {
      String at = "/gate/criteria/" + criteria.size();
      known(at + "/of", n.get("of").asText(), of);
      if (n.has("alteration")) {
        known(
            at + "/alteration",
            n.get("alteration").asText(),
            alterations.stream().map(PlannedAlteration::name).toList());
      }
      if (n.has("condition")) {
        known(
            at + "/condition",
            n.get("condition").asText(),
            conditions.stream().map(Condition::name).toList());
      }
      if (!n.has("atMost") && !n.has("atLeast")) {
        problem(at, "a criterion needs a limit; give 'atMost' or 'atLeast'");
      }
      criteria.add(
          new Gate.Criterion(
              Figure.of(n.get("figure").asText()),
              n.get("of").asText(),
              n.has("alteration") ? n.get("alteration").asText() : null,
              n.has("condition") ? n.get("condition").asText() : null,
              limit(n.path("atMost")),
              limit(n.path("atLeast")),
              n.path("bound").asText().equals("interval"),
              tree.line(at)));
    }
    for (String control : List.of(Row.CLEAN, Row.BENIGN)) {
      if (criteria.stream().noneMatch(c -> c.of().equals(control))) {
        problem(
            "/gate/criteria",
            "no criterion is about %s tracks, so a guard that suspects everything would pass; add one, such as {figure: suspected, of: %s, atMost: 0.05}"
                .formatted(control, control));
      }
    }
    return new Gate(guard, criteria, node.path("regression").path("tolerance").asDouble(TOLERANCE));
  }

  private static OptionalDouble limit(JsonNode n) {
    return n.isNumber() ? OptionalDouble.of(n.asDouble()) : OptionalDouble.empty();
  }

  private void known(String pointer, String name, List<String> names) {
    if (!names.contains(name)) {
      String near = SchemaCheck.nearest(name, names);
      problem(
          pointer,
          "'%s' is none of %s%s"
              .formatted(name, names, near == null ? "" : "; did you mean '%s'?".formatted(near)));
    }
  }
}
