package io.stopline.studio.desk;

import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import java.util.ArrayList;
import java.util.List;

/**
 * A guard that can judge.
 *
 * @param bundle as commands take it: a shipped one's name, or a folder
 * @param policy its name in the bundle
 */
record GuardChoice(String bundle, String policy) {

  /** All guards of a bundle, its default one first. */
  static List<GuardChoice> of(String bundle) {
    Bundle loaded = Bundle.load(Bundle.locate(bundle));
    List<GuardChoice> guards = new ArrayList<>();
    guards.add(new GuardChoice(bundle, loaded.defaultPolicy()));
    loaded.policies().keySet().stream()
        .filter(policy -> !policy.equals(loaded.defaultPolicy()))
        .forEach(policy -> guards.add(new GuardChoice(bundle, policy)));
    return guards;
  }

  /** For the page. */
  String name() {
    return bundle + " · " + policy;
  }

  /** The bundle, verified. */
  Bundle open() {
    return Bundle.load(Bundle.locate(bundle));
  }

  /** The policy, calibrated. */
  PolicyFile policyOf(Bundle loaded) {
    PolicyFile file = loaded.policy(policy);
    loaded.calibration(file);
    return file;
  }
}
