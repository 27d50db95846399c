package io.stopline.campaign.detectorguard;

import io.stopline.sdk.pipeline.Incident;
import java.util.Locale;

/** What a witness can tell. */
public enum WitnessKind {
  /** It sees what the finder never reports. */
  HIDDEN(Incident.Kind.HIDDEN_OBJECT),
  /** It never sees what the finder reports. */
  PHANTOM(Incident.Kind.PHANTOM),
  /**
   * The finder lost from near what it had reported; that needs no witness but the finder itself.
   */
  VANISHED(Incident.Kind.VANISHED);

  private final Incident.Kind incident;

  WitnessKind(Incident.Kind incident) {
    this.incident = incident;
  }

  /** The incident that it raises. */
  public Incident.Kind incident() {
    return incident;
  }

  /** As options and reports have it, such as {@code hidden}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
