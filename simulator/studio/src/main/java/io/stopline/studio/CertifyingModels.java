package io.stopline.studio;

import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.model.LocalScores;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which models of a bundle are asked for certificates by windows, if nobody named one. What decides
 * is, in this order: the policy's checks {@code certified-windows}, whose members they are; the
 * entry {@code certified} of {@code bundle.yaml}; else every member of the policy that averages
 * local scores, and if none does, every other model of the bundle with the members' labels.
 *
 * @param models names, at least one
 * @param table appearance table whose groups count; null for the first that fits
 * @param why for people
 */
record CertifyingModels(List<String> models, @Nullable String table, String why) {

  CertifyingModels {
    models = List.copyOf(models);
  }

  /**
   * Finds them.
   *
   * @throws BadInputException if no model of the bundle averages local scores
   */
  static CertifyingModels of(Bundle bundle, PolicyFile policy) {
    List<String> members = policy.policy().models();
    List<String> checked = new ArrayList<>();
    String table = null;
    for (CheckSetting check : policy.policy().checks()) {
      if (check instanceof CheckSetting.CertifiedWindows windows) {
        String member = members.get(windows.member());
        if (!checked.contains(member)) {
          checked.add(member);
        }
        table = table == null ? windows.table() : table;
      }
    }
    String name = policy.policy().name();
    if (!checked.isEmpty()) {
      return new CertifyingModels(
          checked,
          table,
          "%s: the check 'certified-windows' of policy '%s' asks it"
              .formatted(String.join(", ", checked), name));
    }
    Bundle.Certified certified = bundle.certified();
    if (certified != null) {
      return new CertifyingModels(
          List.of(certified.model()),
          certified.table(),
          "%s: 'certified' in bundle.yaml names it".formatted(certified.model()));
    }
    List<String> refused = new ArrayList<>();
    List<String> fitting = fitting(bundle, members, refused);
    if (fitting.isEmpty()) {
      fitting = fitting(bundle, others(bundle, members), refused);
    }
    if (fitting.isEmpty()) {
      throw new BadInputException(
          "bundle '%s' has no model for --method windows (%s); use --method masks, or train one (docs/training/windows.md)"
              .formatted(bundle.name(), String.join("; ", refused)));
    }
    return new CertifyingModels(
        fitting,
        null,
        "%s: neither a check 'certified-windows' of policy '%s' nor 'certified' in bundle.yaml names a model, so all that average local scores are certified"
            .formatted(String.join(", ", fitting), name));
  }

  private static List<String> others(Bundle bundle, List<String> members) {
    String labels = bundle.model(members.get(0)).labels();
    return bundle.models().values().stream()
        .filter(m -> !m.isDetector() && m.labels().equals(labels))
        .map(ModelManifest::name)
        .filter(m -> !members.contains(m))
        .toList();
  }

  private static List<String> fitting(Bundle bundle, List<String> models, List<String> refused) {
    List<String> fitting = new ArrayList<>();
    for (String model : models) {
      try {
        LocalScores.of(model, bundle.modelBytes(model));
        fitting.add(model);
      } catch (IllegalArgumentException e) {
        refused.add(String.valueOf(e.getMessage()));
      }
    }
    return fitting;
  }
}
