package io.stopline.sdk.guard;

import java.util.List;

/**
 * Which guard gave a verdict; all hashes are SHA-256 in lower-case hexadecimal.
 *
 * @param policy the policy's name
 * @param policySha256 of the policy file
 * @param calibrationSha256 of the calibration file
 * @param models the members, in order
 */
public record GuardIdentity(
    String policy, String policySha256, String calibrationSha256, List<Member> models) {

  /**
   * @param name as in the bundle's manifest
   * @param sha256 of the model file
   * @param delegate where it ran
   */
  public record Member(String name, String sha256, String delegate) {}

  public GuardIdentity {
    models = List.copyOf(models);
  }
}
