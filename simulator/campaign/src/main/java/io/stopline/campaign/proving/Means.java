package io.stopline.campaign.proving;

import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.proving.Campaign.Method;
import io.stopline.campaign.track.TrackSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which kinds of alteration attackers can search, by name, and how. Stateless. */
public final class Means {

  private Means() {}

  /** All kinds that somebody can search. */
  public static List<String> kinds() {
    List<String> kinds = new ArrayList<>();
    for (AlterationSearch.Kind kind : AlterationSearch.Kind.values()) {
      kinds.add(id(kind));
    }
    for (TrackSettings.Kind kind : TrackSettings.Kind.values()) {
      if (!kinds.contains(id(kind))) {
        kinds.add(id(kind));
      }
    }
    return kinds;
  }

  /** Whether attackers who search so can search this kind. */
  public static boolean has(Method method, String kind) {
    return switch (method) {
      case QUERIES -> byQueries(kind) != null;
      case GRADIENTS -> byGradients(kind) != null;
    };
  }

  /** The kind for who asks; null if it cannot be searched so. */
  static AlterationSearch.@Nullable Kind byQueries(String kind) {
    for (AlterationSearch.Kind each : AlterationSearch.Kind.values()) {
      if (id(each).equals(kind)) {
        return each;
      }
    }
    return null;
  }

  /** The kind for who follows gradients; null if it cannot be searched so. */
  static TrackSettings.@Nullable Kind byGradients(String kind) {
    for (TrackSettings.Kind each : TrackSettings.Kind.values()) {
      if (id(each).equals(kind)) {
        return each;
      }
    }
    return null;
  }

  private static String id(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
