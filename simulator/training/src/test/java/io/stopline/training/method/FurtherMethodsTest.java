package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The methods of {@link FurtherMethods} on a model that learns in a moment. */
final class FurtherMethodsTest {

  private static final int COUNT = 24;
  private static final int STEPS = 100;
  private static final double RATE = 0.1;

  private static final Map<String, String> LARGE_MASKS =
      Map.of("patch", "2", "per-axis", "3", "masks", "3");

  private static Stream<Arguments> methods() {
    return Stream.of(
        Arguments.of("noise", Map.of("sigma", "0.2", "clean", "0.3", "smoothing", "0.1")),
        Arguments.of("masks", Map.of("patch", "2", "clean", "0.2")),
        Arguments.of("masks", Map.of("patch", "2", "tries", "3")),
        Arguments.of("patch", Map.of("side", "3", "steps", "3")),
        Arguments.of("patch", Map.of("side", "3", "steps", "2", "pieces", "3")),
        Arguments.of("stickers", Map.of("tries", "1")),
        Arguments.of("stickers", Map.of("tries", "3", "clean", "0.5")),
        Arguments.of("stickers", Map.of("tries", "3", "groups", "0-1;2-3")),
        Arguments.of("shadow", Map.of()),
        Arguments.of("distillation", Map.of("temperature", "5")),
        Arguments.of("robust-distillation", Map.of("steps", "3", "labels", "0.2")),
        Arguments.of("robust-distillation", Map.of("steps", "2", "temperature", "3")),
        Arguments.of("diversity", Map.of("steps", "3")),
        Arguments.of("diversity", Map.of("images", "attacks", "steps", "3")),
        Arguments.of("diversity", Map.of("base", "noise", "sigma", "0.1", "weight", "0.3")));
  }

  private static TrainingMethod make(String name, Map<String, String> settings) {
    boolean needs = !Methods.describe(name).teachers().isEmpty();
    List<DifferentiableModel> teachers =
        needs ? List.of(Shapes.net(11), Shapes.net(12)) : List.of();
    return Methods.make(name, settings, teachers);
  }

  /** Along the gradient itself; what is drawn and chosen stays the same so near. */
  @ParameterizedTest
  @MethodSource("methods")
  void theGradientForetellsHowTheLossChanges(String name, Map<String, String> settings) {
    TinyNet net = Shapes.net(1);
    Batch batch = Shapes.batch(COUNT, 5);
    float[] gradient = new float[net.weights()];
    double length = 0;
    try (TrainingMethod method = make(name, settings)) {
      method.gradient(net, batch, new RandomStream(9), gradient);
      for (float g : gradient) {
        length += (double) g * g;
      }
      length = Math.sqrt(length);
      // Attacks on the model itself turn a few signs when its weights move.
      double step = 1e-3;
      double up = lossAt(net, method, batch, gradient, step / length);
      double down = lossAt(net, method, batch, gradient, -step / length);

      boolean attacksItself = name.equals("patch") || name.equals("robust-distillation");
      assertThat((up - down) / (2 * step) / length)
          .isCloseTo(1, within(attacksItself ? 0.1 : 0.01));
    }
  }

  private static double lossAt(
      TinyNet net, TrainingMethod method, Batch batch, float[] direction, double factor) {
    TinyNet moved = net.copy();
    float[] weights = new float[net.weights()];
    net.read(weights);
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (float) (factor * direction[i]);
    }
    moved.write(weights);
    return method.gradient(moved, batch, new RandomStream(9), new float[weights.length]).loss();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theSameSeedGivesTheSameGradientAndNothingElseChanges(
      String name, Map<String, String> settings) {
    TinyNet net = Shapes.net(1);
    Batch batch = Shapes.batch(COUNT, 5);
    float[] images = batch.images().clone();
    float[] weights = new float[net.weights()];
    net.read(weights);
    float[] once = new float[weights.length];
    float[] twice = new float[weights.length];
    float[] other = new float[weights.length];
    try (TrainingMethod method = make(name, settings)) {
      StepResult first = method.gradient(net, batch, new RandomStream(9), once);
      // A larger batch in between leaves nothing behind.
      method.gradient(net, Shapes.batch(2 * COUNT, 6), new RandomStream(4), other);
      StepResult second = method.gradient(net, batch, new RandomStream(9), twice);
      assertThat(second).isEqualTo(first);
      assertThat(first.count()).isEqualTo(COUNT);
      assertThat(first.rightAttacked()).isBetween(0, COUNT);
    }
    float[] after = new float[weights.length];
    net.read(after);
    assertThat(twice).isEqualTo(once);
    assertThat(after).isEqualTo(weights);
    assertThat(batch.images()).isEqualTo(images);
  }

  /** Not true of diversity by features, where each image borrows from a neighbour. */
  @ParameterizedTest
  @MethodSource("methods")
  void whatIsDrawnForAnImageDoesNotDependOnItsNeighbours(
      String name, Map<String, String> settings) {
    if (name.equals("diversity") && !settings.containsKey("images")) {
      return;
    }
    TinyNet net = Shapes.net(1);
    Batch batch = Shapes.batch(COUNT, 5);
    float[] whole = new float[net.weights()];
    float[] halves = new float[net.weights()];
    try (TrainingMethod method = make(name, settings)) {
      method.gradient(net, batch, new RandomStream(9), whole);
      method.gradient(net, part(batch, COUNT / 2, COUNT), new RandomStream(9), halves);
      method.gradient(net, part(batch, 0, COUNT / 2), new RandomStream(9), halves);
    }
    for (int i = 0; i < whole.length; i++) {
      assertThat(halves[i] / 2).isCloseTo(whole[i], within(1e-5f));
    }
  }

  private static Batch part(Batch batch, int from, int to) {
    int size = Shapes.SHAPE.size();
    return new Batch(
        Arrays.copyOfRange(batch.images(), from * size, to * size),
        Arrays.copyOfRange(batch.labels(), from, to),
        Arrays.copyOfRange(batch.ids(), from, to),
        to - from);
  }

  private static TinyNet trained(long seed, String name, Map<String, String> settings) {
    TinyNet net = Shapes.net(seed);
    Shapes.train(net, Methods.make(name, settings), STEPS, RATE);
    return net;
  }

  /** Mean loss over fresh images that a method has altered. */
  private static double lossUnder(AlteredTraining alteration, TinyNet net) {
    Batch fresh = Shapes.batch(200, 3);
    float[] altered = new float[fresh.images().length];
    alteration.alter(net, fresh, 77, altered);
    float[] logits = new float[fresh.count() * Shapes.CLASSES];
    net.logits(altered, fresh.count(), logits);
    double loss = 0;
    for (int i = 0; i < fresh.count(); i++) {
      int label = fresh.labels()[i];
      loss += RowLoss.crossEntropy(logits, i * Shapes.CLASSES, Shapes.CLASSES, label);
    }
    return loss / fresh.count();
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void whoHasTrainedOnItStandsIt(String name, Map<String, String> settings) {
    TinyNet standard = trained(1, "standard", Map.of());
    TinyNet hardened = trained(1, name, settings);
    AlteredTraining alteration = (AlteredTraining) Methods.make(name, settings);
    Batch fresh = Shapes.batch(200, 3);

    double before = lossUnder(alteration, standard);
    double after = lossUnder(alteration, hardened);

    System.out.printf(
        "%s: loss %.3f under it after standard training, %.3f%n", name, before, after);
    assertThat(Shapes.accuracy(hardened, fresh.images(), fresh.labels())).isGreaterThan(0.9);
    assertThat(after).isLessThan(0.9 * before);
  }

  private static Stream<Arguments> alterations() {
    return Stream.of(
        Arguments.of("noise", Map.of("sigma", "1.2")),
        Arguments.of("masks", LARGE_MASKS),
        Arguments.of("patch", Map.of("side", "3", "steps", "6")),
        Arguments.of("patch", Map.of("side", "3", "steps", "6", "pieces", "2")),
        Arguments.of("stickers", Map.of("area", "0.25")),
        Arguments.of("shadow", Map.of("weakest", "0.5", "strongest", "0.9")));
  }

  /** Four squares of 2 px cover what one of 4 px does; some lie apart. */
  @Test
  void aPatchInPiecesIsAsLargeAsTheOne() {
    TinyNet net = trained(1, "standard", Map.of());
    Batch fresh = Shapes.batch(200, 3);
    int size = net.shape().size();
    int channels = net.shape().channels();
    float[] altered = new float[fresh.count() * size];
    ((AlteredTraining) Methods.make("patch", Map.of("side", "4", "pieces", "4")))
        .alter(net, fresh, 5, altered);

    int spread = 0;
    for (int i = 0; i < fresh.count(); i++) {
      BitSet rows = new BitSet();
      int changed = 0;
      for (int pixel = 0; pixel < size / channels; pixel++) {
        int from = i * size + pixel * channels;
        if (Arrays.mismatch(altered, from, from + channels, fresh.images(), from, from + channels)
            >= 0) {
          changed++;
          rows.set(pixel / net.shape().width());
        }
      }
      // Sides are whole numbers: three pieces of a patch of 16 px have 4 px each.
      assertThat(changed).isBetween(1, 18);
      spread += rows.cardinality() > 4 ? 1 : 0;
    }
    assertThat(spread).isGreaterThan(fresh.count() / 10);
  }

  @Test
  void triesFindWorseMasksThanOneDraw() {
    TinyNet standard = trained(1, "standard", Map.of());
    AlteredTraining one = (AlteredTraining) Methods.make("masks", LARGE_MASKS);
    Map<String, String> more = new HashMap<>(LARGE_MASKS);
    more.put("tries", "6");
    AlteredTraining worst = (AlteredTraining) Methods.make("masks", more);

    assertThat(lossUnder(worst, standard)).isGreaterThan(1.2 * lossUnder(one, standard));
  }

  /** Stickers that go for a look-alike come nearer to one than those that go for anything. */
  @Test
  void stickersOfGroupsGoForALookAlike() {
    TinyNet standard = trained(1, "standard", Map.of());
    String groups = "0-1;2-3";
    Map<String, String> settings = Map.of("area", "0.25", "candidates", "64", "tries", "8");
    Map<String, String> within = new HashMap<>(settings);
    within.put("groups", groups);

    double any = lossAmongLookAlikes(settings, groups, standard);
    double alike = lossAmongLookAlikes(within, groups, standard);
    System.out.printf("stickers: loss among look-alikes %.3f, %.3f%n", any, alike);
    assertThat(alike).isGreaterThan(1.1 * any);
    assertThatThrownBy(() -> lossAmongLookAlikes(Map.of("groups", "0-9"), groups, standard))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("groups: '0-9' is no class and no range");
  }

  private static double lossAmongLookAlikes(
      Map<String, String> settings, String groups, TinyNet net) {
    Batch fresh = Shapes.batch(200, 3);
    float[] altered = new float[fresh.images().length];
    ((AlteredTraining) Methods.make("stickers", settings)).alter(net, fresh, 77, altered);
    float[] logits = new float[fresh.count() * Shapes.CLASSES];
    net.logits(altered, fresh.count(), logits);
    LookAlikes alike = new LookAlikes(groups, Shapes.CLASSES);
    double loss = 0;
    for (int i = 0; i < fresh.count(); i++) {
      loss += alike.loss(logits, i * Shapes.CLASSES, fresh.labels()[i]);
    }
    return loss / fresh.count();
  }

  /** Classes of other groups have no part in it; who stands alone is compared with all. */
  @Test
  void theLossAmongLookAlikesIsThatOfTheGroup() {
    LookAlikes alike = new LookAlikes("0-1", 4);
    float[] row = {1, 2, 9, 3};

    assertThat(alike.loss(row, 0, 0)).isCloseTo(Math.log(1 + Math.E), within(1e-9));
    assertThat(alike.loss(row, 0, 3)).isCloseTo(RowLoss.crossEntropy(row, 0, 4, 3), within(1e-9));
    float[] slope = new float[4];
    alike.climb(new int[] {0}).gradient(Losses.Rows.of(row, 1, 4), slope);
    float part = (float) (Math.E / (1 + Math.E));
    assertThat(slope).containsExactly(new float[] {-part, part, 0, 0}, within(1e-6f));
  }

  @Test
  void whatFoolsTheOthersFoolsADiverseMemberLess() {
    TinyNet other = trained(2, "standard", Map.of());
    Batch fresh = Shapes.batch(200, 3);
    float[] attacked = Shapes.attack(other, fresh, 0.12);
    double plain = Shapes.accuracy(trained(1, "standard", Map.of()), attacked, fresh.labels());
    for (Map<String, String> settings :
        List.of(
            Map.of("eps", "0.12"),
            Map.of("eps", "0.12", "images", "attacks", "steps", "5"),
            Map.of("eps", "0.12", "base", "standard", "weight", "0.7"))) {
      TinyNet diverse = Shapes.net(1);
      Shapes.train(
          diverse, Methods.make("diversity", settings, List.of(other.copy())), STEPS, RATE);
      double stands = Shapes.accuracy(diverse, attacked, fresh.labels());

      System.out.printf("diversity %s: %.3f stand, %.3f without%n", settings, stands, plain);
      assertThat(Shapes.accuracy(diverse, fresh.images(), fresh.labels())).isGreaterThan(0.9);
      assertThat(stands).isGreaterThan(plain + 0.1);
    }
  }

  @Test
  void aStudentOfARobustTeacherIsRobust() {
    TinyNet teacher = Shapes.net(2);
    // A teacher that adversarial training of its own made: its own attacks, its own labels.
    Shapes.train(
        teacher,
        Methods.make(
            "robust-distillation",
            Map.of("eps", "0.1", "steps", "4", "labels", "1"),
            List.of(Shapes.net(5))),
        STEPS,
        RATE);
    TinyNet student = Shapes.net(1);
    Shapes.train(
        student,
        Methods.make(
            "robust-distillation", Map.of("eps", "0.1", "steps", "4"), List.of(teacher.copy())),
        STEPS,
        RATE);
    TinyNet standard = trained(1, "standard", Map.of());
    Batch fresh = Shapes.batch(200, 3);

    double robust = Shapes.accuracy(student, Shapes.attack(student, fresh, 0.1), fresh.labels());
    double bare = Shapes.accuracy(standard, Shapes.attack(standard, fresh, 0.1), fresh.labels());
    System.out.printf("robust distillation: %.3f stand, %.3f without%n", robust, bare);
    assertThat(Shapes.accuracy(student, fresh.images(), fresh.labels())).isGreaterThan(0.9);
    assertThat(robust).isGreaterThan(bare + 0.05);
  }

  /** What Carlini and Wagner 2017 said of it: the slope is gone, the adversarial images are not. */
  @Test
  void defensiveDistillationHidesTheSlopeAndNothingElse() {
    TinyNet teacher = Shapes.net(2);
    Map<String, String> hot = Map.of("temperature", "20");
    Shapes.train(teacher, Methods.make("distillation", hot, List.of()), 4 * STEPS, RATE);
    TinyNet student = Shapes.net(1);
    Shapes.train(
        student, Methods.make("distillation", hot, List.of(teacher.copy())), 4 * STEPS, RATE);
    TinyNet standard = trained(1, "standard", Map.of());
    Batch fresh = Shapes.batch(200, 3);

    double hidden = steepness(student, fresh);
    double open = steepness(standard, fresh);
    System.out.printf("distillation: slope %.2e of the loss, %.2e without%n", hidden, open);
    assertThat(Shapes.accuracy(student, fresh.images(), fresh.labels())).isGreaterThan(0.9);
    assertThat(hidden).isLessThan(open / 100);
    // The standard model's attacks are shown to it: they never needed its slope.
    double transferred =
        Shapes.accuracy(student, Shapes.attack(standard, fresh, 0.35), fresh.labels());
    assertThat(transferred).isLessThan(0.3);
  }

  /** Median over images of the largest slope of the loss with respect to a pixel. */
  private static double steepness(TinyNet net, Batch batch) {
    CleanLook look = new CleanLook();
    look.at(net, batch);
    int size = Shapes.SHAPE.size();
    double[] largest = new double[batch.count()];
    for (int i = 0; i < batch.count() * size; i++) {
      largest[i / size] = Math.max(largest[i / size], Math.abs(look.gradient()[i]));
    }
    Arrays.sort(largest);
    return largest[largest.length / 2];
  }

  @Test
  void someMaskHidesEveryPatch() {
    for (int[] sizes : new int[][] {{32, 32, 5, 6}, {32, 24, 7, 3}, {33, 32, 1, 6}, {8, 8, 8, 1}}) {
      ImageShape shape = new ImageShape(sizes[0], sizes[1], 3);
      int patch = sizes[2];
      MaskSet set = new MaskSet(shape, patch, sizes[3]);
      for (int y = 0; y + patch <= sizes[0]; y++) {
        for (int x = 0; x + patch <= sizes[1]; x++) {
          boolean hidden = false;
          for (int mask = 0; mask < set.count(); mask++) {
            hidden |=
                set.top(mask) <= y
                    && set.left(mask) <= x
                    && set.top(mask) + set.height() >= y + patch
                    && set.left(mask) + set.width() >= x + patch;
          }
          assertThat(hidden)
              .as("%d×%d patch %d at %d, %d", sizes[0], sizes[1], patch, x, y)
              .isTrue();
        }
      }
      assertThat(set.count()).isLessThanOrEqualTo((sizes[3] + 1) * (sizes[3] + 1));
    }
  }

  @Test
  void theLinearisedGainOfStickersAndShadowsIsThatOfWhatIsPainted() {
    ImageShape shape = new ImageShape(16, 12, 3);
    RandomStream random = new RandomStream(2);
    float[] image = new float[shape.size()];
    float[] gradient = new float[shape.size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.uniform(0.2, 0.9);
      gradient[i] = (float) random.nextGaussian();
    }
    float[] painted = new float[image.length];
    for (Alteration alteration :
        List.of(new Stickers(shape, 1, 0.2), new Shadow(shape, 0.3, 0.8))) {
      double[] theta = new double[alteration.parameters()];
      alteration.look(image, gradient, 0);
      double difference = 0;
      double all = 0;
      for (int k = 0; k < 50; k++) {
        alteration.draw(random, theta);
        alteration.paint(theta, painted, 0);
        double gain = 0;
        int changed = 0;
        for (int i = 0; i < image.length; i++) {
          gain += gradient[i] * (painted[i] - image[i]);
          changed += painted[i] != image[i] ? 1 : 0;
          assertThat(painted[i]).isBetween(0f, 1f);
        }
        difference += Math.abs(alteration.gain(theta) - gain);
        all += Math.abs(gain);
        if (alteration instanceof Stickers) {
          assertThat(changed).isLessThanOrEqualTo((int) (0.2 * image.length) + 3);
        }
      }
      // Exact for stickers; a half-covered pixel at a shadow's edge is only nearly so.
      assertThat(difference / all).isLessThan(alteration instanceof Stickers ? 1e-6 : 0.1);
    }
  }

  @Test
  void whatCannotBeIsRefusedWithACure() {
    assertThatThrownBy(() -> Methods.make("diversity", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--teacher");
    assertThatThrownBy(
            () -> Methods.make("diversity", Map.of("base", "diversity"), List.of(Shapes.net(1))))
        .hasMessageContaining("no base");
    assertThatThrownBy(() -> Methods.make("noise", Map.of("sigma", "loud")))
        .hasMessageContaining("sigma");
    assertThatThrownBy(() -> Methods.make("noise", Map.of("volume", "1")))
        .hasMessageContaining("volume");
    assertThatThrownBy(() -> Methods.make("stickers", Map.of("candidates", "2", "tries", "3")))
        .hasMessageContaining("candidates");
    TinyNet larger = new TinyNet(new ImageShape(16, 16, 3), 2, 4, 1);
    try (TrainingMethod method = Methods.make("diversity", Map.of(), List.of(larger))) {
      assertThatThrownBy(
              () ->
                  method.gradient(
                      Shapes.net(1),
                      Shapes.batch(2, 1),
                      new RandomStream(1),
                      new float[Shapes.net(1).weights()]))
          .hasMessageContaining("alike");
    }
  }
}
