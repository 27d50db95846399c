package io.stopline.campaign.detectorguard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.UsualPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.model.CloseUpDetector;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The policy of a guard around a detector, as a file.
 *
 * @param name of the policy
 * @param text the file
 * @param profile the bundle's default profile
 * @param deadlineMillis of an inspection
 */
record DetectorPolicy(String name, String text, String profile, int deadlineMillis) {

  private static final String ALONE = "default";
  private static final int DRAWS = 4;

  /** One plain run, the draws, and one on a smoothed view. */
  private static final int PASSES = 1 + DRAWS + 1;

  /** Around each box, as a share of its longer side: a detector has to see where a thing is. */
  private static final double MARGIN = 0.5;

  /** Of the finder of classifiers, which learnt from crops with a narrow border. */
  private static final double NARROW = 0.125;

  /** Crops that would have to be enlarged more often are not judged. */
  private static final int ENLARGED = 6;

  private static final int LEAST_SIDE = 16;

  /** What stands, by the names that data sets give it. */
  private static final List<String> STANDING =
      List.of("sign", "trafficlight", "hydrant", "parkingmeter", "bollard", "pole");

  /** The detector is the only member, and looks closer at what it found. */
  static DetectorPolicy alone(
      DetectorGuardInitializer.Settings settings, String model, double millis, int maximum) {
    int deadline = UsualPolicy.deadlineMillis(millis, PASSES);
    List<String> labels = settings.reading().labels();
    List<String> judged = settings.judged().isEmpty() ? labels : settings.judged();
    List<String> standing = judged.stream().filter(DetectorPolicy::stands).distinct().toList();
    ImageLayout layout = ImageLayout.of(settings.reading().input().shape());
    String text =
        """
        # One detector: what it found it looks at again, closer: 1 plain run, %d on randomised views and 1 on a smoothed
        # view, %d in all.
        schema: 1
        members: ["%s"]

        %s
        checks:
          - transform-consistency: {view: jitter, draws: %d, weight: 1}
          - feature-squeezing: {views: [smooth], weight: 1}
          # What was found in the whole frame against what is seen from near.
          - finder-agreement: {weight: 1}
          # Real things are born small or at an edge, keep their label, and move as the road does.
          - track-plausibility: {%sweight: 1}

        finder:
          detector: "%s"
          threshold: %s
          maximum: %d
          # At each side, as a share of the longer one: the surroundings that are looked at.
          margin: %s
        %s
        # The share of clean tracks that may be suspected.
        falseAlarmRate: %s
        # Four times what an inspection took where the bundle was made, at least 100.
        deadlineMillis: %d
        # A sixth of the input: of what is smaller, a close-up shows too little to judge.
        minimumSide: %d
        # More than all other labels together; a label that is less sure is not accepted.
        minimumProbability: 0.5
        calibration: calibrations/%s.yaml
        """
            .formatted(
                DRAWS,
                PASSES,
                model,
                UsualPolicy.views(1.15, "an object"),
                DRAWS,
                standing.isEmpty() ? "" : "standing: %s, ".formatted(list(standing)),
                model,
                threshold(settings),
                maximum,
                MARGIN,
                settings.judged().isEmpty()
                    ? ""
                    : "  # What matters; whatever else it finds is not followed.\n  labels: %s\n"
                        .formatted(list(settings.judged())),
                settings.falseAlarmRate(),
                deadline,
                Math.max(LEAST_SIDE, Math.min(layout.width(), layout.height()) / ENLARGED),
                ALONE);
    return new DetectorPolicy(ALONE, text, "desktop", deadline);
  }

  /**
   * The policy of a bundle of classifiers with the detector as its finder, and that bundle's files.
   */
  static DetectorPolicy behind(
      DetectorGuardInitializer.Settings settings,
      Bundle behind,
      BundleWriter writer,
      ModelManifest detector,
      double millis,
      int maximum) {
    PolicyFile old = behind.policy(behind.defaultPolicy());
    copy(behind, old, writer, detector.name());
    ObjectNode root = tree(behind, old);
    List<String> judged = new ArrayList<>(settings.meanings().classesOf().keySet());
    if (!settings.judged().isEmpty()) {
      judged.retainAll(settings.judged());
      if (judged.isEmpty()) {
        throw new UnusableDatasetException(
            "none of the labels of --judge is a class of the classifiers behind the detector; pair them with --rename 'CLASS=LABEL'");
      }
    }
    ObjectNode finder = root.putObject("finder");
    double sure = old.policy().finder() == null ? 0 : old.policy().finder().sureProbability();
    finder.put("detector", detector.name());
    finder.put("threshold", threshold(settings));
    finder.put("maximum", maximum);
    finder.put("margin", NARROW);
    if (sure > 0) {
      finder.put("sureProbability", sure);
    }
    judged.forEach(finder.putArray("labels")::add);
    root.remove("witnesses");
    root.put("falseAlarmRate", settings.falseAlarmRate());
    if (root.path("abstentionRate").asDouble(1) < settings.falseAlarmRate()) {
      root.put("abstentionRate", settings.falseAlarmRate());
    }
    int deadline =
        Math.max(
            root.path("deadlineMillis").asInt(),
            UsualPolicy.deadlineMillis(DetectorGuardInitializer.behindMillis(behind, old), 4));
    root.put("deadlineMillis", deadline);
    ObjectNode agreement = agreement((ArrayNode) root.get("checks"));
    agreement.put("weight", agreement.path("weight").asDouble(2));
    ObjectNode meanings = agreement.putObject("labels");
    for (String label : judged) {
      settings
          .meanings()
          .classesOf()
          .getOrDefault(label, List.of())
          .forEach(meanings.withArray(label)::add);
    }
    StringBuilder text =
        new StringBuilder(
            """
            # Policy '%s' of bundle '%s' behind a detector of somebody else: it finds, the classifiers judge, and
            # what the two say is compared.
            """
                .formatted(old.policy().name(), behind.name()));
    write(text, root, 0);
    return new DetectorPolicy(
        old.policy().name(), text.toString(), behind.defaultProfile(), deadline);
  }

  /** The same policy with others that check on its finder. */
  DetectorPolicy with(Witnesses witnesses, int quiet) {
    StringBuilder more = new StringBuilder(text);
    if (!text.endsWith("\n")) {
      more.append('\n');
    }
    more.append(
        """

        # What checks on the finder: chosen so that %d clean drives stayed quiet. The model card has the false rates.
        witnesses:
          everyFrames: %d
          patienceMillis: %d
        """
            .formatted(quiet, witnesses.everyFrames(), witnesses.patience().toMillis()));
    if (!witnesses.detectors().isEmpty()) {
      more.append("  detectors:\n");
    }
    for (Witnesses.WitnessDetector w : witnesses.detectors()) {
      more.append("    - {detector: ").append(quoted(w.detector()));
      more.append(", threshold: %s, maximum: %d".formatted(w.threshold(), w.maximum()));
      if (!w.labels().isEmpty()) {
        more.append(
            w.labels().entrySet().stream()
                .map(e -> quoted(e.getKey()) + ": " + list(e.getValue()))
                .collect(Collectors.joining(", ", ", labels: {", "}")));
      }
      more.append("}\n");
    }
    Witnesses.HiddenObject hidden = witnesses.hiddenObject();
    if (hidden != null) {
      more.append(
          "  hiddenObject: {persistence: %d, minimumSide: %d, standing: %s, sureFrames: %d}%n"
              .formatted(
                  hidden.persistence(),
                  hidden.minimumSide(),
                  hidden.standing(),
                  hidden.sureFrames()));
    }
    if (witnesses.phantomObject() != null) {
      more.append(
          "  phantomObject: {persistence: %d}%n"
              .formatted(witnesses.phantomObject().persistence()));
    }
    Witnesses.Vanished vanished = witnesses.vanished();
    if (vanished != null) {
      more.append(
          "  vanished: {sightings: %d, minimumSide: %d, inset: %s}%n"
              .formatted(vanished.sightings(), vanished.minimumSide(), vanished.inset()));
    }
    return new DetectorPolicy(name, more.toString(), profile, deadlineMillis);
  }

  /** The check that compares labels; added if the policy has none. */
  private static ObjectNode agreement(ArrayNode checks) {
    for (JsonNode check : checks) {
      if (check.path("finder-agreement") instanceof ObjectNode known) {
        return known;
      }
    }
    return checks.addObject().putObject("finder-agreement");
  }

  /** Everything that the policy needs: its members, verifier, tables, labels and profiles. */
  private static void copy(Bundle behind, PolicyFile policy, BundleWriter writer, String detector) {
    List<String> models = new ArrayList<>(policy.policy().models());
    if (policy.policy().sign() != null) {
      models.add(policy.policy().sign().verifier());
    }
    if (models.contains(detector)) {
      throw new UnusableDatasetException(
          "bundle '%s' has a model '%s' already; rename the detector's file"
              .formatted(behind.name(), detector));
    }
    List<String> files = new ArrayList<>();
    for (String model : models) {
      ModelManifest manifest = behind.model(model);
      files.add(manifest.file());
      files.add("models/" + model + ".yaml");
      files.add(manifest.labels());
      files.add("models/" + model + ".md");
    }
    for (String file : behind.files().keySet()) {
      if (file.startsWith("appearance/") || file.startsWith("profiles/")) {
        files.add(file);
      }
    }
    behind.appearances().values().forEach(a -> files.add(a.labels()));
    for (String file : files.stream().distinct().toList()) {
      if (behind.files().containsKey(file)) {
        writer.write(file, bytes(behind, file));
      }
    }
  }

  private static ObjectNode tree(Bundle behind, PolicyFile policy) {
    List<Problem> problems = new ArrayList<>();
    YamlTree tree = YamlTree.parse(bytes(behind, policy.file()), problems);
    if (!problems.isEmpty() || !(tree.root() instanceof ObjectNode root)) {
      throw new IllegalStateException("a policy that was loaded cannot be read: " + problems);
    }
    return root.deepCopy();
  }

  private static byte[] bytes(Bundle bundle, String file) {
    try {
      return Files.readAllBytes(bundle.directory().resolve(file));
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' of bundle '%s' cannot be read (%s); check its permissions"
              .formatted(file, bundle.name(), e.getMessage()),
          e);
    }
  }

  /** The odds of a close-up divide by those of the threshold, which must leave some. */
  private static double threshold(DetectorGuardInitializer.Settings settings) {
    double wanted = settings.reading().options().thresholdOrUsual();
    return Math.max(CloseUpDetector.LOWEST_THRESHOLD, Math.min(0.95, wanted));
  }

  private static boolean stands(String label) {
    String plain = label.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{Nd}]", "");
    return STANDING.stream().anyMatch(plain::contains);
  }

  // YAML.

  private static void write(StringBuilder text, ObjectNode node, int indent) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      text.append(" ".repeat(indent)).append(key(field.getKey())).append(':');
      JsonNode value = field.getValue();
      if (value instanceof ObjectNode object && indent == 0) {
        text.append('\n');
        write(text, object, indent + 2);
      } else if (value.isArray() && value.size() > 0 && value.get(0).isObject()) {
        text.append('\n');
        value.forEach(
            each ->
                text.append(" ".repeat(indent + 2)).append("- ").append(flow(each)).append('\n'));
      } else {
        text.append(' ').append(flow(value)).append('\n');
      }
    }
  }

  private static String flow(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(f -> key(f.getKey()) + ": " + flow(f.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (node.isArray()) {
      List<String> parts = new ArrayList<>();
      node.forEach(n -> parts.add(flow(n)));
      return String.join(", ", parts).transform(t -> "[" + t + "]");
    }
    return node.isTextual() ? quoted(node.asText()) : node.asText();
  }

  private static String key(String key) {
    return key.matches("[A-Za-z][A-Za-z0-9-]*") ? key : quoted(key);
  }

  private static String list(List<String> names) {
    return names.stream().map(DetectorPolicy::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
