package io.stopline.campaign;

import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.ThreatModel.Capability;
import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import java.awt.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one has to know of a kind of alteration to search for it: the word that files and commands
 * use, what the attacker needs, the usual budget, the control, and the conditions without which it
 * does nothing. Stateless, so thread-safe.
 */
public final class AlterationKinds {

  /**
   * A kind of alteration.
   *
   * @param capability what the attacker can change
   * @param surface what {@code areaShare} is of: {@code sign} or {@code image}
   * @param areaShare that is usual, above 0, at most 1
   * @param bounded whether a budget's area is kept; else the whole surface is altered
   * @param irradiance of added light that is usual, share of the daylight; 0 for kinds that add
   *     none
   */
  public record Usual(
      Kind kind,
      Capability capability,
      String surface,
      double areaShare,
      boolean bounded,
      double irradiance) {

    /** What a search with these settings may spend. */
    ThreatModel.Area budget(AlterationSearch.Settings settings, int drawsPerCandidate) {
      return new ThreatModel.Area(
          surface,
          bounded ? settings.areaShare() : 1,
          irradiance > 0 ? settings.irradiance() : 0,
          settings.queries(),
          drawsPerCandidate);
    }
  }

  /** As a camera exposes in the sun, ms. */
  private static final double SHORT_MILLIS = 0.25;

  /** From row to row of a usual sensor, µs. */
  private static final double LINE = 20;

  private static final String SIGN = "sign";
  private static final String IMAGE = "image";

  private static final Map<Kind, Usual> USUAL =
      Map.ofEntries(
          usual(Kind.STICKERS, Capability.STICKERS, SIGN, 0.15, true, 0),
          usual(Kind.SHADOW, Capability.SHADOW, SIGN, 1, false, 0),
          usual(Kind.GRAFFITI, Capability.GRAFFITI, SIGN, 0.15, true, 0),
          // A bright projector at dusk or in shade; in the sun it reaches a tenth of that.
          usual(Kind.LIGHT, Capability.PROJECTED_LIGHT, SIGN, 0.6, true, 1.5),
          usual(Kind.LASER, Capability.PROJECTED_LIGHT, SIGN, 0.25, true, 8),
          usual(Kind.RING, Capability.STICKERS, SIGN, 0.25, true, 0),
          usual(Kind.STRIPES, Capability.PROJECTED_LIGHT, SIGN, 1, false, 1.5),
          usual(Kind.INFRARED, Capability.PROJECTED_LIGHT, SIGN, 0.4, true, 2),
          usual(Kind.REFLECTOR, Capability.STICKERS, SIGN, 0.15, true, 0),
          usual(Kind.LENS_DOTS, Capability.CAMERA_LENS, IMAGE, 0.1, true, 0),
          usual(Kind.PHANTOM, Capability.PROJECTED_LIGHT, SIGN, 1, false, 3));

  private AlterationKinds() {}

  private static Map.Entry<Kind, Usual> usual(
      Kind kind,
      Capability capability,
      String surface,
      double areaShare,
      boolean bounded,
      double irradiance) {
    return Map.entry(kind, new Usual(kind, capability, surface, areaShare, bounded, irradiance));
  }

  /**
   * What is usual for a kind.
   *
   * @throws IllegalStateException if a kind has been added that nobody entered here
   */
  public static Usual of(Kind kind) {
    Usual usual = USUAL.get(kind);
    if (usual == null) {
      throw new IllegalStateException("no budget is known for alterations of kind " + kind);
    }
    return usual;
  }

  /** As scenario files and campaign files write a kind: {@code lensDots}. */
  public static String word(Kind kind) {
    String[] parts = kind.name().toLowerCase(Locale.ROOT).split("_", -1);
    StringBuilder word = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      word.append(parts[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(parts[i].substring(1));
    }
    return word.toString();
  }

  /** The words of all kinds, in their order. */
  public static List<String> words() {
    return Arrays.stream(Kind.values()).map(AlterationKinds::word).toList();
  }

  /**
   * The kind that a word names.
   *
   * @throws IllegalArgumentException if it names none; the message says which there are
   */
  public static Kind named(String word) {
    return Arrays.stream(Kind.values())
        .filter(kind -> word(kind).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no alteration is called '%s'; choose one of %s"
                        .formatted(word, String.join(", ", words()))));
  }

  /** Whether alterations of a kind add light, so that a budget of irradiance binds them. */
  public static boolean addsLight(Kind kind) {
    return of(kind).irradiance > 0;
  }

  /** A search with the usual budget. */
  public static AlterationSearch.Settings settings(
      Kind kind, AlterationSearch.Knowledge knowledge, long queries, int threads) {
    return new AlterationSearch.Settings(
        kind,
        knowledge,
        of(kind).areaShare,
        AlterationSearch.Settings.MOST_PIECES,
        queries,
        threads);
  }

  /**
   * The control: as much of the same means, where nobody searched for harm.
   *
   * @param outline of the sign in the unit square
   */
  public static Alteration benign(Alteration alteration, Shape outline, long seed) {
    return BenignTwin.of(alteration, outline, seed);
  }

  /**
   * A drive under conditions in which a kind of alteration can be seen at all: stripes take a short
   * exposure, infrared light a camera without a filter, film that reflects the night and
   * headlights. Other kinds leave the drive as it is.
   */
  public static Scenario conditions(Kind kind, Scenario drive) {
    return switch (kind) {
      case STRIPES ->
          drive.with(
              drive
                  .camera()
                  .exposing(Math.min(SHORT_MILLIS, drive.camera().exposureMillis()))
                  .reading(drive.camera().lineMicros() > 0 ? drive.camera().lineMicros() : LINE));
      case INFRARED -> drive.with(drive.camera().filtering(0));
      case REFLECTOR -> drive.light().headlights() > 0 ? drive : drive.with(Light.night());
      case STICKERS, SHADOW, GRAFFITI, LIGHT, LASER, RING, LENS_DOTS, PHANTOM -> drive;
    };
  }
}
