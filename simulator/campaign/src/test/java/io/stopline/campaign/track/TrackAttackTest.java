package io.stopline.campaign.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.Judged;
import io.stopline.campaign.track.TrackSettings.Kind;
import io.stopline.campaign.track.TrackSettings.Knowledge;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the models and the guard that ship, through the renderer that ships. */
final class TrackAttackTest {

  private static final int NO_ENTRY = 17;

  /** Of the tracks that are attacked together. */
  private static final long SEED = 9;

  private static TrackAttack attack;
  private static TrackScene scene;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    attack = TrackAttack.open(Signs.bundle(), "int8", "float32");
    scene = TrackScene.of(Signs.drive(NO_ENTRY, 5), 0);
  }

  @AfterAll
  static void close() {
    attack.close();
  }

  private static TrackSettings settings(Kind kind, Knowledge knowledge, int steps) {
    return new TrackSettings(kind, knowledge, 0.3, 6, steps, 4, 1);
  }

  @Test
  void aPosterFoolsTheExactMembersOnTheExactPictures() {
    FoundForTrack found =
        attack.find(scene, settings(Kind.POSTER, Knowledge.MEMBERS, 24), folder, 1);
    assertThat(found.alteration()).isInstanceOf(Poster.class);
    assertThat(found.coveredShare()).isBetween(0.2, 0.301);
    assertThat(found.judged().ensembleErrors().value()).isGreaterThanOrEqualTo(0.8);
    assertThat(found.threatModel().knowledge()).isEqualTo(ThreatModel.Knowledge.WHITE_BOX);
    assertThat(found.threatModel().guard()).isEqualTo(ThreatModel.GuardKnowledge.NONE);
    // The figures are those of what lies in the folder, and not of some other place or colours.
    Judged clean = attack.judge(scene, null, 3);
    assertThat(clean.ensembleErrors().value()).isZero();
    Poster poster = (Poster) found.alteration();
    Alteration beside = new Poster(0.5, 0.5, 0.5, 0.5, 0, poster.image());
    assertThat(attack.judge(scene, beside, 3).ensembleErrors().value())
        .isLessThan(found.judged().ensembleErrors().value());
  }

  @Test
  void stickersKeepTheirBudgetAndAreTheSameAmongManyTracks() {
    TrackSettings few = settings(Kind.STICKERS, Knowledge.GUARD, 4);
    FoundForTrack found = attack.find(scene, few, folder, RandomStream.derive(SEED, 1));
    assertThat(found.alteration()).isInstanceOf(Stickers.class);
    assertThat(found.coveredShare()).isBetween(0.1, 0.301);
    assertThat(found.threatModel().guard()).isEqualTo(ThreatModel.GuardKnowledge.CALIBRATION);
    assertThat(found.threatModel().budget().queries()).isEqualTo(found.views());
    AttackedTracks tracks = new AttackedTracks(Signs.bundle(), "int8", "float32");
    List<FoundForTrack> two =
        tracks.run(List.of(() -> scene, () -> scene), few, folder, 2, SEED, () -> {});
    assertThat(two.get(1).alteration()).isEqualTo(found.alteration());
    assertThat(two.get(1).judged()).isEqualTo(found.judged());
    assertThat(two.get(0).alteration()).isNotEqualTo(found.alteration());
  }

  @Test
  void settingsOutOfRangeAreRefusedByName() {
    assertThatThrownBy(() -> new TrackSettings(Kind.POSTER, Knowledge.GUARD, 0, 6, 40, 8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("area share");
    assertThatThrownBy(() -> new TrackSettings(Kind.STICKERS, Knowledge.GUARD, 0.15, 0, 40, 8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pieces");
  }
}
