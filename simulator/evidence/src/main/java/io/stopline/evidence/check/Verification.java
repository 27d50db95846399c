package io.stopline.evidence.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What was found out about a pack.
 *
 * @param findings why it is rejected; empty if it holds
 * @param files how many were compared with their hash
 * @param figures how many were found where they are said to stand
 * @param attestations how many signatures were checked, the manifest's among them
 * @param keyId of the key that the pack names; empty if it could not be read
 * @param pinned whether that key was given from outside; else nobody said that it is to be trusted
 * @param madeForThisPack whether the pack says that its key was made for it alone
 * @param manifest for showing what is missing; only to be believed where there is no finding
 */
public record Verification(
    List<Finding> findings,
    int files,
    int figures,
    int attestations,
    String keyId,
    boolean pinned,
    boolean madeForThisPack,
    JsonNode manifest) {

  public Verification {
    findings = List.copyOf(findings);
  }

  /** Whether nothing speaks against it. */
  public boolean holds() {
    return findings.isEmpty();
  }
}
