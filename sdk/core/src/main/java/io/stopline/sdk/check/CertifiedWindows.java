package io.stopline.sdk.check;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.LocalOutput;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the label still stands when any part of the picture that a patch could cover is left out
 * of the mean of a member's local scores ({@link WindowScores}). Takes no model run beyond the
 * member's plain one. The nonconformity grows with the score: ½ where some window leaves another
 * group as strong as the label's, near 0 where the label's leads clearly without any window.
 *
 * <p>Beside the nonconformity it gives a {@link Certificate}, whose claim rests on the threshold: a
 * label that scores above it is not accepted in this frame, whatever the other checks say.
 */
public final class CertifiedWindows implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "certified-windows";

  private final int member;
  private final int patchSide;
  private final Certificate.Level level;
  private final Groups groups;
  private final double threshold;
  private @Nullable Planned planned;

  /** What the guard's model decides. */
  private record Planned(String model, WindowScores scores, List<Region> hidden) {}

  /**
   * @param member which model gives the local scores
   * @param patchSide of the square patch, px of that model's input, at least 1
   * @param level what the groups are
   * @param threshold in units of the mean local score (logits): a label that scores above it is
   *     refused; 0 is the strict form, in which the label's group has to lead without any window
   */
  public CertifiedWindows(
      int member, int patchSide, Certificate.Level level, Groups groups, double threshold) {
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException(
          "threshold %s of check '%s' must be a finite number".formatted(threshold, NAME));
    }
    this.member = member;
    this.patchSide = patchSide;
    this.level = level;
    this.groups = groups;
    this.threshold = threshold;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    LocalOutput map = plan.local(member);
    Windows windows = Windows.covering(map.model(), map.scores(), patchSide);
    List<Region> hidden = new ArrayList<>();
    for (int window = 0; window < windows.count(); window++) {
      hidden.add(windows.hidden(window));
    }
    planned = new Planned(map.model(), new WindowScores(windows, map.spec(), groups), hidden);
  }

  private Planned planned() {
    Planned made = planned;
    if (made == null) {
      throw new IllegalStateException("check '%s' was not planned".formatted(NAME));
    }
    return made;
  }

  @Override
  public double nonconformity(Observation o) {
    WindowScores s = planned().scores();
    s.read(o.local(member));
    return nonconformity(s.score(o.label()));
  }

  /** From 0 to 1, growing with the score; ½ at a score of 0. */
  static double nonconformity(double score) {
    return 1 / (1 + StrictMath.exp(-score));
  }

  @Override
  public boolean disagrees(Observation o) {
    int seen = Probabilities.argmax(o.plain(member));
    return !groups.of().get(seen).equals(groups.of().get(o.label()));
  }

  private String group(int label) {
    return groups.names().get(groups.of().get(label));
  }

  @Override
  public Certificate certificate(Observation o) {
    WindowScores s = planned().scores();
    int label = o.label();
    return new Certificate(
        Certificate.WINDOWS,
        planned().model(),
        patchSide,
        s.windows().inputWidth(),
        s.windows().inputHeight(),
        level,
        group(label),
        threshold,
        s.score(label),
        s.margin(label),
        planned().hidden().get(s.oddest(label)));
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    WindowScores s = planned().scores();
    int label = o.label();
    int window = s.oddest(label);
    double score = s.score(label);
    Region part = s.windows().hidden(window);
    return "without the %d×%d px at (%d, %d) of %d×%d px %s"
        .formatted(
            part.width(),
            part.height(),
            part.x(),
            part.y(),
            s.windows().inputWidth(),
            s.windows().inputHeight(),
            score > 0
                ? "'%s' leads over '%s' by %.2f"
                    .formatted(groups.names().get(s.leader(window)), group(label), score)
                : "'%s' leads by %.2f only".formatted(group(label), -score));
  }
}
