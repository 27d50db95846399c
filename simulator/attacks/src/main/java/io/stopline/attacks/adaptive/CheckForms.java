package io.stopline.attacks.adaptive;

import io.stopline.attacks.adaptive.GuardPasses.Pass;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The differentiable form of each kind of check, in the one place that knows them; what has none is
 * refused by name. One left out would count as 0, which flatters the guard.
 */
final class CheckForms implements Cases<CheckForms.Plan> {

  /** Cells' colours move by about this much at 8/255. */
  private static final double SOFTNESS = 0.05;

  /**
   * What a check needs.
   *
   * @param needs numbers of the passes that it looks at, the plain ones apart
   * @param form makes a new one for images of a size
   */
  record Plan(List<Integer> needs, Function<ImageShape, CheckForm> form) {}

  private final GuardPolicy policy;
  private final List<LocalTwin> locals;
  private final int draws;
  private final int seenAs;
  private final ToIntFunction<Pass> number;

  /**
   * @param locals maps of the models that checks look at
   * @param draws of a randomised view for consistency; 0 for as many as the policy has
   * @param seenAs the finder's label of what is inspected; −1 where none has found it
   * @param number plans a pass
   */
  CheckForms(
      GuardPolicy policy,
      List<LocalTwin> locals,
      int draws,
      int seenAs,
      ToIntFunction<Pass> number) {
    this.policy = policy;
    this.locals = locals;
    this.draws = draws;
    this.seenAs = seenAs;
    this.number = number;
  }

  @Override
  public Plan consistency(CheckSetting.Consistency check) {
    List<Integer> needs = new ArrayList<>();
    for (int d = 0; d < (draws > 0 ? draws : check.draws()); d++) {
      for (int member : check.members()) {
        needs.add(number.applyAsInt(new Pass(labelling(check, member), check.view(), d)));
      }
    }
    return new Plan(needs, shape -> new ConsistencyForm(needs));
  }

  @Override
  public Plan agreement(CheckSetting.Agreement check) {
    return new Plan(List.of(), shape -> new AgreementForm());
  }

  @Override
  public Plan squeezing(CheckSetting.Squeezing check) {
    List<Integer> needs = new ArrayList<>();
    for (String view : check.views()) {
      for (int member : check.members()) {
        needs.add(number.applyAsInt(new Pass(labelling(check, member), view, 0)));
      }
    }
    return new Plan(needs, shape -> new SqueezingForm(needs));
  }

  @Override
  public Plan plausibility(CheckSetting.Plausibility check) {
    return new Plan(
        List.of(), shape -> new SignLooks(check.table(), check.classes(), shape, SOFTNESS));
  }

  @Override
  public Plan finderAgreement(CheckSetting.FinderAgreement check) {
    if (seenAs >= check.meanings().size()) {
      throw new IllegalArgumentException(
          "policy '%s': check '%s' knows %d labels of the finder, not label %d"
              .formatted(policy.name(), check.create().name(), check.meanings().size(), seenAs));
    }
    List<Integer> may = seenAs < 0 ? List.of() : check.meanings().get(seenAs);
    return new Plan(List.of(), shape -> new FinderForm(may));
  }

  /**
   * {@inheritDoc}
   *
   * <p>It looks at no picture but at how the track went: no change of pixels moves it, and of the
   * tracks of one frame that are attacked here it says nothing.
   */
  @Override
  public Plan trackPlausibility(CheckSetting.TrackPlausibility check) {
    return new Plan(List.of(), shape -> (said, label) -> 0);
  }

  @Override
  public Plan certifiedWindows(CheckSetting.CertifiedWindows check) {
    String model = policy.models().get(check.member());
    LocalTwin twin =
        locals.stream()
            .filter(local -> local.model().equals(model))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "policy '%s': check '%s' looks at the local scores of model '%s', but they were not given; open it as a LocalTwin"
                            .formatted(policy.name(), check.create().name(), model)));
    return new Plan(
        List.of(),
        shape -> new WindowLooks(twin, check.patchSide(), check.groups(), check.threshold()));
  }

  @Override
  public Plan custom(CheckSetting.Custom check) {
    throw new IllegalArgumentException(
        "policy '%s' has check '%s', which is somebody's own: there is no differentiable form of it, and to score it 0 would flatter the guard; leave it out of the active checks: the guard that judges asks it all the same"
            .formatted(policy.name(), check.create().name()));
  }

  private int labelling(CheckSetting check, int member) {
    if (member >= policy.members().size()) {
      throw new IllegalArgumentException(
          "policy '%s': check '%s' compares runs of model '%s', which names no label; there is no differentiable form of that; leave it out of the active checks"
              .formatted(policy.name(), check.create().name(), policy.models().get(member)));
    }
    return member;
  }

  /** Whether the label survives small random changes of the view. */
  private record ConsistencyForm(List<Integer> needs) implements CheckForm {

    @Override
    public double nonconformity(Said said, int label) {
      double kept = 0;
      for (int pass : needs) {
        kept += said.pass(pass)[label];
      }
      return Math.max(0, Math.min(1, 1 - kept / needs.size()));
    }

    @Override
    public void slope(Said said, int label, double scale, double[][] slopes) {
      for (int pass : needs) {
        slopes[pass][label] -= scale / needs.size();
      }
    }
  }

  /** How far the plain views disagree. */
  private static final class AgreementForm implements CheckForm {

    private static final double TINY = 1e-12;

    @Override
    public double nonconformity(Said said, int label) {
      int members = said.members();
      double[] ensemble = said.ensemble();
      double divergence = 0;
      for (int m = 0; m < members; m++) {
        double[] p = said.pass(m);
        for (int c = 0; c < p.length; c++) {
          if (p[c] > 0) {
            divergence += p[c] * Math.log(p[c] / ensemble[c]);
          }
        }
      }
      return Math.max(0, Math.min(1, divergence / members / Math.log(members)));
    }

    @Override
    public void slope(Said said, int label, double scale, double[][] slopes) {
      int members = said.members();
      double[] ensemble = said.ensemble();
      for (int m = 0; m < members; m++) {
        double[] p = said.pass(m);
        for (int c = 0; c < p.length; c++) {
          slopes[m][c] +=
              scale
                  * Math.log((p[c] + TINY) / (ensemble[c] + TINY))
                  / (members * Math.log(members));
        }
      }
    }
  }

  /** How far squeezing the input moves a prediction. */
  private record SqueezingForm(List<Integer> needs) implements CheckForm {

    @Override
    public double nonconformity(Said said, int label) {
      return Math.min(1, distance(said, worst(said)));
    }

    @Override
    public void slope(Said said, int label, double scale, double[][] slopes) {
      int pass = worst(said);
      int plain = said.plainOf(pass);
      for (int c = 0; c < slopes[pass].length; c++) {
        double side = 0.5 * scale * Math.signum(said.pass(pass)[c] - said.pass(plain)[c]);
        slopes[pass][c] += side;
        slopes[plain][c] -= side;
      }
    }

    private int worst(Said said) {
      int worst = needs.get(0);
      for (int pass : needs) {
        worst = distance(said, pass) > distance(said, worst) ? pass : worst;
      }
      return worst;
    }

    /** Total variation between a pass and its model's plain one. */
    private static double distance(Said said, int pass) {
      double[] plain = said.pass(said.plainOf(pass));
      double[] seen = said.pass(pass);
      double sum = 0;
      for (int c = 0; c < plain.length; c++) {
        sum += Math.abs(plain[c] - seen[c]);
      }
      return sum / 2;
    }
  }

  /** Whether the models see what the finder reports; says nothing where it reports nothing. */
  private record FinderForm(List<Integer> may) implements CheckForm {

    @Override
    public double nonconformity(Said said, int label) {
      if (may.isEmpty()) {
        return 0;
      }
      double agreed = 0;
      for (int c : may) {
        agreed += said.ensemble()[c];
      }
      return Math.max(0, Math.min(1, 1 - agreed));
    }

    @Override
    public void slope(Said said, int label, double scale, double[][] slopes) {
      for (int m = 0; m < said.members(); m++) {
        for (int c : may) {
          slopes[m][c] -= scale / said.members();
        }
      }
    }
  }
}
