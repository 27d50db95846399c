package io.stopline.scene.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.scene.alteration.Alteration;
import io.stopline.yaml.Problem;
import io.stopline.yaml.SchemaCheck;
import io.stopline.yaml.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios as YAML files, checked against a JSON Schema (2020-12). All but {@code signs} may be
 * left out and has its standard value. Relative paths are taken from the file's folder. Stateless
 * and thread-safe.
 */
public final class ScenarioFile {

  /** The schema's resource beside this class. */
  static final String SCHEMA = "scenario.schema.json";

  /** The longest drive: ten minutes at 30 frames a second. */
  public static final int MAX_FRAMES = 18_000;

  /** The largest frame, px: 3840 × 2160. */
  public static final int MAX_PIXELS = 3840 * 2160;

  /** The largest picture that a scenario may name, px. */
  private static final long MAX_PICTURE_PIXELS = 1 << 26;

  private static final long MAX_BYTES = 1 << 20;

  private static final SchemaCheck CHECK = new SchemaCheck(ScenarioFile.class, SCHEMA);

  /** What drives where a scenario says nothing: 50 km/h, from 60 m to 10 m before a sign. */
  private static final Vehicle VEHICLE = new Vehicle(13.9, 0, 50, 0);

  private ScenarioFile() {}

  /**
   * Reads and checks a scenario.
   *
   * @throws InvalidScenarioException if the file cannot be read, is no YAML, breaks the schema,
   *     contradicts itself, asks for more than {@link #MAX_FRAMES} frames or {@link #MAX_PIXELS},
   *     or names a file that is not there; the message says on which line, and the cure
   */
  public static Scenario read(Path file) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        throw new InvalidScenarioException(
            "scenario '%s' is a folder; name a YAML file".formatted(file));
      }
      try (InputStream in = Files.newInputStream(file)) {
        // Bounded by what is read, not by what the file system says: it may be a pipe.
        bytes = in.readNBytes((int) MAX_BYTES + 1);
      }
    } catch (NoSuchFileException e) {
      throw new InvalidScenarioException(
          "scenario '%s' does not exist; check the path".formatted(file), e);
    } catch (IOException e) {
      throw new InvalidScenarioException(
          "scenario '%s' cannot be read (%s); check the permissions"
              .formatted(file, e.getMessage()),
          e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidScenarioException(
          "scenario '%s' has more than %d bytes; is it a scenario?".formatted(file, MAX_BYTES));
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    return new Reader(file.toString(), name, folder == null ? Path.of("/") : folder, true)
        .read(bytes);
  }

  /**
   * As {@link #read}, of a text that lies in no file.
   *
   * @param name of the text in messages, and of the scenario where it says none
   * @param folder from which relative paths are taken
   * @throws InvalidScenarioException as {@link #read}
   */
  public static Scenario of(String text, String name, Path folder) {
    Path from = folder.toAbsolutePath().normalize();
    return new Reader(name, name, from, true).read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #read}, but does not look whether the files it names are there. */
  static Scenario parse(String text, Path folder) {
    return new Reader("scenario", "scenario", folder, false)
        .read(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a file is to hold so that reading it gives an equal scenario.
   *
   * @param file where it will lie: paths are written relative to its folder
   * @param comment lines for people at its beginning
   */
  public static String textAt(Path file, Scenario scenario, List<String> comment) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return text(scenario, folder == null ? Path.of("/") : folder, comment);
  }

  /**
   * A scenario as YAML with every value written out.
   *
   * @param folder where the file is to lie: paths below it are written relative to it
   * @param comment lines for people at its beginning
   */
  public static String text(Scenario scenario, Path folder, List<String> comment) {
    return new ScenarioText(folder.toAbsolutePath().normalize()).of(scenario, comment);
  }

  /**
   * A scenario as the tree of its file, to be changed and given to {@link #of} again; paths in it
   * are taken from the root folder.
   */
  public static ObjectNode tree(Scenario scenario) {
    List<Problem> problems = new ArrayList<>();
    String text = text(scenario, Path.of("/"), List.of());
    JsonNode root = YamlTree.parse(text.getBytes(StandardCharsets.UTF_8), problems).root();
    if (!problems.isEmpty() || !(root instanceof ObjectNode tree)) {
      throw new IllegalStateException("a scenario's own text is no scenario: " + problems);
    }
    return tree;
  }

  /** The JSON Schema (2020-12) that scenario files keep. */
  public static String schema() {
    try (InputStream in = ScenarioFile.class.getResourceAsStream(SCHEMA)) {
      if (in == null) {
        throw new IllegalStateException(SCHEMA + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(SCHEMA + " cannot be read", e);
    }
  }

  private static final class Reader {
    private final String file;
    private final String name;
    private final Path folder;
    private final boolean lookForFiles;
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable YamlTree tree;

    Reader(String file, String name, Path folder, boolean lookForFiles) {
      this.file = file;
      this.name = name.isEmpty() ? "scenario" : name;
      this.folder = folder;
      this.lookForFiles = lookForFiles;
    }

    Scenario read(byte[] bytes) {
      YamlTree parsed = YamlTree.parse(bytes, problems);
      tree = parsed;
      if (problems.isEmpty()) {
        problems.addAll(CHECK.problems(parsed));
      }
      refuseProblems();
      try {
        Scenario scenario = scenario(parsed.root());
        refuseProblems();
        return scenario;
      } catch (IllegalArgumentException e) {
        // A record knows a rule that the schema does not tell.
        problem("", String.valueOf(e.getMessage()));
        throw new InvalidScenarioException(file, problems);
      }
    }

    private void refuseProblems() {
      if (!problems.isEmpty()) {
        throw new InvalidScenarioException(file, YamlTree.inOrder(problems));
      }
    }

    private void problem(String pointer, String message) {
      problems.add(new Problem(tree == null ? 1 : tree.line(pointer), message));
    }

    private Scenario scenario(JsonNode root) {
      long seed = seed(root.path("seed"), "/seed");
      Camera camera = camera(root.path("camera"));
      if ((long) camera.width() * camera.height() > MAX_PIXELS) {
        problem(
            "/camera",
            "frames of %d×%d px are larger than %d px; make 'width' or 'height' smaller"
                .formatted(camera.width(), camera.height(), MAX_PIXELS));
      }
      Vehicle vehicle = vehicle(root.path("vehicle"));
      if (vehicle.toMetres() <= vehicle.fromMetres()) {
        problem(
            "/vehicle",
            "the drive ends at %s m and begins at %s m; make 'toMetres' larger than 'fromMetres'"
                .formatted(vehicle.toMetres(), vehicle.fromMetres()));
      }
      List<Sign> signs = new ArrayList<>();
      for (JsonNode sign : root.path("signs")) {
        signs.add(sign(sign, "/signs/" + signs.size()));
      }
      Scenario scenario =
          new Scenario(
              root.path("name").asText(name),
              seed,
              camera,
              vehicle,
              light(root.path("light")),
              background(root.path("background")),
              signs,
              new Weather(
                  root.path("weather").path("rain").asDouble(0),
                  root.path("weather").path("snow").asDouble(0)));
      if (scenario.frames() > MAX_FRAMES) {
        problem(
            "/vehicle",
            "the drive has %.0f frames, but may have at most %d; make it shorter or faster"
                .formatted(
                    (vehicle.toMetres() - vehicle.fromMetres())
                        / vehicle.speedMetresPerSecond()
                        * camera.framesPerSecond(),
                    MAX_FRAMES));
      }
      return scenario;
    }

    private static Camera camera(JsonNode n) {
      Camera s = Camera.standard();
      return new Camera(
          n.path("width").asInt(s.width()),
          n.path("height").asInt(s.height()),
          n.path("horizontalFieldOfViewDegrees").asDouble(s.horizontalFieldOfViewDegrees()),
          n.path("framesPerSecond").asDouble(s.framesPerSecond()),
          n.path("heightMetres").asDouble(s.heightMetres()),
          n.path("pitchDegrees").asDouble(s.pitchDegrees()),
          n.path("distortionK1").asDouble(s.distortionK1()),
          n.path("distortionK2").asDouble(s.distortionK2()),
          n.path("exposureMillis").asDouble(s.exposureMillis()),
          n.path("exposureStops").asDouble(s.exposureStops()),
          n.path("noise").asDouble(s.noise()),
          n.path("shakeDegrees").asDouble(s.shakeDegrees()),
          n.path("jpegQuality").asInt(s.jpegQuality()),
          n.path("lineMicros").asDouble(s.lineMicros()),
          n.path("infraredCut").asDouble(s.infraredCut()));
    }

    private static Vehicle vehicle(JsonNode n) {
      return new Vehicle(
          n.path("speedMetresPerSecond").asDouble(VEHICLE.speedMetresPerSecond()),
          n.path("fromMetres").asDouble(VEHICLE.fromMetres()),
          n.path("toMetres").asDouble(VEHICLE.toMetres()),
          n.path("curvaturePerMetre").asDouble(VEHICLE.curvaturePerMetre()));
    }

    private static Light light(JsonNode n) {
      Light s = Light.standard();
      return new Light(
          n.path("sunElevationDegrees").asDouble(s.sunElevationDegrees()),
          n.path("sunAzimuthDegrees").asDouble(s.sunAzimuthDegrees()),
          n.path("overcast").asDouble(s.overcast()),
          n.path("visibilityMetres").asDouble(s.visibilityMetres()),
          n.path("lux").asDouble(s.lux()),
          n.path("headlights").asDouble(s.headlights()));
    }

    private Background background(JsonNode n) {
      if (n.path("photographs").isMissingNode()) {
        return new Background.Procedural(n.path("graffiti").asDouble(0));
      }
      Path path = path(n.get("photographs"), "/background/photographs");
      if (lookForFiles && Files.isDirectory(path) && !hasPhotograph(path)) {
        problem(
            "/background/photographs",
            "folder '%s' has no JPEG or PNG file; name one that has".formatted(path));
      } else {
        need(
            path,
            Files::exists,
            "/background/photographs",
            "a JPEG or PNG file or a folder of them");
      }
      return new Background.Photographs(path);
    }

    private static boolean hasPhotograph(Path folder) {
      try (Stream<Path> files = Files.list(folder)) {
        return files.anyMatch(f -> f.toString().matches("(?i).*\\.(jpe?g|png)"));
      } catch (IOException e) {
        return false;
      }
    }

    private Sign sign(JsonNode n, String at) {
      int signClass = n.get("class").asInt();
      Path photograph = null;
      if (n.has("photograph")) {
        photograph = path(n.get("photograph"), at + "/photograph");
        need(photograph, Files::isRegularFile, at + "/photograph", "a JPEG or PNG file");
      }
      return new Sign(
          signClass,
          photograph,
          n.path("alongMetres").asDouble(60),
          n.path("lateralMetres").asDouble(3.4),
          n.path("heightMetres").asDouble(2.2),
          n.path("sizeMetres").asDouble(Approach.sizeMetres(signClass)),
          n.path("yawDegrees").asDouble(0),
          n.path("rollDegrees").asDouble(0),
          n.path("wear").asDouble(0),
          n.has("alteration") ? alteration(n.get("alteration"), at + "/alteration") : null);
    }

    private @Nullable Alteration alteration(JsonNode n, String at) {
      try {
        return new AlterationReader(this::image, this::seed).read(n, at);
      } catch (IllegalArgumentException e) {
        // What a schema cannot say, such as that one number is above another.
        problem(at, String.valueOf(e.getMessage()));
        return null;
      }
    }

    private Path image(JsonNode n, String at) {
      Path image = path(n, at);
      need(image, Files::isRegularFile, at, "a PNG, JPEG or SVG file");
      return image;
    }

    private long seed(JsonNode n, String at) {
      if (!n.isMissingNode() && !n.isIntegralNumber()) {
        // 1e18 is whole to a JSON Schema, but would be rounded.
        problem(at, "'seed' must be a whole number of at most 64 bits, without an exponent");
      }
      return n.asLong(1);
    }

    private Path path(JsonNode n, String at) {
      try {
        return folder.resolve(n.asText()).normalize();
      } catch (InvalidPathException e) {
        problem(at, "'%s' is no path (%s)".formatted(n.asText(), e.getReason()));
        return folder;
      }
    }

    private void need(Path path, Predicate<Path> there, String at, String what) {
      if (!lookForFiles) {
        return;
      }
      if (!there.test(path)) {
        problem(
            at,
            "'%s' %s; give %s, a relative path from this file's folder"
                .formatted(path, Files.isDirectory(path) ? "is a folder" : "does not exist", what));
      } else if (Files.isRegularFile(path) && !path.toString().matches("(?i).*\\.svg")) {
        needPicture(path, at);
      }
    }

    /** Looks at the header only, so that a small file that claims to be huge does no harm. */
    private void needPicture(Path path, String at) {
      try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
        Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
        if (in == null || readers == null || !readers.hasNext()) {
          problem(at, "'%s' is no JPEG or PNG picture; convert it to one".formatted(path));
          return;
        }
        ImageReader reader = readers.next();
        try {
          reader.setInput(in);
          long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
          if (pixels > MAX_PICTURE_PIXELS) {
            problem(
                at,
                "'%s' has %d px, but may have at most %d; scale it down"
                    .formatted(path, pixels, MAX_PICTURE_PIXELS));
          }
        } finally {
          reader.dispose();
        }
      } catch (IOException | RuntimeException e) {
        // ImageIO's readers throw all sorts of things on damaged files.
        problem(
            at, "'%s' is a damaged picture (%s); save it again".formatted(path, e.getMessage()));
      }
    }
  }
}
