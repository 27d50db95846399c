package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import java.util.Map;
import java.util.ServiceLoader;

/** Attacks as a third party finds them: by the service file. */
final class Attacks {

  private Attacks() {}

  static Attack make(String name, Map<String, String> options) {
    return ServiceLoader.load(AttackProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no provider is called " + name))
        .create(options);
  }
}
