package io.stopline.evidence.pack;

import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evidence.sign.SigningKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pack is to be made of.
 *
 * @param bundle verified
 * @param policy of the bundle
 * @param bundleReference how a command names the bundle
 * @param software version whose reports count
 * @param results files and folders to look for reports and incidents in
 * @param data folders of data sets to look at
 * @param licences of data sets, by their name
 * @param recipes folder of training recipes; null if there is none
 * @param key that signs; null for one that is made for this pack and thrown away
 * @param date of the pack
 * @param withModels whether the model files go into the pack
 * @param classPath of the running program, for the list of libraries
 */
public record PackRequest(
    Bundle bundle,
    PolicyFile policy,
    String bundleReference,
    String software,
    List<Path> results,
    List<Path> data,
    Map<String, String> licences,
    @Nullable Path recipes,
    @Nullable SigningKey key,
    Instant date,
    boolean withModels,
    List<Path> classPath) {

  public PackRequest {
    results = List.copyOf(results);
    data = List.copyOf(data);
    licences = Map.copyOf(licences);
    classPath = List.copyOf(classPath);
  }
}
