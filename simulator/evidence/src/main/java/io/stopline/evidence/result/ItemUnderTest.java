package io.stopline.evidence.result;

import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a pack is about: one policy of one bundle, as one version of Stopline measured it. Hashes
 * are SHA-256 in lower-case hexadecimal.
 *
 * @param bundle its name
 * @param bundleVersion its version
 * @param bundleSha256 of {@code bundle.yaml}, which has the hash of every other file
 * @param policy its name
 * @param policySha256 of the policy's file
 * @param calibrationSha256 of the calibration's file; null if the policy is not calibrated
 * @param models of the bundle by name
 * @param software the version whose reports count
 */
public record ItemUnderTest(
    String bundle,
    String bundleVersion,
    String bundleSha256,
    String policy,
    String policySha256,
    @Nullable String calibrationSha256,
    Map<String, String> models,
    String software) {

  public ItemUnderTest {
    models = Collections.unmodifiableMap(new TreeMap<>(models));
  }

  /** Of a verified bundle. */
  public static ItemUnderTest of(Bundle bundle, PolicyFile policy, String software) {
    Map<String, String> models = new TreeMap<>();
    for (ModelManifest model : bundle.models().values()) {
      models.put(model.name(), model.sha256());
    }
    return new ItemUnderTest(
        bundle.name(),
        bundle.version(),
        bundle.sha256(),
        policy.policy().name(),
        policy.policy().sha256(),
        bundle.files().get(policy.calibration()),
        models,
        software);
  }
}
