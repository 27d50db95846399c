package io.stopline.sdk.guard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which guard gave a verdict; all hashes are SHA-256 in lower-case hexadecimal.
 *
 * @param policy the policy's name
 * @param policySha256 of the policy file
 * @param calibrationSha256 of the calibration file
 * @param models the members, in order, then those that only serve checks
 * @param finder the detector that proposes regions; null where the policy has none
 * @param verifier says what is no sign; null where the policy has none
 */
public record GuardIdentity(
    String policy,
    String policySha256,
    String calibrationSha256,
    List<Member> models,
    @Nullable Member finder,
    @Nullable Member verifier) {

  /**
   * @param name as in the bundle's manifest
   * @param sha256 of the model file
   * @param delegate where it ran
   */
  public record Member(String name, String sha256, String delegate) {}

  /** A guard without finder and verifier. */
  public GuardIdentity(
      String policy, String policySha256, String calibrationSha256, List<Member> models) {
    this(policy, policySha256, calibrationSha256, models, null, null);
  }

  public GuardIdentity {
    models = List.copyOf(models);
  }
}
