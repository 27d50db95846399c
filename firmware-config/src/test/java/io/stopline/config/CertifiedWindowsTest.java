package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check certified-windows in a policy, with the shipped model and real photographs. */
final class CertifiedWindowsTest {

  private static final String POLICY = "policies/int8.yaml";
  private static final String LAST = "  - sign-plausibility: {table: traffic-signs, weight: 5}\n";
  private static final int CELL = 32;
  private static final int STOP = 14;

  @TempDir Path temporary;
  private Path bundle = Path.of("");

  @BeforeEach
  void copy() {
    bundle = Shipped.plain(temporary.resolve("bundle"));
  }

  private void check(String settings) {
    Shipped.edit(bundle, POLICY, LAST, LAST + "  - certified-windows: {%s}\n".formatted(settings));
  }

  private Guard guard() {
    return GuardFactory.createForCalibration(
            Bundle.load(bundle), "int8", RuntimeOptions.defaults(), InspectionSeeds.reproducible(5))
        .guard();
  }

  private static Verdict inspect(Guard guard, Image crop) {
    return guard.replay(crop, 1, guard.passesPerInspection(), new TrackState());
  }

  private static Image stopSign(int number) {
    Image sheet = ImageFiles.read(SharedFiles.path("data/gtsrb/train/14.png"));
    return sheet.view(new Region(number % 30 * CELL, number / 30 * CELL, CELL, CELL));
  }

  private static Certificate certificate(Verdict verdict) {
    Certificate certificate = verdict.certificate();
    assertThat(certificate).isNotNull();
    return certificate;
  }

  /** The pixels with a square of other ones. */
  private static Image patched(Image crop, int left, int top, int side, Random random) {
    Image copy = Image.black(crop.width(), crop.height());
    for (int y = 0; y < crop.height(); y++) {
      System.arraycopy(
          crop.data(), crop.index(0, y), copy.data(), copy.index(0, y), 3 * crop.width());
    }
    boolean blank = random.nextBoolean();
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        for (int c = 0; c < 3; c++) {
          copy.data()[copy.index(x, y) + c] = (byte) (blank ? 255 : random.nextInt(256));
        }
      }
    }
    return copy;
  }

  @Test
  void aStopSignIsCertifiedAndNoPatchMovesItsWindowsBeyondTheMargin() {
    check("members: [local-int8], patch: 5, level: group, table: traffic-signs, weight: 4");
    Random random = new Random(8);
    int certified = 0;
    try (Guard guard = guard()) {
      assertThat(guard.passesPerInspection()).as("no run beyond the plain ones").isEqualTo(13);
      for (int number = 5; number < 300; number += 30) {
        Image crop = stopSign(number);
        Verdict verdict = inspect(guard, crop);
        Certificate clean = certificate(verdict);
        if (verdict.label() != STOP || !clean.holds()) {
          continue;
        }
        certified++;
        assertThat(clean.group()).isEqualTo("red octagon");
        assertThat(clean.margin()).isEqualTo(-clean.score());
        assertThat(clean.window().isInside(CELL, CELL)).isTrue();
        assertThat(clean.patchAreaFraction()).isEqualTo(25.0 / 1024);
        assertThat(clean.claim())
            .contains("in this frame, one square patch of up to 5×5 of the crop's 32×32 px")
            .contains("cannot have a label other than one of 'red octagon' accepted");
        for (int k = 0; k < 5; k++) {
          Verdict attacked =
              inspect(guard, patched(crop, random.nextInt(28), random.nextInt(28), 5, random));
          Certificate after = certificate(attacked);
          boolean same = after.group().equals(clean.group());
          assertThat(same || after.score() >= clean.margin()).isTrue();
        }
      }
    }
    assertThat(certified).isGreaterThanOrEqualTo(5);
  }

  @Test
  void aLabelThatScoresAboveTheThresholdIsNotAccepted() {
    // Given a threshold that every label exceeds, and a weight of 0
    check("members: [local-int8], patch: 5, level: class, threshold: -1000, weight: 0");
    try (Guard guard = guard()) {
      Verdict verdict = inspect(guard, stopSign(65));
      assertThat(certificate(verdict).alarms()).isTrue();
      assertThat(certificate(verdict).level()).isEqualTo(Certificate.Level.CLASS);
      assertThat(certificate(verdict).group()).isEqualTo(verdict.labelName());
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons())
          .anyMatch(r -> r.contains("check 'certified-windows' refuses the label in this frame"));
    }
  }

  private static final String MEMBERS =
      "members: [mobile-int8, res-int8, local-int8, robust-int8]\n";
  private static final String THREE = "members: [mobile-int8, res-int8, robust-int8]\n";

  @Test
  void aModelThatOnlyServesTheCheckDoesNotEnterTheLabel() {
    // Given a policy of three members, and what it says of a stop sign
    Shipped.edit(bundle, POLICY, MEMBERS, THREE);
    Verdict without;
    try (Guard guard = guard()) {
      assertThat(guard.passesPerInspection()).isEqualTo(12);
      without = inspect(guard, stopSign(65));
    }
    // When a fourth model is there for the check alone
    Shipped.edit(bundle, POLICY, THREE, THREE + "checkMembers: [local-int8]\n");
    check("members: [local-int8], patch: 5, level: class, threshold: -1000, weight: 0");
    try (Guard guard = guard()) {
      Verdict with = inspect(guard, stopSign(65));
      // Then label and scores are the same to the bit, at one run more; and the check can refuse
      assertThat(with.passes()).isEqualTo(guard.passesPerInspection()).isEqualTo(13);
      assertThat(with.probability()).isEqualTo(without.probability());
      assertThat(with.checks().get(0)).isEqualTo(without.checks().get(0));
      assertThat(with.checks().get(3)).isEqualTo(without.checks().get(3));
      assertThat(certificate(with).model()).isEqualTo("local-int8");
      assertThat(with.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(guard.identity().models())
          .extracting(m -> m.name())
          .containsExactly("mobile-int8", "res-int8", "robust-int8", "local-int8");
      // And who has no time for it does not accept
      Verdict hurried = guard.replay(stopSign(65), 1, 12, new TrackState());
      assertThat(hurried.complete()).isFalse();
      assertThat(hurried.decision()).isNotEqualTo(Decision.ACCEPT);
    }
    Bundle loaded = Bundle.load(bundle);
    assertThat(loaded.learnt(loaded.policy("int8"))).containsKey("local-int8");
  }

  @Test
  void whatAModelThatServesChecksCannotDoIsRefusedWithTheCure() {
    Shipped.edit(bundle, POLICY, MEMBERS, MEMBERS + "checkMembers: [local-int8]\n");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("'local-int8' is one of 'members'")
        .hasMessageContaining("no check looks at 'local-int8'")
        .hasMessageContaining("certified-windows");
    Shipped.edit(bundle, POLICY, MEMBERS, THREE);
    Shipped.edit(
        bundle,
        POLICY,
        "views: [smooth], members: [res-int8]",
        "views: [smooth], members: [local-int8]");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("'local-int8' is one of 'checkMembers'")
        .hasMessageContaining("name one of mobile-int8, res-int8, robust-int8");
  }

  @Test
  void withoutTheCheckThereIsNoCertificate() {
    try (Guard guard = guard()) {
      assertThat(inspect(guard, stopSign(65)).certificate()).isNull();
    }
  }

  @Test
  void aCalibrationHoldsForTheTableOfTheGroups() {
    check("members: [local-int8], patch: 5, level: group, table: traffic-signs, weight: 4");
    Shipped.edit(bundle, POLICY, LAST, "");
    Bundle loaded = Bundle.load(bundle);
    assertThat(loaded.learnt(loaded.policy("int8"))).containsKey("appearance/traffic-signs");
  }

  @Test
  void whatCannotBeCertifiedIsRefusedWithTheCure() {
    check("members: [res-int8], patch: 5, level: class, weight: 1");
    assertThatThrownBy(this::guard)
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("model 'res-int8' ends in FULLY_CONNECTED")
        .hasMessageContaining("such as the recipe 'local' trains");
    Shipped.edit(
        bundle,
        POLICY,
        "[res-int8], patch: 5, level: class",
        "[local-int8], patch: 24, level: class");
    assertThatThrownBy(this::guard)
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("a patch of 24 px can change all 16×16 local scores")
        .hasMessageContaining("give a smaller patch");
    Shipped.edit(bundle, POLICY, "patch: 24, level: class", "patch: 5, level: group");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("level 'group' needs groups of classes")
        .hasMessageContaining("'table: traffic-signs'");
    Shipped.edit(bundle, POLICY, "level: group", "table: traffic-sign, level: group");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("did you mean 'traffic-signs'?");
    Shipped.edit(bundle, POLICY, "traffic-sign, level: group", "traffic-signs, level: class");
    assertThatThrownBy(() -> Bundle.load(bundle)).hasMessageContaining("remove 'table'");
    Shipped.edit(
        bundle,
        POLICY,
        "members: [local-int8], patch: 5, table: traffic-signs,",
        "members: [local-int8, res-int8], patch: 5,");
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("looks at the local scores of one member, not of 2");
  }
}
