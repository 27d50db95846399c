package io.stopline.scene.scenario;

import static org.assertj.core.api.Assertions.assertThat;

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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ScenarioRoundTripTest {

  private static final Path FOLDER = Path.of("/somewhere/drives");

  @Property(tries = 200)
  void whatIsWrittenReadsAsTheSame(@ForAll("scenarios") Scenario scenario) {
    String text = ScenarioFile.text(scenario, FOLDER, List.of("seed: 7", "\nsigns: []", ""));
    assertThat(ScenarioFile.parse(text, FOLDER)).isEqualTo(scenario);
  }

  @Property(tries = 40)
  void approachesAreScenariosThatAFileCanHold(@ForAll long seed) {
    Scenario scenario = Approach.to((int) Math.floorMod(seed, 43L), seed);
    assertThat(ScenarioFile.parse(ScenarioFile.text(scenario, FOLDER, List.of()), FOLDER))
        .isEqualTo(scenario);
  }

  @Provide
  Arbitrary<Scenario> scenarios() {
    Arbitrary<Background> background =
        Arbitraries.oneOf(
            in(0, 1).map(Background.Procedural::new), paths().map(Background.Photographs::new));
    return Combinators.combine(
            Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(40)
                .filter(ScenarioRoundTripTest::isText),
            Arbitraries.longs(),
            camera(),
            vehicle(),
            Combinators.combine(
                    in(2, 90), in(-360, 360), in(0, 1), in(50, 1e5), in(0.01, 120_000), in(0, 50))
                .as(Light::new),
            background,
            sign().list().ofMaxSize(4),
            Combinators.combine(in(0, 100), in(0, 1)).as(Weather::new))
        .as(Scenario::new);
  }

  /** UTF-8 cannot carry half a character. */
  private static boolean isText(String s) {
    return s.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static Arbitrary<Camera> camera() {
    Arbitrary<Integer> side = Arbitraries.integers().between(64, 2048);
    return Combinators.combine(
            side, side, in(20, 120), in(1, 120), in(0.2, 5), in(-20, 20), in(-0.1, 0.1), in(0, 40))
        .as(
            (w, h, f, fps, height, pitch, k, ms) ->
                new Camera(
                    w,
                    h,
                    f,
                    fps,
                    height,
                    pitch,
                    k,
                    0 - k,
                    ms,
                    ms / 20 - 1,
                    ms / 4,
                    ms / 40,
                    1 + (int) (ms * 2),
                    2 * ms,
                    ms / 40));
  }

  private static Arbitrary<Vehicle> vehicle() {
    return Combinators.combine(in(10, 70), in(-100, 0), in(1, 100), in(-0.02, 0.02))
        .as(Vehicle::new);
  }

  private static Arbitrary<Sign> sign() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 42),
            paths().injectNull(0.7),
            in(-200, 200),
            in(0.2, 12),
            in(0.2, 2),
            in(-85, 85),
            in(0, 1),
            alteration().injectNull(0.3))
        .as(
            (c, p, along, height, size, yaw, wear, a) ->
                new Sign(c, p, along, 0 - along / 2, height, size, yaw, 0 - yaw, wear, a));
  }

  private static Arbitrary<Alteration> alteration() {
    Arbitrary<Double> place = in(-1, 2);
    Arbitrary<Double> extent = in(1e-9, 2);
    Arbitrary<Double> line = in(1e-9, 1);
    Arbitrary<Alteration.Point> point =
        Combinators.combine(in(-10, 10), in(-10, 10)).as(Alteration.Point::new);
    Arbitrary<Alteration> stickers =
        Combinators.combine(
                place, place, extent, extent, in(-360, 360), Arbitraries.of(true, false))
            .as(Alteration.Sticker::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(5)
            .map(Alteration.Stickers::new);
    Arbitrary<Alteration> graffiti =
        Combinators.combine(
                point.list().ofMinSize(1).ofMaxSize(6),
                line,
                Arbitraries.integers().between(0, 0xffffff),
                in(0, 1))
            .as(Alteration.Stroke::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(Alteration.Graffiti::new);
    Arbitrary<Alteration> shadow =
        Combinators.combine(
                point.list().ofMinSize(3).ofMaxSize(6).list().ofMinSize(1).ofMaxSize(3),
                in(0, 1),
                in(0, 1))
            .as(Alteration.Shadow::new);
    Arbitrary<Alteration> poster =
        Combinators.combine(place, place, extent, extent, in(-360, 360), paths())
            .as(Alteration.Poster::new);
    Arbitrary<Alteration> advert =
        Combinators.combine(place, place, extent, extent, in(-360, 360), Arbitraries.longs())
            .as(Alteration.Advert::new);
    return Arbitraries.oneOf(
        stickers,
        graffiti,
        shadow,
        poster,
        advert,
        light(place, extent),
        Combinators.combine(place, place, in(-360, 360), line, in(380, 750), in(0, 20))
            .as(Laser::new),
        ring(),
        stripes(),
        Combinators.combine(
                Combinators.combine(place, place, extent, extent, in(-360, 360))
                    .as(Infrared.Spot::new)
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(3),
                in(760, 1000),
                in(0, 20),
                in(0, 1))
            .as(Infrared::new),
        Combinators.combine(
                Combinators.combine(place, place, extent, extent, in(-360, 360))
                    .as(Reflector.Patch::new)
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(3),
                colour(),
                in(0, 10),
                in(0, 1))
            .as(Reflector::new),
        Combinators.combine(in(-0.5, 1.5), in(-0.5, 1.5), line, colour(), in(0, 1), in(1, 8))
            .as(LensDots.Dot::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(LensDots::new),
        Combinators.combine(
                Arbitraries.of(Phantom.Art.class),
                Arbitraries.longs(),
                in(0, 20),
                in(0, 1),
                Arbitraries.of(Phantom.Surface.class))
            .as(Phantom::new));
  }

  private static Arbitrary<Integer> colour() {
    return Arbitraries.integers().between(0, 0xffffff);
  }

  private static Arbitrary<Alteration> light(Arbitrary<Double> place, Arbitrary<Double> extent) {
    return Combinators.combine(
            Combinators.combine(place, place, extent, extent, in(-360, 360), colour())
                .as(ProjectedLight.Beam::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4),
            in(0, 20),
            in(0, 1))
        .as(ProjectedLight::new);
  }

  private static Arbitrary<Alteration> ring() {
    return Combinators.combine(
            in(1e-9, 0.25),
            Combinators.combine(in(0, 1), in(1e-3, 1), colour())
                .as((from, way, rgb) -> new Ring.Segment(from, from + way * 0.999, rgb))
                .list()
                .ofMinSize(1)
                .ofMaxSize(4))
        .as(Ring::new);
  }

  private static Arbitrary<Alteration> stripes() {
    return Combinators.combine(
            Combinators.combine(in(1, 100_000), in(1e-6, 1), in(0, 1), colour(), in(0, 20))
                .as(Stripes.Lamp::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3),
            Arbitraries.of(Stripes.Timing.class))
        .as(Stripes::new);
  }

  private static Arbitrary<Path> paths() {
    return Arbitraries.of(
            "a.png", "b c/d: #.jpg", "../x'\"y.png", "/else/where.svg", "\u00dcber\u20ac.png", ".")
        .map(p -> FOLDER.resolve(p).normalize());
  }

  /** Minus zero is written as zero, which is the same place. */
  private static Arbitrary<Double> in(double low, double high) {
    return Arbitraries.doubles().between(low, high).ofScale(12).map(d -> d + 0.0);
  }
}
