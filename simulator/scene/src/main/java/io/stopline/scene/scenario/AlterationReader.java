package io.stopline.scene.scenario;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Reads alterations that have passed the schema. Belongs to one file. */
final class AlterationReader {

  /** What reads a path or a number of a file, given where it stands. */
  interface At<T> {
    T read(JsonNode n, String pointer);
  }

  private final At<Path> image;
  private final At<Long> seed;
  private final Map<String, At<Alteration>> kinds =
      Map.ofEntries(
          Map.entry("stickers", (n, at) -> stickers(n)),
          Map.entry("graffiti", (n, at) -> graffiti(n)),
          Map.entry("shadow", (n, at) -> shadow(n)),
          Map.entry("poster", this::poster),
          Map.entry("advert", this::advert),
          Map.entry("light", (n, at) -> light(n)),
          Map.entry("laser", (n, at) -> laser(n)),
          Map.entry("ring", (n, at) -> ring(n)),
          Map.entry("stripes", (n, at) -> stripes(n)),
          Map.entry("infrared", (n, at) -> infrared(n)),
          Map.entry("reflector", (n, at) -> reflector(n)),
          Map.entry("lensDots", (n, at) -> lensDots(n)),
          Map.entry("phantom", this::phantom));

  AlterationReader(At<Path> image, At<Long> seed) {
    this.image = image;
    this.seed = seed;
  }

  /**
   * @param n with one key, the kind
   * @param at where it stands in the file
   */
  Alteration read(JsonNode n, String at) {
    String kind = n.fieldNames().next();
    At<Alteration> reader = kinds.get(kind);
    if (reader == null) {
      throw new IllegalStateException(
          "the schema knows an alteration '%s' that the reader does not".formatted(kind));
    }
    return reader.read(n.get(kind), at + "/" + kind);
  }

  private static <T> List<T> each(JsonNode list, Function<JsonNode, T> reader) {
    List<T> all = new ArrayList<>();
    list.forEach(item -> all.add(reader.apply(item)));
    return all;
  }

  private static List<Alteration.Point> points(JsonNode list) {
    return each(list, p -> new Alteration.Point(p.get(0).asDouble(), p.get(1).asDouble()));
  }

  private static int colour(JsonNode n, String standard) {
    return Integer.parseInt(n.path("colour").asText(standard).substring(1), 16);
  }

  private static double x(JsonNode n) {
    return n.get("x").asDouble();
  }

  private static double y(JsonNode n) {
    return n.get("y").asDouble();
  }

  private static double width(JsonNode n) {
    return n.get("width").asDouble();
  }

  private static double height(JsonNode n) {
    return n.get("height").asDouble();
  }

  private static double turn(JsonNode n) {
    return n.path("rotationDegrees").asDouble(0);
  }

  private static <E extends Enum<E>> E word(JsonNode n, String key, E standard) {
    String word = n.path(key).asText(standard.name()).toUpperCase(Locale.ROOT);
    return Enum.valueOf(standard.getDeclaringClass(), word);
  }

  private static Alteration stickers(JsonNode n) {
    return new Alteration.Stickers(
        each(
            n,
            s ->
                new Alteration.Sticker(
                    x(s),
                    y(s),
                    width(s),
                    height(s),
                    turn(s),
                    s.path("colour").asText("black").equals("white"))));
  }

  private static Alteration graffiti(JsonNode n) {
    return new Alteration.Graffiti(
        each(
            n,
            s ->
                new Alteration.Stroke(
                    points(s.get("points")),
                    width(s),
                    colour(s, "#101010"),
                    s.path("opacity").asDouble(0.9))));
  }

  private static Alteration shadow(JsonNode n) {
    return new Alteration.Shadow(
        each(n.get("polygons"), AlterationReader::points),
        n.path("darkness").asDouble(0.57),
        n.path("softness").asDouble(0.02));
  }

  private Alteration poster(JsonNode n, String at) {
    Path print = image.read(n.get("image"), at + "/image");
    return new Alteration.Poster(x(n), y(n), width(n), height(n), turn(n), print);
  }

  private Alteration advert(JsonNode n, String at) {
    long art = seed.read(n.path("seed"), at + "/seed");
    return new Alteration.Advert(x(n), y(n), width(n), height(n), turn(n), art);
  }

  private static Alteration light(JsonNode n) {
    return new ProjectedLight(
        each(
            n.get("beams"),
            b ->
                new ProjectedLight.Beam(
                    x(b), y(b), width(b), height(b), turn(b), colour(b, "#ffffff"))),
        n.path("irradiance").asDouble(1),
        n.path("blur").asDouble(0.02));
  }

  private static Alteration laser(JsonNode n) {
    return new Laser(
        x(n),
        y(n),
        n.path("angleDegrees").asDouble(0),
        n.path("width").asDouble(0.04),
        n.path("nanometres").asDouble(532),
        n.path("irradiance").asDouble(4));
  }

  private static Alteration ring(JsonNode n) {
    return new Ring(
        n.path("width").asDouble(0.06),
        each(
            n.get("segments"),
            s ->
                new Ring.Segment(
                    s.get("from").asDouble(), s.get("to").asDouble(), colour(s, "#101010"))));
  }

  private static Alteration stripes(JsonNode n) {
    return new Stripes(
        each(
            n.get("lamps"),
            l ->
                new Stripes.Lamp(
                    l.get("hertz").asDouble(),
                    l.path("duty").asDouble(0.5),
                    l.path("phase").asDouble(0),
                    colour(l, "#ffffff"),
                    l.path("irradiance").asDouble(1))),
        word(n, "timing", Stripes.Timing.FREE));
  }

  private static Alteration infrared(JsonNode n) {
    return new Infrared(
        each(n.get("spots"), s -> new Infrared.Spot(x(s), y(s), width(s), height(s), turn(s))),
        n.path("nanometres").asDouble(850),
        n.path("irradiance").asDouble(1),
        n.path("blur").asDouble(0.1));
  }

  private static Alteration reflector(JsonNode n) {
    return new Reflector(
        each(n.get("patches"), p -> new Reflector.Patch(x(p), y(p), width(p), height(p), turn(p))),
        colour(n, "#ffffff"),
        n.path("strength").asDouble(2),
        n.path("tint").asDouble(0.02));
  }

  private static Alteration lensDots(JsonNode n) {
    return new LensDots(
        each(
            n,
            d ->
                new LensDots.Dot(
                    x(d),
                    y(d),
                    d.get("radius").asDouble(),
                    colour(d, "#c03030"),
                    d.path("opacity").asDouble(0.4),
                    d.path("hardness").asDouble(2))));
  }

  private Alteration phantom(JsonNode n, String at) {
    return new Phantom(
        word(n, "art", Phantom.Art.SIGN),
        seed.read(n.path("seed"), at + "/seed"),
        n.path("irradiance").asDouble(1),
        n.path("blur").asDouble(0.01),
        word(n, "surface", Phantom.Surface.BOARD));
  }
}
