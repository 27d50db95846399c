package io.stopline.studio;

import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Report;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which guard a command uses. Use as {@code @Mixin BundleOptions bundle}. */
public final class BundleOptions {

  /** The bundle that is shipped. */
  public static final String SHIPPED = "traffic-signs";

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      defaultValue = SHIPPED,
      description = "A shipped bundle or the folder of one (default: ${DEFAULT-VALUE}).")
  private String bundle;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "A policy of the bundle (default: the bundle's own).")
  private @Nullable String policy;

  /** The bundle, verified. */
  public Bundle bundle() {
    return Bundle.load(Bundle.locate(bundle));
  }

  /** The bundle as it was named. */
  String reference() {
    return bundle;
  }

  /** The name of the policy that was asked for; null for the bundle's default. */
  public @Nullable String policyName() {
    return policy;
  }

  /** The policy, calibrated. */
  public PolicyFile policy(Bundle loaded) {
    PolicyFile file = loaded.policy(policy);
    loaded.calibration(file);
    return file;
  }

  /** Names bundle, policy, calibration and the policy's models in a report. */
  static void hashes(Report report, Bundle bundle, PolicyFile policy) {
    report.hash("bundle", bundle.sha256()).hash("policy", policy.policy().sha256());
    String calibration = bundle.files().get(policy.calibration());
    if (calibration != null) {
      report.hash("calibration", calibration);
    }
    policy
        .policy()
        .models()
        .forEach(member -> report.hash("model:" + member, bundle.model(member).sha256()));
  }
}
