package io.stopline.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.LabelMix;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.pipeline.DecisionPoint;
import io.stopline.sdk.transform.AffineJitter;
import io.stopline.sdk.transform.BitDepthReduction;
import io.stopline.sdk.transform.Brightness;
import io.stopline.sdk.transform.ChannelJitter;
import io.stopline.sdk.transform.Contrast;
import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.DctQuantisation;
import io.stopline.sdk.transform.Gamma;
import io.stopline.sdk.transform.GaussianNoise;
import io.stopline.sdk.transform.InputTransform;
import io.stopline.sdk.transform.MedianSmoothing;
import io.stopline.sdk.transform.PerspectiveJitter;
import io.stopline.sdk.transform.RandomErasing;
import io.stopline.sdk.transform.Rotation;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From documents that keep their schema to typed settings; finds what a schema cannot say. */
final class ConfigReader {

  /** By the name that policies use; the keys of each are the record's components. */
  private static final Map<String, Class<? extends InputTransform>> TRANSFORMS =
      Map.ofEntries(
          Map.entry("crop-resize-pad", CropResizePad.class),
          Map.entry("rotation", Rotation.class),
          Map.entry("affine-jitter", AffineJitter.class),
          Map.entry("perspective-jitter", PerspectiveJitter.class),
          Map.entry("gamma", Gamma.class),
          Map.entry("contrast", Contrast.class),
          Map.entry("brightness", Brightness.class),
          Map.entry("channel-jitter", ChannelJitter.class),
          Map.entry("bit-depth-reduction", BitDepthReduction.class),
          Map.entry("dct-quantisation", DctQuantisation.class),
          Map.entry("median-smoothing", MedianSmoothing.class),
          Map.entry("gaussian-noise", GaussianNoise.class),
          Map.entry("random-erasing", RandomErasing.class));

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS).build();

  /** Boxes at the edge of a close-up are cut off by randomised views. */
  private static final double LEAST_SURROUNDINGS = 0.2;

  private ConfigReader() {}

  static ModelManifest model(String name, YamlTree tree, List<Problem> problems) {
    JsonNode root = tree.root();
    JsonNode input = root.get("input");
    InputEncoding encoding = InputEncoding.UNIT;
    try {
      encoding =
          new InputEncoding(
              input.get("low").asDouble(),
              input.get("high").asDouble(),
              numbers(input.path("mean"), 0),
              numbers(input.path("deviation"), 1),
              ChannelOrder.valueOf(input.path("channels").asText("rgb").toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(tree.line("/input"), "'input': " + e.getMessage()));
    }
    JsonNode reference = root.get("reference");
    return new ModelManifest(
        name,
        root.get("file").asText(),
        root.get("sha256").asText(),
        encoding,
        output(tree, problems),
        root.get("labels").asText(),
        root.get("licence").asText(),
        new ModelManifest.Reference(
            reference.get("seed").asLong(),
            reference.get("count").asInt(),
            reference.get("tolerance").asDouble()));
  }

  private static ModelManifest.Output output(YamlTree tree, List<Problem> problems) {
    boolean detector = tree.root().path("kind").asText("classifier").equals("detector");
    String word = tree.root().get("output").asText();
    boolean detections = DetectorKeys.isDetector(word);
    if (detector != detections) {
      problems.add(
          new Problem(
              tree.line("/output"),
              detector
                  ? "'output' is '%s', but a detector gives one of %s; write that, or remove 'kind: detector' if this is a classifier"
                      .formatted(word, DetectorKeys.words())
                  : "'output' is '%s', which a classifier does not give; write 'probabilities' or 'logits', or add 'kind: detector'"
                      .formatted(word)));
    }
    if (detections) {
      return new ModelManifest.Output.Detections(DetectorKeys.read(tree, word, problems));
    }
    if (!detector && tree.root().has("detector")) {
      problems.add(
          new Problem(
              tree.line("/detector"),
              "key 'detector' has no meaning for a classifier; remove it, or add 'kind: detector'"
                  + " and its 'output'"));
    }
    return new ModelManifest.Output.Classes(OutputKind.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static List<Double> numbers(JsonNode list, double otherwise) {
    if (list.isMissingNode()) {
      return List.of(otherwise, otherwise, otherwise);
    }
    List<Double> values = new ArrayList<>();
    list.forEach(n -> values.add(n.asDouble()));
    return values;
  }

  /**
   * An appearance table from its manifest and data.
   *
   * @param classes how many the labels name
   */
  static @Nullable AppearanceTable appearance(
      YamlTree tree, byte[] data, int classes, List<Problem> problems) {
    JsonNode root = tree.root();
    List<String> groups = new ArrayList<>();
    int[] groupOf = new int[classes];
    Arrays.fill(groupOf, -1);
    root.get("groups")
        .properties()
        .forEach(
            e -> {
              String pointer = "/groups" + YamlTree.step(e.getKey());
              for (int i = 0; i < e.getValue().size(); i++) {
                int c = e.getValue().get(i).asInt();
                int line = tree.line(pointer + "/" + i);
                if (c >= classes) {
                  problems.add(
                      new Problem(
                          line,
                          "class %d is in group '%s', but '%s' names %d classes"
                              .formatted(c, e.getKey(), root.get("labels").asText(), classes)));
                } else if (groupOf[c] >= 0) {
                  problems.add(
                      new Problem(
                          line,
                          "class %d is in groups '%s' and '%s'; put it into one"
                              .formatted(c, groups.get(groupOf[c]), e.getKey())));
                } else {
                  groupOf[c] = groups.size();
                }
              }
              groups.add(e.getKey());
            });
    for (int c = 0; c < classes && problems.isEmpty(); c++) {
      if (groupOf[c] < 0) {
        problems.add(
            new Problem(
                tree.line("/groups"), "class %d is in no group; put it into one".formatted(c)));
      }
    }
    if (!problems.isEmpty()) {
      return null;
    }
    try {
      return new AppearanceTable(
          root.get("side").asInt(),
          root.get("ferns").asInt(),
          root.get("questions").asInt(),
          groups,
          groupOf,
          root.get("floor").asInt(),
          root.get("ceiling").asInt(),
          data);
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(
              tree.line("/file"),
              "'%s' is no table as described here: %s; learn it again"
                  .formatted(root.get("file").asText(), e.getMessage())));
      return null;
    }
  }

  /**
   * A policy.
   *
   * @param labels the names in each labels file
   */
  static PolicyFile policy(
      String file,
      String name,
      String sha256,
      YamlTree tree,
      Map<String, ModelManifest> models,
      Map<String, List<String>> labels,
      Map<String, AppearanceManifest> appearances) {
    return new PolicyReader(file, name, sha256, tree, models, labels, appearances).read();
  }

  static CalibrationFile calibration(String file, YamlTree tree) {
    JsonNode root = tree.root();
    Map<String, String> models = new LinkedHashMap<>();
    root.get("models").properties().forEach(e -> models.put(e.getKey(), e.getValue().asText()));
    List<Double> scores = new ArrayList<>();
    root.get("scores").forEach(n -> scores.add(n.asDouble()));
    int tracks = root.get("tracks").asInt();
    if (tracks != scores.size()) {
      throw new InvalidConfigException(
          file,
          List.of(
              new Problem(
                  tree.line("/tracks"),
                  "'tracks' is %d, but there are %d scores; calibrate again"
                      .formatted(tracks, scores.size()))));
    }
    JsonNode data = root.get("data");
    return new CalibrationFile(
        root.get("policy").asText(),
        root.get("policySha256").asText(),
        models,
        data.get("name").asText(),
        data.get("sha256").asText(),
        data.get("split").asText(),
        data.get("frames").asLong(),
        boxes(data.path("boxes")),
        root.get("seed").asLong(),
        scores);
  }

  private static CalibrationFile.@Nullable Boxes boxes(JsonNode node) {
    return node.isObject()
        ? new CalibrationFile.Boxes(
            node.get("margin").asDouble(),
            node.get("shift").asDouble(),
            node.get("scale").asDouble())
        : null;
  }

  static DeviceProfile profile(String name, YamlTree tree) {
    JsonNode root = tree.root();
    List<String> delegates = new ArrayList<>();
    root.get("delegates").forEach(d -> delegates.add(d.asText()));
    JsonNode gpio = root.path("gpio");
    JsonNode place = root.path("place");
    return new DeviceProfile(
        name,
        delegates,
        root.get("threads").asInt(),
        root.get("framesPerSecond").asDouble(),
        pin(gpio.path("heartbeat")),
        pin(gpio.path("alarm")),
        place.isObject()
            ? new DeviceProfile.Place(
                place.get("latitude").asDouble(), place.get("longitude").asDouble())
            : null,
        decisionPoint(root.path("vehicle")));
  }

  private static @Nullable DecisionPoint decisionPoint(JsonNode node) {
    return node.isObject()
        ? new DecisionPoint(
            node.get("metresPerSecond").asDouble(),
            node.get("reactionSeconds").asDouble(),
            node.get("brakingMetresPerSecondSquared").asDouble(),
            node.get("focalLengthPixels").asDouble(),
            node.get("signMetres").asDouble())
        : null;
  }

  private static OptionalInt pin(JsonNode node) {
    return node.isInt() || node.isLong() ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
  }

  /** Reads one policy and gathers all that is wrong with it. */
  private static final class PolicyReader {
    private final String file;
    private final String name;
    private final String sha256;
    private final YamlTree tree;
    private final Map<String, ModelManifest> models;
    private final Map<String, List<String>> labels;
    private final Map<String, AppearanceManifest> appearances;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> members = new ArrayList<>();
    private final List<String> checkMembers = new ArrayList<>();
    private final List<TransformChain> views = new ArrayList<>();

    PolicyReader(
        String file,
        String name,
        String sha256,
        YamlTree tree,
        Map<String, ModelManifest> models,
        Map<String, List<String>> labels,
        Map<String, AppearanceManifest> appearances) {
      this.file = file;
      this.name = name;
      this.sha256 = sha256;
      this.tree = tree;
      this.models = models;
      this.labels = labels;
      this.appearances = appearances;
    }

    PolicyFile read() {
      JsonNode root = tree.root();
      readMembers("/members", root.get("members"), members);
      readMembers("/checkMembers", root.path("checkMembers"), checkMembers);
      root.get("views").properties().forEach(e -> readView(e.getKey(), e.getValue()));
      List<CheckSetting> checks = new ArrayList<>();
      JsonNode list = root.get("checks");
      for (int i = 0; i < list.size(); i++) {
        Map.Entry<String, JsonNode> entry = list.get(i).properties().iterator().next();
        checks.add(
            check(
                "/checks/" + i + YamlTree.step(entry.getKey()), entry.getKey(), entry.getValue()));
      }
      if (checks.stream().allMatch(c -> c.weight() == 0)) {
        problems.add(
            new Problem(
                tree.line("/checks"), "all weights are 0; give at least one check a weight"));
      }
      GuardPolicy.Finder finder = finder(root.path("finder"));
      GuardPolicy.SignCheck sign = sign(root.path("sign"));
      checkDetectors(finder);
      checkUsed(checks);
      Witnesses witnesses =
          new WitnessesReader(tree, problems, models, labels)
              .read(root.path("witnesses"), finder != null, sign != null, classes());
      Cascade cascade =
          new CascadeReader(tree, problems, members, checks)
              .read(root.path("cascade"), sign != null);
      TrackPolicy track = new TrackReader(tree, problems, checks).read(root.path("track"));
      LabelMix labelMix = new LabelMixReader(tree, problems, members).read(root.path("labelMix"));
      if (!problems.isEmpty()) {
        throw new InvalidConfigException(file, YamlTree.inOrder(problems));
      }
      return new PolicyFile(
          file,
          new GuardPolicy(
              name,
              sha256,
              members,
              views,
              checks,
              root.get("falseAlarmRate").asDouble(),
              Duration.ofMillis(root.get("deadlineMillis").asLong()),
              root.get("minimumSide").asInt(),
              root.get("minimumProbability").asDouble(),
              root.path("abstentionRate").asDouble(root.get("falseAlarmRate").asDouble()),
              finder,
              sign,
              witnesses,
              checkMembers,
              track,
              cascade,
              labelMix),
          root.get("calibration").asText());
    }

    /** Names of the members' classes; none if they are unknown. */
    private List<String> classes() {
      ModelManifest first = members.isEmpty() ? null : models.get(members.get(0));
      return first == null ? List.of() : labels.getOrDefault(first.labels(), List.of());
    }

    /**
     * Reads models that look at crops. All have to fit the first member.
     *
     * @param into receives their names
     */
    private void readMembers(String pointer, JsonNode list, List<String> into) {
      ModelManifest first = members.isEmpty() ? null : models.get(members.get(0));
      String shared = first == null ? null : first.labels();
      Boolean detectors = first == null ? null : first.isDetector();
      for (int i = 0; i < list.size(); i++) {
        String member = list.get(i).asText();
        if (into != members && members.contains(member)) {
          problems.add(
              new Problem(
                  tree.line(pointer + "/" + i),
                  "'%s' is one of 'members', which checks may name as well; remove it here, or there if it is not to name the label"
                      .formatted(member)));
        }
        into.add(member);
        ModelManifest manifest = models.get(member);
        if (manifest == null) {
          unknown(pointer + "/" + i, "model", member, models.keySet());
        } else if (detectors != null && detectors != manifest.isDetector()) {
          problems.add(
              new Problem(
                  tree.line(pointer + "/" + i),
                  "member '%s' is a %s, but the first member is a %s; members must be detectors, all of them or none"
                      .formatted(
                          member,
                          detectors ? "classifier" : "detector",
                          detectors ? "detector" : "classifier")));
        } else if (shared != null && !shared.equals(manifest.labels())) {
          problems.add(
              new Problem(
                  tree.line(pointer + "/" + i),
                  "member '%s' has labels '%s', but the first member has '%s'; members must share their classes"
                      .formatted(member, manifest.labels(), shared)));
        } else {
          shared = manifest.labels();
          detectors = manifest.isDetector();
        }
      }
    }

    /** Whether members are detectors, and look closer at what the finder found. */
    private boolean detectors() {
      ModelManifest first = members.isEmpty() ? null : models.get(members.get(0));
      return first != null && first.isDetector();
    }

    /** Models that name no label are there for a check; each must have one. */
    private void checkUsed(List<CheckSetting> checks) {
      for (int i = 0; i < checkMembers.size(); i++) {
        int number = members.size() + i;
        if (checks.stream()
            .noneMatch(c -> c instanceof CheckSetting.CertifiedWindows w && w.member() == number)) {
          problems.add(
              new Problem(
                  tree.line("/checkMembers/" + i),
                  "no check looks at '%s', and it names no label; name it in 'members' of a check 'certified-windows', or remove it"
                      .formatted(checkMembers.get(i))));
        }
      }
    }

    /** What a policy whose members are detectors needs and cannot have. */
    private void checkDetectors(GuardPolicy.@Nullable Finder finder) {
      if (!detectors()) {
        return;
      }
      if (finder == null) {
        problems.add(
            new Problem(
                tree.line("/members"),
                "members are detectors, which look closer at what was found, but there is no"
                    + " 'finder'; add one, it may be the same model"));
      } else if (finder.margin() < LEAST_SURROUNDINGS) {
        problems.add(
            new Problem(
                tree.line("/finder/margin"),
                "'margin' is %s, but members are detectors, which need to see the surroundings of an object; write at least %s"
                    .formatted(finder.margin(), LEAST_SURROUNDINGS)));
      }
    }

    private GuardPolicy.@Nullable Finder finder(JsonNode node) {
      if (!node.isObject()) {
        return null;
      }
      String detector = node.get("detector").asText();
      ModelManifest manifest = models.get(detector);
      if (manifest == null) {
        unknown("/finder/detector", "model", detector, models.keySet());
      } else if (!manifest.isDetector()) {
        problems.add(
            new Problem(
                tree.line("/finder/detector"),
                "model '%s' is a classifier, but a finder looks at whole frames; name a model whose manifest says 'kind: detector', or remove 'finder' to find signs by colour and shape"
                    .formatted(detector)));
      }
      return new GuardPolicy.Finder(
          detector,
          node.get("threshold").asDouble(),
          node.get("maximum").asInt(),
          node.get("margin").asDouble(),
          node.path("sureProbability").asDouble(0),
          finderLabels(node.path("labels"), manifest));
    }

    private List<String> finderLabels(JsonNode list, @Nullable ModelManifest manifest) {
      List<String> wanted = texts(list);
      List<String> known =
          manifest == null ? List.of() : labels.getOrDefault(manifest.labels(), List.of());
      for (int i = 0; i < wanted.size() && !known.isEmpty(); i++) {
        if (!known.contains(wanted.get(i))) {
          unknown("/finder/labels/" + i, "label", wanted.get(i), known);
        }
      }
      return wanted;
    }

    private GuardPolicy.@Nullable SignCheck sign(JsonNode node) {
      if (!node.isObject()) {
        return null;
      }
      String verifier = node.get("verifier").asText();
      ModelManifest manifest = models.get(verifier);
      if (manifest == null) {
        unknown("/sign/verifier", "model", verifier, models.keySet());
      } else if (manifest.isDetector()) {
        problems.add(
            new Problem(
                tree.line("/sign/verifier"),
                "model '%s' is a detector, but a verifier looks at crops; name a classifier of two classes: no sign, sign"
                    .formatted(verifier)));
      } else {
        int classes = labels.getOrDefault(manifest.labels(), List.of()).size();
        if (classes != 2) {
          problems.add(
              new Problem(
                  tree.line("/sign/verifier"),
                  "'%s' names %d classes for model '%s', but a verifier has two: no sign, sign; name such a model"
                      .formatted(manifest.labels(), classes, verifier)));
        }
      }
      double minimum = node.get("minimumProbability").asDouble();
      double confirm = node.path("confirmProbability").asDouble(minimum);
      if (confirm < minimum) {
        problems.add(
            new Problem(
                tree.line("/sign/confirmProbability"),
                "'confirmProbability' is %s, but must be at least 'minimumProbability', %s"
                    .formatted(confirm, minimum)));
        confirm = minimum;
      }
      return new GuardPolicy.SignCheck(
          verifier,
          node.path("finderWeight").asDouble(GuardPolicy.SignCheck.USUAL_FINDER_WEIGHT),
          minimum,
          confirm,
          node.path("suspectSide").asInt(0),
          node.get("confirmAfter").asInt(),
          node.get("lostAfter").asInt());
    }

    private void readView(String view, JsonNode list) {
      String pointer = "/views" + YamlTree.step(view);
      if (view.equals(TransformChain.identity().name())) {
        problems.add(
            new Problem(
                tree.line(pointer), "view 'identity' always means the plain view; choose a name"));
      }
      List<InputTransform> transforms = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        Map.Entry<String, JsonNode> entry = list.get(i).properties().iterator().next();
        Class<? extends InputTransform> type = TRANSFORMS.get(entry.getKey());
        if (type == null) {
          throw new IllegalStateException(
              "the schema knows transform '%s', which the reader does not"
                  .formatted(entry.getKey()));
        }
        try {
          transforms.add(MAPPER.treeToValue(entry.getValue(), type));
        } catch (JsonProcessingException e) {
          Throwable cause = e.getCause();
          problems.add(
              new Problem(
                  tree.line(pointer + "/" + i),
                  cause == null ? e.getOriginalMessage() : String.valueOf(cause.getMessage())));
        }
      }
      views.add(new TransformChain(view, transforms));
    }

    private CheckSetting check(String pointer, String kind, JsonNode node) {
      double weight = node.get("weight").asDouble();
      switch (kind) {
        case "transform-consistency":
          String view = view(pointer + "/view", node.get("view").asText());
          return new CheckSetting.Consistency(
              view, node.get("draws").asInt(), memberIndices(pointer, node), weight);
        case "feature-squeezing":
          List<String> squeezers = new ArrayList<>();
          JsonNode list = node.get("views");
          for (int i = 0; i < list.size(); i++) {
            squeezers.add(view(pointer + "/views/" + i, list.get(i).asText()));
          }
          return new CheckSetting.Squeezing(squeezers, memberIndices(pointer, node), weight);
        case "sign-plausibility":
          return plausibility(pointer, node, weight);
        case "certified-windows":
          return certifiedWindows(pointer, node, weight);
        case "finder-agreement":
          return labelChecks().finderAgreement(pointer, node);
        case "track-plausibility":
          return labelChecks().trackPlausibility(pointer, node);
        case "ensemble-agreement":
          if (members.size() < 2) {
            problems.add(
                new Problem(
                    tree.line(pointer),
                    "check 'ensemble-agreement' compares members, but the policy has one; add a"
                        + " second member or remove the check"));
          }
          return new CheckSetting.Agreement(weight);
        default:
          throw new IllegalStateException(
              "the schema knows check '%s', which the reader does not".formatted(kind));
      }
    }

    private LabelChecks labelChecks() {
      JsonNode node = tree.root().path("finder");
      ModelManifest finder = models.get(node.path("detector").asText(""));
      List<String> found =
          finder == null ? List.of() : labels.getOrDefault(finder.labels(), List.of());
      ModelManifest first = members.isEmpty() ? null : models.get(members.get(0));
      List<String> listed = texts(node.path("labels"));
      return new LabelChecks(
          tree,
          problems,
          found,
          listed.isEmpty() ? found : listed,
          classes(),
          finder != null && first != null && finder.labels().equals(first.labels()));
    }

    private static List<String> texts(JsonNode list) {
      List<String> texts = new ArrayList<>();
      list.forEach(n -> texts.add(n.asText()));
      return texts;
    }

    private CheckSetting plausibility(String pointer, JsonNode node, double weight) {
      String name = node.get("table").asText();
      AppearanceManifest appearance = appearances.get(name);
      if (appearance == null) {
        unknown(pointer + "/table", "appearance table", name, appearances.keySet());
        return new CheckSetting.Agreement(weight); // not used: the policy is refused
      }
      List<Integer> signs =
          labelChecks()
              .signs(
                  pointer + "/labels",
                  node.path("labels"),
                  labels.getOrDefault(appearance.labels(), List.of()),
                  detectors() ? 1 : 0);
      for (String member : members) {
        ModelManifest model = models.get(member);
        if (signs == null && model != null && !model.labels().equals(appearance.labels())) {
          problems.add(
              new Problem(
                  tree.line(pointer + "/table"),
                  "table '%s' has labels '%s', but member '%s' has '%s'; they must share their classes, or 'labels' must say which of the member's labels are which signs"
                      .formatted(name, appearance.labels(), member, model.labels())));
        }
      }
      return new CheckSetting.Plausibility(name, appearance.table(), signs, weight);
    }

    private CheckSetting certifiedWindows(String pointer, JsonNode node, double weight) {
      CheckSetting unused = new CheckSetting.Agreement(weight); // the policy is refused
      List<String> all = new ArrayList<>(members);
      all.addAll(checkMembers);
      List<Integer> indices = memberIndices(pointer, node, all);
      int named = node.get("members").size();
      if (named != 1) {
        problems.add(
            new Problem(
                tree.line(pointer + "/members"),
                "check 'certified-windows' looks at the local scores of one member, not of %d; name one, and give another check of the kind for each further one"
                    .formatted(named)));
      }
      String table = node.path("table").asText("");
      boolean single = node.get("level").asText().equals("class");
      if (single == node.has("table")) {
        problems.add(
            new Problem(
                tree.line(pointer + (single ? "/table" : "/level")),
                single
                    ? "level 'class' tells every class from every other and takes no groups; remove"
                        + " 'table', or say 'level: group'"
                    : "level 'group' needs groups of classes; name an appearance table whose groups they are, such as 'table: %s', or say 'level: class'"
                        .formatted(
                            appearances.isEmpty()
                                ? "NAME"
                                : appearances.keySet().iterator().next())));
        return unused;
      }
      Groups groups = single ? classGroups(pointer) : tableGroups(pointer, table);
      return groups == null || indices.size() != 1
          ? unused
          : new CheckSetting.CertifiedWindows(
              indices.get(0),
              node.get("patch").asInt(),
              single ? null : table,
              groups,
              node.path("threshold").asDouble(0),
              weight);
    }

    private @Nullable Groups classGroups(String pointer) {
      List<String> names = classes();
      if (names.size() < 2) {
        problems.add(
            new Problem(
                tree.line(pointer), "the members' labels are not known; see what is said of them"));
        return null;
      }
      return Groups.single(names);
    }

    private @Nullable Groups tableGroups(String pointer, String name) {
      AppearanceManifest appearance = appearances.get(name);
      if (appearance == null) {
        unknown(pointer + "/table", "appearance table", name, appearances.keySet());
        return null;
      }
      ModelManifest first = members.isEmpty() ? null : models.get(members.get(0));
      if (first != null && !first.labels().equals(appearance.labels())) {
        problems.add(
            new Problem(
                tree.line(pointer + "/table"),
                "table '%s' has labels '%s', but member '%s' has '%s'; a certificate by groups needs a table of the member's own labels, or 'level: class'"
                    .formatted(name, appearance.labels(), first.name(), first.labels())));
        return null;
      }
      return new Groups(
          appearance.table().groups(),
          IntStream.range(0, appearance.table().classes())
              .mapToObj(appearance.table()::groupOf)
              .toList());
    }

    private String view(String pointer, String view) {
      List<String> known = views.stream().map(TransformChain::name).toList();
      if (!known.contains(view)) {
        unknown(pointer, "view", view, known);
      }
      return view;
    }

    /** Of checks that compare what members say: only of those that name the label. */
    private List<Integer> memberIndices(String pointer, JsonNode check) {
      JsonNode list = check.path("members");
      for (int i = 0; i < list.size(); i++) {
        if (checkMembers.contains(list.get(i).asText())) {
          problems.add(
              new Problem(
                  tree.line(pointer + "/members/" + i),
                  "'%s' is one of 'checkMembers', which only 'certified-windows' can look at; name one of %s"
                      .formatted(list.get(i).asText(), String.join(", ", members))));
          return List.of();
        }
      }
      return memberIndices(pointer, check, members);
    }

    private List<Integer> memberIndices(String pointer, JsonNode check, List<String> known) {
      JsonNode list = check.path("members");
      if (list.isMissingNode()) {
        return IntStream.range(0, known.size()).boxed().toList();
      }
      List<Integer> indices = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        String member = list.get(i).asText();
        int index = known.indexOf(member);
        if (index < 0) {
          unknown(pointer + "/members/" + i, "member", member, known);
        } else {
          indices.add(index);
        }
      }
      return indices;
    }

    private void unknown(String pointer, String kind, String word, Iterable<String> known) {
      String near = SchemaCheck.nearest(word, known);
      problems.add(
          new Problem(
              tree.line(pointer),
              near != null
                  ? "%s '%s' is unknown; did you mean '%s'?".formatted(kind, word, near)
                  : "%s '%s' is unknown; known are %s"
                      .formatted(kind, word, String.join(", ", known))));
    }
  }
}
