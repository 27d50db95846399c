package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.ScoreTarget;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.AlterationSearch.Goal;
import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.campaign.AlterationSearch.Knowledge;
import io.stopline.campaign.AlterationSearch.Settings;
import io.stopline.config.Bundle;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.sign.SignArt;
import io.stopline.tflite.RuntimeOptions;
import java.awt.Shape;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Attackers who are after something else than a wrong label, and the shipped guard. */
class GoalsTest {

  private static final int STOP = 14;
  private static final int SAMPLES = 24;

  private final Bundle bundle =
      Bundle.load(
          Path.of(System.getProperty("stopline.root", "../.."))
              .resolve("firmware-config/bundles/traffic-signs"));
  private final AlterationSearch search = new AlterationSearch(bundle, "int8");
  private final DriveRenderer drive = DriveRenderer.of(Approach.to(STOP, 5));
  private final Shape outline = SignArt.of(STOP).outline();

  private static Settings settings(Goal goal, long queries) {
    return new Settings(Kind.STICKERS, goal, Knowledge.GUARD, 0.3, 6, queries, 1, 0);
  }

  /** Mean margin: what an attacker lowers. */
  private double margin(ScoreTarget.Session session, @Nullable Alteration on, Settings settings) {
    if (on != null) {
      session.present(AlterationSearch.space(outline, settings).encode(on));
    }
    double sum = 0;
    for (int i = 0; i < SAMPLES; i++) {
      sum += session.ask(i).margin();
    }
    return sum / SAMPLES;
  }

  @Test
  void whoIsAfterTheCostHasAllChecksLookAtMoreFrames() {
    Settings settings = settings(Goal.COST, 300);
    Searched found = search.search(drive, 0, settings, List.of(), 1);
    assertThat(found.threatModel().goal()).isEqualTo(ThreatModel.Goal.COST);
    SignViews.Viewer viewer = new DriveViews(drive, 0, 3).open();
    viewer.show(null);
    try (CostSession session =
        new CostSession(
            bundle,
            "int8",
            RuntimeOptions.defaults(),
            viewer,
            AlterationSearch.space(outline, settings),
            3)) {
      double clean = margin(session, null, settings);
      assertThat(clean).isPositive();
      assertThat(margin(session, found.alteration(), settings)).isLessThan(clean - 0.1);
    }
  }

  @Test
  void whoIsAfterTheBoxShiftsIt() {
    Settings settings = settings(Goal.BOX, 150);
    Searched found = search.search(drive, 0, settings, List.of(), 1);
    assertThat(found.threatModel().goal()).isEqualTo(ThreatModel.Goal.SHIFT);
    try (BoxSession session =
        new BoxSession(
            bundle,
            "int8",
            RuntimeOptions.defaults(),
            drive,
            0,
            new DriveViews(drive, 0).nearFrames(),
            AlterationSearch.space(outline, settings),
            3)) {
      double clean = margin(session, null, settings);
      assertThat(clean).isGreaterThan(0.2);
      assertThat(margin(session, found.alteration(), settings)).isLessThan(clean);
    }
  }

  @Test
  void whoAsksTheModelsAloneCanBeAfterTheLabelAlone() {
    assertThatThrownBy(
            () -> new Settings(Kind.STICKERS, Goal.COST, Knowledge.ENSEMBLE, 0.1, 1, 100, 1, 0))
        .hasMessageContaining("only who asks the guard");
  }
}
