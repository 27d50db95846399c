package io.stopline.attacks.plugin;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The attacks that there are, by name: Stopline's own and those that third parties put on the class
 * path with a file {@code META-INF/services/io.stopline.attacks.AttackProvider}. Immutable and
 * thread-safe if the providers are.
 */
public final class Attacks {

  private final Map<String, AttackProvider> byName;

  private Attacks(Map<String, AttackProvider> byName) {
    this.byName = byName;
  }

  /**
   * All that the class path has.
   *
   * @throws IllegalStateException if a provider cannot be loaded, or two have one name
   */
  public static Attacks installed() {
    List<AttackProvider> found = new ArrayList<>();
    try {
      ServiceLoader.load(AttackProvider.class).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new IllegalStateException(
          ("an attack on the class path cannot be loaded: %s; remove its jar or"
                  + " repair its file META-INF/services/%s")
              .formatted(e.getMessage(), AttackProvider.class.getName()),
          e);
    }
    return of(found);
  }

  /**
   * These.
   *
   * @throws IllegalStateException if two have one name
   */
  public static Attacks of(Collection<AttackProvider> providers) {
    Map<String, AttackProvider> byName = new TreeMap<>();
    for (AttackProvider provider : providers) {
      AttackProvider other = byName.put(provider.name(), provider);
      if (other != null) {
        throw new IllegalStateException(
            "two attacks are called '%s': %s and %s; rename one or remove its jar"
                .formatted(
                    provider.name(), other.getClass().getName(), provider.getClass().getName()));
      }
    }
    return new Attacks(byName);
  }

  /** By name. */
  public List<AttackProvider> all() {
    return List.copyOf(byName.values());
  }

  /**
   * Makes an attack.
   *
   * @param options texts by name, as {@link AttackProvider#create} takes them
   * @throws IllegalArgumentException if there is no such attack, with the names that there are; or
   *     if it refuses an option
   */
  public Attack byName(String name, Map<String, String> options) {
    AttackProvider provider = byName.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(
          "there is no attack '%s'; there are: %s"
              .formatted(name, String.join(", ", byName.keySet())));
    }
    return provider.create(options);
  }
}
