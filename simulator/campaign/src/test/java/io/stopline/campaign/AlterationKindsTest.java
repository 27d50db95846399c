package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.campaign.AlterationSearch.Knowledge;
import io.stopline.campaign.AlterationSearch.Settings;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.alteration.Stripes;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AlterationKindsTest {

  /** Octagon, triangle, disc. */
  private static final int[] CLASSES = {14, 13, 1};

  @Test
  void everyKindHasAWordThatScenarioFilesKnow() throws IOException {
    List<String> known = new ArrayList<>();
    new ObjectMapper()
        .readTree(ScenarioFile.schema())
        .at("/$defs/alteration/properties")
        .fieldNames()
        .forEachRemaining(known::add);
    assertThat(known).containsAll(AlterationKinds.words());
    for (Kind kind : Kind.values()) {
      assertThat(AlterationKinds.named(AlterationKinds.word(kind))).isEqualTo(kind);
      assertThat(AlterationKinds.of(kind).kind()).isEqualTo(kind);
      assertThat(AlterationKinds.of(kind).areaShare()).isGreaterThan(0).isLessThanOrEqualTo(1);
    }
    assertThat(AlterationKinds.word(Kind.LENS_DOTS)).isEqualTo("lensDots");
    assertThatThrownBy(() -> AlterationKinds.named("rings"))
        .hasMessageContaining("no alteration is called 'rings'")
        .hasMessageContaining("ring, stripes");
  }

  @Property(tries = 3)
  void whateverIsDoneToAVectorItKeepsTheBudgetOfItsKind(
      @ForAll long seed, @ForAll @IntRange(max = 2) int which) {
    Shape outline = SignArt.of(CLASSES[which]).outline();
    for (Kind kind : Kind.values()) {
      AlterationKinds.Usual usual = AlterationKinds.of(kind);
      Settings settings = AlterationKinds.settings(kind, Knowledge.ENSEMBLE, 1000, 1);
      RandomStream random = new RandomStream(RandomStream.derive(seed, kind.name().length()));
      AlterationSpace space = AlterationSearch.space(outline, settings);
      double[] a = space.random(random);
      double[] b = space.random(random);
      for (int i = 0; i < 6; i++) {
        double[] before = a.clone();
        double[] c = space.cross(space.change(a, 1, random), b, random);
        assertThat(a).as(kind.toString()).isEqualTo(before);
        Alteration found = space.decode(c);
        if (usual.bounded()) {
          assertThat(AlterationPainter.coveredShare(outline, found))
              .as(found.toString())
              .isLessThanOrEqualTo(usual.areaShare() + 0.012);
        }
        assertThat(irradiance(found)).as(found.toString()).isLessThanOrEqualTo(usual.irradiance());
        if (AlterationKinds.addsLight(kind)) {
          assertThat(irradiance(found)).as(found.toString()).isNotNegative();
        }
        a = c;
      }
    }
  }

  /** Of the strongest light of an alteration. */
  private static double irradiance(Alteration a) {
    if (a instanceof ProjectedLight p) {
      return p.irradiance();
    }
    if (a instanceof Laser l) {
      return l.irradiance();
    }
    if (a instanceof Infrared i) {
      return i.irradiance();
    }
    if (a instanceof Phantom p) {
      return p.irradiance();
    }
    if (a instanceof Stripes s) {
      return s.lamps().stream().mapToDouble(Stripes.Lamp::irradiance).max().orElseThrow();
    }
    return 0;
  }

  @ParameterizedTest
  @EnumSource
  void aVectorStandsForOneAlterationAndBack(Kind kind) {
    Shape outline = SignArt.of(14).outline();
    Settings settings = AlterationKinds.settings(kind, Knowledge.ENSEMBLE, 1000, 1);
    AlterationSpace space = AlterationSearch.space(outline, settings);
    RandomStream random = new RandomStream(7);
    for (int i = 0; i < 5; i++) {
      double[] v = space.random(random);
      double[] back = space.encode(space.decode(v));
      assertThat(back).hasSameSizeAs(v);
      if (kind != Kind.GRAFFITI) {
        Alteration one = space.decode(v);
        Alteration other = space.decode(back);
        assertThat(AlterationPainter.coveredShare(outline, other))
            .isCloseTo(AlterationPainter.coveredShare(outline, one), within(0.01));
        assertThat(irradiance(other)).isCloseTo(irradiance(one), within(1e-6));
      }
    }
    Alteration another =
        kind == Kind.LASER
            ? new Phantom(Phantom.Art.SIGN, 1, 1, 0, Phantom.Surface.WALL)
            : new Laser(0.5, 0.5, 0, 0.1, 532, 1);
    assertThatThrownBy(() -> space.encode(another)).hasMessageContaining("cannot begin from");
  }

  @ParameterizedTest
  @EnumSource
  void theControlOfWhatIsFoundIsAnotherAlteration(Kind kind) {
    Shape outline = SignArt.of(14).outline();
    Settings settings = AlterationKinds.settings(kind, Knowledge.ENSEMBLE, 1000, 1);
    AlterationSpace space = AlterationSearch.space(outline, settings);
    Alteration found = space.decode(space.random(new RandomStream(3)));
    Alteration control = AlterationKinds.benign(found, outline, 5);
    assertThat(control).isNotEqualTo(found).isEqualTo(AlterationKinds.benign(found, outline, 5));
  }

  @Test
  void theConditionsAreThoseInWhichAnAlterationIsSeen() {
    Scenario drive = Approach.to(14, 3);
    assertThat(AlterationKinds.conditions(Kind.RING, drive)).isEqualTo(drive);
    Scenario striped = AlterationKinds.conditions(Kind.STRIPES, drive);
    assertThat(striped.camera().exposureMillis()).isLessThanOrEqualTo(0.25);
    assertThat(striped.camera().lineMicros()).isPositive();
    assertThat(AlterationKinds.conditions(Kind.REFLECTOR, drive).light().headlights()).isPositive();
    Scenario filtered = drive.with(drive.camera().filtering(1));
    assertThat(AlterationKinds.conditions(Kind.INFRARED, filtered).camera().infraredCut()).isZero();
  }

  @Test
  void moreLightThanAnyLampGivesIsRefused() {
    assertThatThrownBy(() -> new Settings(Kind.LASER, Knowledge.ENSEMBLE, 0.1, 6, 100, 1, 21))
        .hasMessageContaining("search for laser: irradiance is 21.0");
    ThreatModel.Area budget =
        AlterationKinds.of(Kind.LASER)
            .budget(new Settings(Kind.LASER, Knowledge.ENSEMBLE, 0.1, 6, 100, 1, 5), 4);
    assertThat(budget.irradiance()).isEqualTo(5);
    assertThat(budget.describe()).contains("10 % of the sign, light of at most 5 times");
  }
}
