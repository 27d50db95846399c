package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A versioned set of models, policies, calibrations and profiles in one directory, verified: every
 * file had the SHA-256 that {@code bundle.yaml} lists before anything in it was parsed, nothing is
 * missing and nothing is there unlisted. Immutable and thread-safe; the models themselves stay on
 * disk and are verified again when they are read.
 */
public final class Bundle {

  private final BundleFiles files;
  private final String sha256;
  private final String name;
  private final String version;
  private final String defaultPolicy;
  private final String defaultProfile;
  private final @Nullable Certified certified;
  private final Map<String, String> hashes;
  private final Map<String, List<String>> labels = new TreeMap<>();
  private final Map<String, ModelManifest> models = new TreeMap<>();
  private final Map<String, AppearanceManifest> appearances = new TreeMap<>();
  private final Map<String, PolicyFile> policies = new TreeMap<>();
  private final Map<String, CalibrationFile> calibrations = new TreeMap<>();
  private final Map<String, DeviceProfile> profiles = new TreeMap<>();

  /**
   * Which of the models certificates against patches are made of, where no check of a policy says
   * it.
   *
   * @param model name of it
   * @param table appearance table whose groups count; null for the first that fits
   */
  public record Certified(String model, @Nullable String table) {}

  /**
   * Verifies and reads a bundle.
   *
   * @param directory holds {@code bundle.yaml}; may itself be a link
   * @throws ConfigException one subclass a kind of failure
   */
  public static Bundle load(Path directory) {
    return new Bundle(new BundleFiles(directory));
  }

  /**
   * Finds a bundle by path, or by the name of one that is shipped below {@code
   * firmware-config/bundles} of the directory that the system property {@code stopline.root} names.
   *
   * @throws MissingFileException if neither exists
   */
  public static Path locate(String nameOrPath) {
    Path path = Path.of(nameOrPath);
    if (Files.isDirectory(path)) {
      return path;
    }
    String root = System.getProperty("stopline.root");
    if (root != null && nameOrPath.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
      Path shipped = Path.of(root, "firmware-config", "bundles", nameOrPath);
      if (Files.isDirectory(shipped)) {
        return shipped;
      }
    }
    throw new MissingFileException(
        nameOrPath,
        "there is no bundle '%s', neither as a folder nor below %s/firmware-config/bundles; give the folder that holds bundle.yaml"
            .formatted(nameOrPath, root == null ? "${stopline.root}" : root));
  }

  private Bundle(BundleFiles files) {
    this.files = files;
    byte[] bytes = files.read(BundleFiles.MANIFEST, BundleFiles.MAX_TEXT_BYTES);
    this.sha256 = BundleFiles.sha256(bytes);
    YamlTree tree = BundleFiles.parse(BundleFiles.MANIFEST, bytes, BundleFiles.schema("bundle"));
    JsonNode root = tree.root();
    this.name = root.get("name").asText();
    this.version = root.get("version").asText();
    this.defaultPolicy = root.get("defaultPolicy").asText();
    this.defaultProfile = root.get("defaultProfile").asText();
    Map<String, String> listed = new LinkedHashMap<>();
    root.get("files")
        .properties()
        .forEach(
            e -> {
              int line = tree.line("/files" + YamlTree.step(e.getKey()));
              BundleFiles.checkPath(BundleFiles.MANIFEST + ":" + line, e.getKey());
              listed.put(e.getKey(), e.getValue().asText());
            });
    this.hashes = Collections.unmodifiableMap(listed);
    compareWithDisk(tree);
    Map<String, byte[]> texts = new LinkedHashMap<>();
    hashes.forEach(
        (file, hash) -> {
          boolean isModel = file.endsWith(".tflite");
          byte[] content =
              files.readVerified(
                  file, hash, isModel ? BundleFiles.MAX_MODEL_BYTES : BundleFiles.MAX_TEXT_BYTES);
          if (!isModel) {
            texts.put(file, content);
          }
        });
    // Only now, when every hash was right, is anything of it looked into.
    readModels(texts);
    readAppearances(texts);
    readPolicies(texts);
    readCalibrations(texts);
    readProfiles(texts);
    checkNamed(tree, "/defaultPolicy", policies.keySet());
    checkNamed(tree, "/defaultProfile", profiles.keySet());
    certified = certified(tree);
  }

  private void compareWithDisk(YamlTree tree) {
    Set<String> onDisk = files.list();
    onDisk.remove(BundleFiles.MANIFEST);
    for (String file : hashes.keySet()) {
      if (!onDisk.contains(file)) {
        throw new MissingFileException(
            file,
            "%s:%d: file '%s' is listed but missing in bundle '%s'; copy the bundle again, whole"
                .formatted(
                    BundleFiles.MANIFEST,
                    tree.line("/files" + YamlTree.step(file)),
                    file,
                    files.root()));
      }
      onDisk.remove(file);
    }
    if (!onDisk.isEmpty()) {
      String extra = onDisk.iterator().next();
      throw new UnlistedFileException(
          extra,
          "file '%s' lies in bundle '%s' but %s does not list it; remove it, or list it with its SHA-256"
              .formatted(extra, files.root(), BundleFiles.MANIFEST));
    }
  }

  private @Nullable Certified certified(YamlTree tree) {
    JsonNode node = tree.root().path("certified");
    if (node.isMissingNode()) {
      return null;
    }
    checkNamed(tree, "/certified/model", models.keySet());
    if (node.has("table")) {
      checkNamed(tree, "/certified/table", appearances.keySet());
    }
    return new Certified(node.get("model").asText(), node.path("table").asText(null));
  }

  private static void checkNamed(YamlTree tree, String pointer, Set<String> known) {
    String value = tree.root().at(pointer).asText();
    if (!known.contains(value)) {
      throw new InvalidConfigException(
          BundleFiles.MANIFEST,
          List.of(
              new Problem(
                  tree.line(pointer),
                  "'%s' is '%s', which the bundle does not have; it has %s"
                      .formatted(pointer.substring(1).replace('/', '.'), value, known))));
    }
  }

  private static @Nullable String stem(String file, String folder) {
    return file.startsWith(folder + "/")
            && file.endsWith(".yaml")
            && file.indexOf('/', folder.length() + 1) < 0
        ? file.substring(folder.length() + 1, file.length() - ".yaml".length())
        : null;
  }

  private void readModels(Map<String, byte[]> texts) {
    SchemaCheck schema = BundleFiles.schema("model");
    texts.forEach(
        (file, bytes) -> {
          String model = stem(file, "models");
          if (model == null) {
            return;
          }
          YamlTree tree = BundleFiles.parse(file, bytes, schema);
          List<Problem> problems = new ArrayList<>();
          ModelManifest manifest = ConfigReader.model(model, tree, problems);
          String listed = hashes.get(manifest.file());
          if (listed == null) {
            problems.add(
                new Problem(
                    tree.line("/file"),
                    "'file' is '%s', which the bundle does not list".formatted(manifest.file())));
          }
          byte[] labelBytes = texts.get(manifest.labels());
          if (labelBytes == null) {
            problems.add(
                new Problem(
                    tree.line("/labels"),
                    "'labels' is '%s', which the bundle does not list"
                        .formatted(manifest.labels())));
          } else {
            labels.put(manifest.labels(), BundleFiles.labels(manifest.labels(), labelBytes));
          }
          if (!problems.isEmpty()) {
            throw new InvalidConfigException(file, problems);
          }
          if (!manifest.sha256().equals(listed)) {
            throw new HashMismatchException(
                manifest.file(),
                "%s:%d: model file '%s' should have SHA-256 %s, but the bundle has it with %s; use the manifest that was made for this model"
                    .formatted(
                        file, tree.line("/sha256"), manifest.file(), manifest.sha256(), listed));
          }
          models.put(model, manifest);
        });
  }

  private void readAppearances(Map<String, byte[]> texts) {
    SchemaCheck schema = BundleFiles.schema("appearance");
    texts.forEach(
        (file, bytes) -> {
          String appearance = stem(file, "appearance");
          if (appearance == null) {
            return;
          }
          YamlTree tree = BundleFiles.parse(file, bytes, schema);
          List<Problem> problems = new ArrayList<>();
          String dataFile = tree.root().get("file").asText();
          String expected = tree.root().get("sha256").asText();
          byte[] data = texts.get(dataFile);
          if (data == null) {
            problems.add(
                new Problem(
                    tree.line("/file"),
                    "'file' is '%s', which the bundle does not list".formatted(dataFile)));
          }
          String labelFile = tree.root().get("labels").asText();
          byte[] labelBytes = texts.get(labelFile);
          if (labelBytes == null) {
            problems.add(
                new Problem(
                    tree.line("/labels"),
                    "'labels' is '%s', which the bundle does not list".formatted(labelFile)));
          }
          if (data == null || labelBytes == null) {
            throw new InvalidConfigException(file, problems);
          }
          String listed = hashes.get(dataFile);
          if (!expected.equals(listed)) {
            throw new HashMismatchException(
                dataFile,
                "%s:%d: table '%s' should have SHA-256 %s, but the bundle has it with %s; use the manifest that was made for this table"
                    .formatted(file, tree.line("/sha256"), dataFile, expected, listed));
          }
          int classes = BundleFiles.labels(labelFile, labelBytes).size();
          AppearanceTable table = ConfigReader.appearance(tree, data, classes, problems);
          if (table == null) {
            throw new InvalidConfigException(file, problems);
          }
          appearances.put(
              appearance,
              new AppearanceManifest(
                  appearance, dataFile, BundleFiles.sha256(bytes), labelFile, table));
        });
  }

  private void readPolicies(Map<String, byte[]> texts) {
    SchemaCheck schema = BundleFiles.schema("policy");
    texts.forEach(
        (file, bytes) -> {
          String policy = stem(file, "policies");
          if (policy == null) {
            return;
          }
          YamlTree tree = BundleFiles.parse(file, bytes, schema);
          policies.put(
              policy,
              ConfigReader.policy(
                  file, policy, BundleFiles.sha256(bytes), tree, models, labels, appearances));
        });
  }

  private void readCalibrations(Map<String, byte[]> texts) {
    SchemaCheck schema = BundleFiles.schema("calibration");
    texts.forEach(
        (file, bytes) -> {
          if (stem(file, "calibrations") == null) {
            return;
          }
          YamlTree tree = BundleFiles.parse(file, bytes, schema);
          calibrations.put(file, ConfigReader.calibration(file, tree));
        });
  }

  private void readProfiles(Map<String, byte[]> texts) {
    SchemaCheck schema = BundleFiles.schema("profile");
    texts.forEach(
        (file, bytes) -> {
          String profile = stem(file, "profiles");
          if (profile != null) {
            profiles.put(
                profile, ConfigReader.profile(profile, BundleFiles.parse(file, bytes, schema)));
          }
        });
  }

  /** Where it lies, without links. */
  public Path directory() {
    return files.root();
  }

  /** SHA-256 of {@code bundle.yaml}, which holds the hash of everything else. */
  public String sha256() {
    return sha256;
  }

  public String name() {
    return name;
  }

  public String version() {
    return version;
  }

  public String defaultPolicy() {
    return defaultPolicy;
  }

  public String defaultProfile() {
    return defaultProfile;
  }

  /** Which model certifies, if the bundle says so. */
  public @Nullable Certified certified() {
    return certified;
  }

  /** SHA-256 of every file by its path relative to the bundle, {@code bundle.yaml} apart. */
  public Map<String, String> files() {
    return hashes;
  }

  /** The manifests by name. */
  public Map<String, ModelManifest> models() {
    return Collections.unmodifiableMap(models);
  }

  /** What signs look like, by name. */
  public Map<String, AppearanceManifest> appearances() {
    return Collections.unmodifiableMap(appearances);
  }

  /** The policies by name. */
  public Map<String, PolicyFile> policies() {
    return Collections.unmodifiableMap(policies);
  }

  /** The profiles by name. */
  public Map<String, DeviceProfile> profiles() {
    return Collections.unmodifiableMap(profiles);
  }

  /**
   * @throws UnknownNameException if there is no such model
   */
  public ModelManifest model(String model) {
    return named("model", models, model);
  }

  /**
   * @param policy null for the default
   * @throws UnknownNameException if there is no such policy
   */
  public PolicyFile policy(@Nullable String policy) {
    return named("policy", policies, policy == null ? defaultPolicy : policy);
  }

  /**
   * @param profile null for the default
   * @throws UnknownNameException if there is no such profile
   */
  public DeviceProfile profile(@Nullable String profile) {
    return named("profile", profiles, profile == null ? defaultProfile : profile);
  }

  private <T> T named(String kind, Map<String, T> map, String key) {
    T value = map.get(key);
    if (value == null) {
      String near = SchemaCheck.nearest(key, map.keySet());
      throw new UnknownNameException(
          key,
          "bundle '%s' has no %s '%s'; it has %s%s"
              .formatted(
                  name,
                  kind,
                  key,
                  String.join(", ", new TreeSet<>(map.keySet())),
                  near == null ? "" : "; did you mean '" + near + "'?"));
    }
    return value;
  }

  /** The class names of a policy's members, in class order. */
  public List<String> labels(PolicyFile policy) {
    return labels(model(policy.policy().members().get(0)));
  }

  /** The names that a model's labels file gives, in the model's order. */
  public List<String> labels(ModelManifest model) {
    List<String> names = labels.get(model.labels());
    if (names == null) {
      throw new IllegalStateException("labels of a verified bundle are missing");
    }
    return names;
  }

  /** The appearance table that a check looks into, if any. */
  private static final CheckSetting.Cases<Optional<String>> TABLE_OF =
      new CheckSetting.Cases<>() {
        @Override
        public Optional<String> consistency(CheckSetting.Consistency check) {
          return Optional.empty();
        }

        @Override
        public Optional<String> agreement(CheckSetting.Agreement check) {
          return Optional.empty();
        }

        @Override
        public Optional<String> squeezing(CheckSetting.Squeezing check) {
          return Optional.empty();
        }

        @Override
        public Optional<String> plausibility(CheckSetting.Plausibility check) {
          return Optional.of(check.tableName());
        }

        @Override
        public Optional<String> finderAgreement(CheckSetting.FinderAgreement check) {
          return Optional.empty();
        }

        @Override
        public Optional<String> trackPlausibility(CheckSetting.TrackPlausibility check) {
          return Optional.empty();
        }

        @Override
        public Optional<String> certifiedWindows(CheckSetting.CertifiedWindows check) {
          return Optional.ofNullable(check.table());
        }

        @Override
        public Optional<String> custom(CheckSetting.Custom check) {
          return Optional.empty();
        }
      };

  /**
   * All that a policy's scores depend on and that was learnt: SHA-256 of the file of each member
   * and of each model that only serves checks by its name, in the policy's order, and of each
   * appearance table's manifest by {@code appearance/NAME}. A calibration holds for these only.
   */
  public Map<String, String> learnt(PolicyFile policy) {
    Map<String, String> hashesByName = new LinkedHashMap<>();
    for (String member : policy.policy().models()) {
      hashesByName.put(member, model(member).sha256());
    }
    for (CheckSetting check : policy.policy().checks()) {
      String table = check.choose(TABLE_OF).orElse(null);
      if (table != null) {
        AppearanceManifest appearance = named("appearance table", appearances, table);
        hashesByName.put("appearance/" + appearance.name(), appearance.sha256());
      }
    }
    return hashesByName;
  }

  /**
   * The bytes of a model file, read now and verified again.
   *
   * @throws ConfigException if they are no longer what the bundle lists
   */
  public byte[] modelBytes(String model) {
    ModelManifest manifest = model(model);
    return files.readVerified(manifest.file(), manifest.sha256(), BundleFiles.MAX_MODEL_BYTES);
  }

  /**
   * The calibration of a policy, checked to be its own.
   *
   * @throws NotCalibratedException if it was never calibrated
   * @throws CalibrationMismatchException if the calibration belongs to another policy or to other
   *     models
   * @throws UnsupportedRateException if the policy promises more than its tracks support
   */
  public CalibrationFile calibration(PolicyFile policy) {
    CalibrationFile calibration = calibrations.get(policy.calibration());
    String policyName = policy.policy().name();
    if (calibration == null) {
      throw new NotCalibratedException(
          policy.file(),
          "policy '%s' of bundle '%s' is not calibrated ('%s' is not there), so it can promise nothing; run: ./stopline calibrate --bundle %s --policy %s --data DIR"
              .formatted(policyName, name, policy.calibration(), files.root(), policyName));
    }
    String cure =
        "run: ./stopline calibrate --bundle %s --policy %s --data DIR"
            .formatted(files.root(), policyName);
    if (!calibration.policySha256().equals(policy.policy().sha256())) {
      throw new CalibrationMismatchException(
          policy.calibration(),
          "calibration '%s' was made for policy '%s' with SHA-256 %s, but '%s' has %s; %s"
              .formatted(
                  policy.calibration(),
                  calibration.policy(),
                  calibration.policySha256(),
                  policy.file(),
                  policy.policy().sha256(),
                  cure));
    }
    Map<String, String> expected = learnt(policy);
    if (!calibration.models().equals(expected)) {
      throw new CalibrationMismatchException(
          policy.calibration(),
          "calibration '%s' was made with models %s, but policy '%s' has %s; %s"
              .formatted(policy.calibration(), calibration.models(), policyName, expected, cure));
    }
    Calibration scores = calibration.calibration();
    try {
      scores.checkRate(policy.policy().falseAlarmRate(), policy.policy().track().promise());
    } catch (IllegalArgumentException e) {
      throw new UnsupportedRateException(policy.file(), policy.file() + ": " + e.getMessage());
    }
    return calibration;
  }
}
