package io.stopline.campaign.detectorattack;

import io.stopline.attacks.ThreatModel;
import java.util.Locale;

/** What an attack on a detector wants. */
public enum AttackGoal {
  /** A real object is not found. */
  HIDE(ThreatModel.Goal.HIDE),
  /** An object is found where none is. */
  CREATE(ThreatModel.Goal.CREATE),
  /** A real object is found as another. */
  MISLABEL(ThreatModel.Goal.TARGETED);

  private final ThreatModel.Goal goal;

  AttackGoal(ThreatModel.Goal goal) {
    this.goal = goal;
  }

  /** As threat models have it. */
  public ThreatModel.Goal goal() {
    return goal;
  }

  /** As reports and options have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What success is called: the field of a report, {@code hidden}. */
  public String success() {
    return switch (this) {
      case HIDE -> "hidden";
      case CREATE -> "created";
      case MISLABEL -> "mislabelled";
    };
  }
}
