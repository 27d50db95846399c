package io.stopline.scene.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A scenario as YAML that people can read and change. Belongs to one call. */
final class ScenarioText {

  private final Path folder;
  private final StringBuilder out = new StringBuilder();

  ScenarioText(Path folder) {
    this.folder = folder;
  }

  String of(Scenario s, List<String> comment) {
    for (String line : comment) {
      // A line break would end the comment.
      out.append(("# " + line.replaceAll("\\p{Cntrl}", " ")).stripTrailing()).append('\n');
    }
    line(0, "name", quoted(s.name()));
    line(0, "seed", Long.toString(s.seed()));
    Camera c = s.camera();
    out.append("camera:\n");
    line(1, "width", Integer.toString(c.width()));
    line(1, "height", Integer.toString(c.height()));
    line(1, "horizontalFieldOfViewDegrees", number(c.horizontalFieldOfViewDegrees()));
    line(1, "framesPerSecond", number(c.framesPerSecond()));
    line(1, "heightMetres", number(c.heightMetres()));
    line(1, "pitchDegrees", number(c.pitchDegrees()));
    line(1, "distortionK1", number(c.distortionK1()));
    line(1, "distortionK2", number(c.distortionK2()));
    line(1, "exposureMillis", number(c.exposureMillis()));
    line(1, "exposureStops", number(c.exposureStops()));
    line(1, "noise", number(c.noise()));
    line(1, "shakeDegrees", number(c.shakeDegrees()));
    line(1, "jpegQuality", Integer.toString(c.jpegQuality()));
    line(1, "lineMicros", number(c.lineMicros()));
    line(1, "infraredCut", number(c.infraredCut()));
    Vehicle v = s.vehicle();
    out.append("vehicle:\n");
    line(1, "speedMetresPerSecond", number(v.speedMetresPerSecond()));
    line(1, "fromMetres", number(v.fromMetres()));
    line(1, "toMetres", number(v.toMetres()));
    line(1, "curvaturePerMetre", number(v.curvaturePerMetre()));
    Light l = s.light();
    out.append("light:\n");
    line(1, "sunElevationDegrees", number(l.sunElevationDegrees()));
    line(1, "sunAzimuthDegrees", number(l.sunAzimuthDegrees()));
    line(1, "overcast", number(l.overcast()));
    line(1, "visibilityMetres", number(l.visibilityMetres()));
    line(1, "lux", number(l.lux()));
    line(1, "headlights", number(l.headlights()));
    out.append("weather:\n");
    line(1, "rain", number(s.weather().rain()));
    line(1, "snow", number(s.weather().snow()));
    if (s.background() instanceof Background.Photographs p) {
      out.append("background:\n");
      line(1, "photographs", path(p.path()));
    } else if (s.background() instanceof Background.Procedural p) {
      if (p.graffiti() > 0) {
        out.append("background:\n");
        line(1, "graffiti", number(p.graffiti()));
      }
    } else {
      throw new IllegalArgumentException(
          "scenario '%s': there is no way to write a background %s"
              .formatted(s.name(), s.background()));
    }
    out.append(s.signs().isEmpty() ? "signs: []\n" : "signs:\n");
    s.signs().forEach(this::sign);
    return out.toString();
  }

  private void sign(Sign s) {
    out.append("  - class: ").append(s.signClass()).append('\n');
    if (s.photograph() != null) {
      line(2, "photograph", path(s.photograph()));
    }
    line(2, "alongMetres", number(s.alongMetres()));
    line(2, "lateralMetres", number(s.lateralMetres()));
    line(2, "heightMetres", number(s.heightMetres()));
    line(2, "sizeMetres", number(s.sizeMetres()));
    line(2, "yawDegrees", number(s.yawDegrees()));
    line(2, "rollDegrees", number(s.rollDegrees()));
    line(2, "wear", number(s.wear()));
    if (s.alteration() != null) {
      out.append("    alteration:\n");
      s.alteration().choose(new AlterationText(out, this::path));
    }
  }

  private void line(int depth, String key, String value) {
    out.append("  ".repeat(depth)).append(key).append(": ").append(value).append('\n');
  }

  /** The shortest text that reads as the same number. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private String path(Path path) {
    Path whole = path.toAbsolutePath().normalize();
    if (whole.equals(folder)) {
      return quoted(".");
    }
    return quoted((whole.startsWith(folder) ? folder.relativize(whole) : whole).toString());
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char ch = text.charAt(i);
      if (ch == '"' || ch == '\\') {
        quoted.append('\\').append(ch);
      } else if ((ch >= ' ' && ch < 0x7f) || (ch >= 0xa1 && ch <= 0x17f)) {
        quoted.append(ch);
      } else {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) ch));
      }
    }
    return quoted.append('"').toString();
  }
}
