package io.stopline.campaign.proving;

import io.stopline.campaign.AlterationKinds;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.proving.Campaign.Method;
import io.stopline.campaign.track.TrackSettings;
import io.stopline.scene.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which kinds of alteration attackers can search, by name, and how. Stateless. */
public final class Means {

  /** Of a printed sheet, as of stickers. */
  private static final double PRINTED = 0.15;

  private Means() {}

  /** All kinds that somebody can search. */
  public static List<String> kinds() {
    List<String> kinds = new ArrayList<>();
    for (AlterationSearch.Kind kind : AlterationSearch.Kind.values()) {
      kinds.add(AlterationKinds.word(kind));
    }
    for (TrackSettings.Kind kind : TrackSettings.Kind.values()) {
      if (!kinds.contains(word(kind))) {
        kinds.add(word(kind));
      }
    }
    return kinds;
  }

  /** Whether an attacker can search this kind for what he is after. */
  static boolean has(Campaign.Attacker attacker, String kind) {
    AlterationSearch.Kind asked = byQueries(kind);
    return has(attacker.method(), kind) && (asked == null || attacker.goal().suits(asked));
  }

  /** Whether attackers who search so can search this kind. */
  public static boolean has(Method method, String kind) {
    return switch (method) {
      case QUERIES -> byQueries(kind) != null;
      case GRADIENTS -> byGradients(kind) != null;
    };
  }

  /** The share of the sign, or of the frame, that is usual for a kind, above 0 to 1. */
  public static double usualShare(String kind) {
    AlterationSearch.Kind known = byQueries(kind);
    return known == null ? PRINTED : AlterationKinds.of(known).areaShare();
  }

  /** The drive under conditions in which a kind of alteration can be seen at all. */
  static Scenario seen(String kind, Scenario drive) {
    AlterationSearch.Kind known = byQueries(kind);
    return known == null ? drive : AlterationKinds.conditions(known, drive);
  }

  /** The kind for who asks; null if it cannot be searched so. */
  static AlterationSearch.@Nullable Kind byQueries(String kind) {
    for (AlterationSearch.Kind each : AlterationSearch.Kind.values()) {
      if (AlterationKinds.word(each).equals(kind)) {
        return each;
      }
    }
    return null;
  }

  /** The kind for who follows gradients; empty if it cannot be searched so. */
  public static Optional<TrackSettings.Kind> gradientKind(String kind) {
    return Optional.ofNullable(byGradients(kind));
  }

  /** The kind for who follows gradients; null if it cannot be searched so. */
  static TrackSettings.@Nullable Kind byGradients(String kind) {
    for (TrackSettings.Kind each : TrackSettings.Kind.values()) {
      if (word(each).equals(kind)) {
        return each;
      }
    }
    return null;
  }

  private static String word(TrackSettings.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
