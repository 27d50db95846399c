package io.stopline.scene.scenario;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.alteration.Ring;
import io.stopline.scene.alteration.Stripes;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes each kind of alteration of a sign as YAML. Belongs to one text. */
final class AlterationText implements Alteration.Cases<StringBuilder> {

  private final StringBuilder out;
  private final Function<Path, String> path;

  /**
   * @param path how a file is named in the text
   */
  AlterationText(StringBuilder out, Function<Path, String> path) {
    this.out = out;
    this.path = path;
  }

  @Override
  public StringBuilder stickers(Alteration.Stickers stickers) {
    out.append("      stickers:\n");
    for (Alteration.Sticker p : stickers.pieces()) {
      item(
          "%s, colour: %s"
              .formatted(
                  place(p.x(), p.y(), p.width(), p.height(), p.rotationDegrees()),
                  p.white() ? "white" : "black"));
    }
    return out;
  }

  @Override
  public StringBuilder graffiti(Alteration.Graffiti graffiti) {
    out.append("      graffiti:\n");
    for (Alteration.Stroke s : graffiti.strokes()) {
      out.append("        - width: ").append(number(s.width())).append('\n');
      line(5, "colour", colour(s.rgb()));
      line(5, "opacity", number(s.opacity()));
      line(5, "points", points(s.points()));
    }
    return out;
  }

  @Override
  public StringBuilder shadow(Alteration.Shadow shadow) {
    out.append("      shadow:\n");
    line(4, "darkness", number(shadow.darkness()));
    line(4, "softness", number(shadow.softness()));
    out.append("        polygons:\n");
    shadow.polygons().forEach(p -> out.append("          - ").append(points(p)).append('\n'));
    return out;
  }

  @Override
  public StringBuilder poster(Alteration.Poster p) {
    out.append("      poster:\n");
    sheet(p.x(), p.y(), p.width(), p.height(), p.rotationDegrees());
    line(4, "image", path.apply(p.image()));
    return out;
  }

  @Override
  public StringBuilder advert(Alteration.Advert a) {
    out.append("      advert:\n");
    sheet(a.x(), a.y(), a.width(), a.height(), a.rotationDegrees());
    line(4, "seed", Long.toString(a.seed()));
    return out;
  }

  @Override
  public StringBuilder light(ProjectedLight p) {
    out.append("      light:\n");
    line(4, "irradiance", number(p.irradiance()));
    line(4, "blur", number(p.blur()));
    out.append("        beams:\n");
    for (ProjectedLight.Beam b : p.beams()) {
      item(
          "%s, colour: %s"
              .formatted(
                  place(b.x(), b.y(), b.width(), b.height(), b.rotationDegrees()),
                  colour(b.rgb())));
    }
    return out;
  }

  @Override
  public StringBuilder laser(Laser l) {
    out.append("      laser:\n");
    line(4, "x", number(l.x()));
    line(4, "y", number(l.y()));
    line(4, "angleDegrees", number(l.angleDegrees()));
    line(4, "width", number(l.width()));
    line(4, "nanometres", number(l.nanometres()));
    line(4, "irradiance", number(l.irradiance()));
    return out;
  }

  @Override
  public StringBuilder ring(Ring r) {
    out.append("      ring:\n");
    line(4, "width", number(r.width()));
    out.append("        segments:\n");
    for (Ring.Segment s : r.segments()) {
      item(
          "from: %s, to: %s, colour: %s"
              .formatted(number(s.from()), number(s.to()), colour(s.rgb())));
    }
    return out;
  }

  @Override
  public StringBuilder stripes(Stripes s) {
    out.append("      stripes:\n");
    line(4, "timing", word(s.timing()));
    out.append("        lamps:\n");
    for (Stripes.Lamp l : s.lamps()) {
      item(
          "hertz: %s, duty: %s, phase: %s, colour: %s, irradiance: %s"
              .formatted(
                  number(l.hertz()),
                  number(l.duty()),
                  number(l.phase()),
                  colour(l.rgb()),
                  number(l.irradiance())));
    }
    return out;
  }

  @Override
  public StringBuilder infrared(Infrared i) {
    out.append("      infrared:\n");
    line(4, "nanometres", number(i.nanometres()));
    line(4, "irradiance", number(i.irradiance()));
    line(4, "blur", number(i.blur()));
    out.append("        spots:\n");
    for (Infrared.Spot s : i.spots()) {
      item(place(s.x(), s.y(), s.width(), s.height(), s.rotationDegrees()));
    }
    return out;
  }

  @Override
  public StringBuilder reflector(Reflector r) {
    out.append("      reflector:\n");
    line(4, "colour", colour(r.rgb()));
    line(4, "strength", number(r.strength()));
    line(4, "tint", number(r.tint()));
    out.append("        patches:\n");
    for (Reflector.Patch p : r.patches()) {
      item(place(p.x(), p.y(), p.width(), p.height(), p.rotationDegrees()));
    }
    return out;
  }

  @Override
  public StringBuilder lensDots(LensDots dots) {
    out.append("      lensDots:\n");
    for (LensDots.Dot d : dots.dots()) {
      item(
          "x: %s, y: %s, radius: %s, colour: %s, opacity: %s, hardness: %s"
              .formatted(
                  number(d.x()),
                  number(d.y()),
                  number(d.radius()),
                  colour(d.rgb()),
                  number(d.opacity()),
                  number(d.hardness())));
    }
    return out;
  }

  @Override
  public StringBuilder phantom(Phantom p) {
    out.append("      phantom:\n");
    line(4, "art", word(p.art()));
    line(4, "seed", Long.toString(p.seed()));
    line(4, "irradiance", number(p.irradiance()));
    line(4, "blur", number(p.blur()));
    line(4, "surface", word(p.surface()));
    return out;
  }

  private static String number(double value) {
    return ScenarioText.number(value);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String colour(int rgb) {
    return "\"#%06x\"".formatted(rgb);
  }

  private static String place(
      double x, double y, double width, double height, double rotationDegrees) {
    return "x: %s, y: %s, width: %s, height: %s, rotationDegrees: %s"
        .formatted(number(x), number(y), number(width), number(height), number(rotationDegrees));
  }

  private void item(String entries) {
    out.append("        - {").append(entries).append("}\n");
  }

  private void sheet(double x, double y, double width, double height, double rotationDegrees) {
    line(4, "x", number(x));
    line(4, "y", number(y));
    line(4, "width", number(width));
    line(4, "height", number(height));
    line(4, "rotationDegrees", number(rotationDegrees));
  }

  private void line(int depth, String key, String value) {
    out.append("  ".repeat(depth)).append(key).append(": ").append(value).append('\n');
  }

  private static String points(List<Alteration.Point> points) {
    return points.stream()
        .map(p -> "[" + number(p.x()) + ", " + number(p.y()) + "]")
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
