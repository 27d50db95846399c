package io.stopline.campaign.hardening;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.query.TransferAttack;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.campaign.robustness.AttackTarget;
import io.stopline.campaign.robustness.Judge;
import io.stopline.campaign.robustness.Judge.Ruling;
import io.stopline.evaluation.Rate;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Attacks each model of an ensemble alone and shows what comes out to every other one: how far an
 * attacker who knows one member gets with the rest (Papernot et al. 2016, "Transferability in
 * machine learning"). Only inputs that every member labels right when clean are attacked, so that
 * all rows and columns stand on the same inputs and no member's own errors count as transfer (Yang
 * et al. 2020, section 4.2). The attack on a member goes on to its last step, also after it has
 * fallen: what only just fools one model rarely fools another. Who is fooled is what the shipped
 * file says.
 */
public final class TransferMatrix {

  private static final int BATCH = 100;

  private final List<Member> members;
  private final Attack attack;
  private final long seed;

  /**
   * A model of the ensemble. Stays its owner's.
   *
   * @param gradients what attacks climb
   * @param judge what it answers as it ships
   */
  public record Member(String name, DifferentiableModel gradients, Judge judge) {

    /**
     * A model as attacks open it.
     *
     * @throws IllegalArgumentException if it has no gradients
     */
    public static Member of(AttackTarget target) {
      DifferentiableModel gradients =
          target
              .victim()
              .gradients()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "model '%s' has no gradients (%s); a transfer matrix attacks every member"
                              .formatted(target.name(), target.withoutGradients())));
      return new Member(target.name(), gradients, target.judge());
    }
  }

  /**
   * What attacks on one member did.
   *
   * @param source who was attacked
   * @param fooled of the attacked inputs, those that fooled the source
   * @param alsoFooled of those, how many fooled each member; one a member, the source's own is all
   * @param cases how many attacked inputs fooled each member, whether the source fell or not
   * @param seconds that the attack took, on this machine
   */
  public record Row(
      String source, long fooled, List<Long> alsoFooled, List<Long> cases, double seconds) {
    public Row {
      alsoFooled = List.copyOf(alsoFooled);
      cases = List.copyOf(cases);
    }
  }

  /**
   * The whole matrix.
   *
   * @param inputs that were looked at
   * @param attacked those that every member labels right when clean
   * @param rows one a member, in their order
   */
  public record Result(int inputs, int attacked, List<Row> rows) {
    public Result {
      rows = List.copyOf(rows);
    }

    /** Of the images that fooled {@code source}, the share that fooled {@code target} too. */
    public Rate transferred(int source, int target) {
      return Rate.of(rows.get(source).alsoFooled().get(target), rows.get(source).fooled());
    }

    /** Of all attacked inputs, the share whose attack on {@code source} fooled {@code target}. */
    public Rate cases(int source, int target) {
      return Rate.of(rows.get(source).cases().get(target), attacked);
    }

    /**
     * Mean of {@link #transferred} over all pairs of two members. A pair whose source never fell
     * has no such share and is left out; NaN if none is left.
     */
    public double meanTransferred() {
      return mean(true);
    }

    /** Mean of {@link #cases} over all pairs of two members; NaN if nothing was attacked. */
    public double meanCases() {
      return mean(false);
    }

    private double mean(boolean ofFooled) {
      double sum = 0;
      int pairs = 0;
      for (int i = 0; i < rows.size(); i++) {
        for (int j = 0; j < rows.size(); j++) {
          Rate rate = ofFooled ? transferred(i, j) : cases(i, j);
          if (i != j && rate.of() > 0) {
            sum += rate.value();
            pairs++;
          }
        }
      }
      return pairs == 0 ? Double.NaN : sum / pairs;
    }
  }

  /**
   * @param members at least two, of one image size and number of classes
   * @param attack one that climbs an objective, such as pgd or apgd-ce
   * @param seed of all random draws
   */
  public TransferMatrix(List<Member> members, Attack attack, long seed) {
    if (members.size() < 2) {
      throw new IllegalArgumentException(
          "transfer: %d models; it takes two or more".formatted(members.size()));
    }
    DifferentiableModel first = members.get(0).gradients();
    for (Member member : members) {
      if (!member.gradients().shape().equals(first.shape())
          || member.gradients().classes() != first.classes()) {
        throw new IllegalArgumentException(
            "models '%s' and '%s' differ in image size or number of classes (%s and %d against %s and %d)"
                .formatted(
                    members.get(0).name(),
                    member.name(),
                    first.shape(),
                    first.classes(),
                    member.gradients().shape(),
                    member.gradients().classes()));
      }
    }
    this.members = List.copyOf(members);
    this.attack = attack;
    this.seed = seed;
  }

  /**
   * Measures.
   *
   * @param inputs the sample; ids are positions in the split
   * @param progress is told the share that is done, 0..1
   * @param cancelled asked now and then; when true the rest is left out
   * @throws IllegalStateException if the attack broke its own budget
   */
  public Result measure(Inputs inputs, DoubleConsumer progress, BooleanSupplier cancelled) {
    Inputs attacked = inputs.rows(rightForAll(inputs));
    List<Row> rows = new ArrayList<>();
    for (int m = 0; m < members.size() && !cancelled.getAsBoolean(); m++) {
      int done = m;
      rows.add(
          row(m, attacked, share -> progress.accept((done + share) / members.size()), cancelled));
    }
    return new Result(inputs.count(), attacked.count(), rows);
  }

  private int[] rightForAll(Inputs inputs) {
    boolean[] right = new boolean[inputs.count()];
    Arrays.fill(right, true);
    for (Member member : members) {
      Ruling[] rulings = member.judge().rule(inputs);
      for (int i = 0; i < right.length; i++) {
        right[i] &= !rulings[i].broken();
      }
    }
    return IntStream.range(0, right.length).filter(i -> right[i]).toArray();
  }

  private Row row(int source, Inputs attacked, DoubleConsumer progress, BooleanSupplier cancelled) {
    Member member = members.get(source);
    ModelVictim victim = ModelVictim.of(member.gradients());
    // The attack that other models answer to never says that its model has fallen.
    TransferAttack pushed = new TransferAttack(attack);
    long[] also = new long[members.size()];
    long[] cases = new long[members.size()];
    long fooled = 0;
    long started = System.nanoTime();
    double seconds = 0;
    for (int from = 0; from < attacked.count(); from += BATCH) {
      if (cancelled.getAsBoolean()) {
        break;
      }
      int start = from;
      int count = Math.min(BATCH, attacked.count() - from);
      Inputs batch = attacked.rows(IntStream.range(from, from + count).toArray());
      Attack.Outcome outcome =
          pushed.attack(
              victim.withSurrogates(List.of(member.gradients())),
              batch,
              new Run(
                  RandomStream.derive(seed, source),
                  share -> progress.accept((start + share * count) / attacked.count()),
                  cancelled));
      seconds = (System.nanoTime() - started) / 1e9;
      checkBudget(batch, outcome);
      Inputs shown = new Inputs(batch.shape(), outcome.images(), batch.labels(), batch.ids());
      boolean[][] wrong = new boolean[members.size()][];
      for (int m = 0; m < wrong.length; m++) {
        wrong[m] = wrong(members.get(m).judge().rule(shown));
      }
      for (int i = 0; i < count; i++) {
        fooled += wrong[source][i] ? 1 : 0;
        for (int m = 0; m < wrong.length; m++) {
          cases[m] += wrong[m][i] ? 1 : 0;
          also[m] += wrong[m][i] && wrong[source][i] ? 1 : 0;
        }
      }
    }
    return new Row(
        member.name(),
        fooled,
        Arrays.stream(also).boxed().toList(),
        Arrays.stream(cases).boxed().toList(),
        seconds);
  }

  private static boolean[] wrong(Ruling[] rulings) {
    boolean[] wrong = new boolean[rulings.length];
    for (int i = 0; i < wrong.length; i++) {
      wrong[i] = rulings[i].broken();
    }
    return wrong;
  }

  private void checkBudget(Inputs clean, Attack.Outcome outcome) {
    if (attack.threatModel().budget() instanceof ThreatModel.Perturbation change
        && change.epsilon() < Double.POSITIVE_INFINITY) {
      new PixelBudget(change.norm(), change.epsilon(), change.rounding())
          .assertWithin(clean, outcome.images());
    }
  }
}
