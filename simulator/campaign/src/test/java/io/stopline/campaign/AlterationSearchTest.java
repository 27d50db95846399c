package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.SearchProgress;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.AlterationSearch.Kind;
import io.stopline.campaign.AlterationSearch.Knowledge;
import io.stopline.campaign.AlterationSearch.Settings;
import io.stopline.config.Bundle;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.sdk.image.Image;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Searches against the models that ship, through the renderer that ships. */
final class AlterationSearchTest {

  private static final int STOP = 14;

  private final AlterationSearch search = new AlterationSearch(bundle(), null);

  private static Bundle bundle() {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    return Bundle.load(root.resolve("firmware-config/bundles/traffic-signs"));
  }

  /** A drive of few frames, so that judging one does not take long. */
  private static DriveRenderer drive(long seed) {
    Scenario s = Approach.to(STOP, seed);
    Camera c = s.camera();
    return DriveRenderer.of(
        new Scenario(
            s.name(),
            s.seed(),
            new Camera(
                c.width(),
                c.height(),
                c.horizontalFieldOfViewDegrees(),
                8,
                c.heightMetres(),
                c.pitchDegrees(),
                c.distortionK1(),
                c.distortionK2(),
                c.exposureMillis(),
                c.exposureStops(),
                c.noise(),
                c.shakeDegrees(),
                c.jpegQuality()),
            s.vehicle(),
            s.light(),
            s.background(),
            s.signs().subList(0, 1)));
  }

  @Test
  void findsStickersThatFoolTheBareEnsembleOnViewsNotSeen() {
    DriveRenderer drive = drive(5);
    Found found =
        search.find(
            drive,
            0,
            new Settings(Kind.STICKERS, Knowledge.ENSEMBLE, 0.3, 6, 3000, 2),
            List.of(),
            1,
            SearchProgress.none());
    assertThat(found.alteration()).isInstanceOf(Stickers.class);
    assertThat(found.coveredShare()).isPositive().isLessThan(0.301);
    assertThat(found.queries()).isLessThanOrEqualTo(3000);
    assertThat(found.judged().ensembleErrors().value()).isGreaterThanOrEqualTo(Found.ENOUGH);
    assertThat(found.holds()).isTrue();
    assertThat(found.judged().wrongLabels()).isNotEmpty().doesNotContainKey(STOP);
    assertThat(found.threatModel().knowledge()).isEqualTo(ThreatModel.Knowledge.SCORE_QUERIES);
    assertThat(found.threatModel().guard()).isEqualTo(ThreatModel.GuardKnowledge.NONE);
    // The same drive without stickers is read right: it is the stickers that fool.
    assertThat(search.judge(drive, 0, null, 1).ensembleErrors().value()).isLessThan(0.05);
    assertThat(search.judge(drive, 0, found.alteration(), 1).ensembleErrors().value())
        .isGreaterThanOrEqualTo(Found.ENOUGH);
  }

  @Test
  void theSameSeedFindsTheSameOnAnyNumberOfThreads() {
    DriveRenderer drive = drive(6);
    Found one = find(drive, Kind.SHADOW, Knowledge.ENSEMBLE, 1);
    Found two = find(drive, Kind.SHADOW, Knowledge.ENSEMBLE, 2);
    assertThat(one.alteration()).isInstanceOf(Shadow.class).isEqualTo(two.alteration());
    assertThat(one.judged()).isEqualTo(two.judged());
    assertThat(one.queries()).isEqualTo(two.queries()).isLessThanOrEqualTo(200);
  }

  @Test
  void theAdaptiveAttackerAsksTheWholeGuard() {
    Found found = find(drive(7), Kind.GRAFFITI, Knowledge.GUARD, 2);
    assertThat(found.alteration()).isInstanceOf(Graffiti.class);
    assertThat(found.threatModel().guard()).isEqualTo(ThreatModel.GuardKnowledge.QUERIES);
    assertThat(found.holds()).isEqualTo(found.judged().wrongAccepted().value() >= Found.ENOUGH);
  }

  private Found find(DriveRenderer drive, Kind kind, Knowledge knowledge, int threads) {
    return search.find(
        drive,
        0,
        new Settings(kind, knowledge, 0.15, 6, 200, threads),
        List.of(),
        1,
        SearchProgress.none());
  }

  @Test
  void aViewIsWhatTheFrameShowsThere() {
    DriveRenderer drive = drive(8);
    DriveViews views = new DriveViews(drive, 0);
    SignViews.Viewer viewer = views.open();
    viewer.show(null);
    int frame = views.nearFrames().get(views.nearFrames().size() / 2);
    Image crop = viewer.frame(frame, 0);
    Image whole = ImageFiles.decode(drive.jpeg(frame), "frame " + frame);
    Image there =
        whole.view(
            SignCrop.around(drive.truth(frame).signs().get(0), whole.width(), whole.height()));
    assertThat(crop.width()).isEqualTo(there.width());
    long off = 0;
    for (int y = 0; y < there.height(); y++) {
      for (int x = 0; x < there.width(); x++) {
        off += Math.abs((crop.rgb(x, y) & 0xff) - (there.rgb(x, y) & 0xff));
      }
    }
    // JPEG's blocks are the same; only colours at the window's edge lack their neighbours.
    assertThat(off / (double) (there.width() * there.height())).isLessThan(0.3);
  }

  @Test
  void aSignThatIsNeverNearIsRefusedWithACure() {
    Scenario s = drive(9).scenario();
    Vehicle v = s.vehicle();
    Scenario far =
        new Scenario(
            "far",
            s.seed(),
            s.camera(),
            new Vehicle(v.speedMetresPerSecond(), v.fromMetres() - 60, v.fromMetres() - 50, 0),
            s.light(),
            s.background(),
            s.signs());
    assertThatThrownBy(() -> search.judge(DriveRenderer.of(far), 0, null, 1))
        .hasMessageContaining("never 20 px high")
        .hasMessageContaining("drive nearer");
  }
}
