package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.campaign.SignCrop;
import io.stopline.evaluation.Report;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.scenario.Sign;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stopline scenario check}. */
@Command(
    name = "check",
    description = {"Say what is wrong in a scenario file, or what its drive shows.", ""},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the scenario is good", "2:it is not", "3:Stopline or the machine failed"})
final class ScenarioCheckCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "SCENARIO.yaml", description = "The drive; see docs/scenarios.md.")
  private Path file;

  @Override
  public Integer call() {
    Console console = common.console();
    Scenario scenario = ScenarioFile.read(file);
    // Reads its pictures as well.
    DriveRenderer drive = DriveRenderer.of(scenario);
    double metres = scenario.vehicle().toMetres() - scenario.vehicle().fromMetres();
    console.say(
        "%s: %d frames of %d×%d px, %.1f m in %.1f s at %.0f km/h, %d signs",
        scenario.name(),
        drive.frames(),
        scenario.camera().width(),
        scenario.camera().height(),
        metres,
        metres / scenario.vehicle().speedMetresPerSecond(),
        3.6 * scenario.vehicle().speedMetresPerSecond(),
        scenario.signs().size());
    Report report = new Report("scenario check", scenario.seed());
    ArrayNode signs = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < scenario.signs().size(); i++) {
      Sign sign = scenario.signs().get(i);
      Shown shown = shown(drive, i);
      String alteration = alteration(sign.alteration());
      console.say(
          "sign %d: class %d, %s; in %d frames, near in %d, at most %.0f px high%s",
          i,
          sign.signClass(),
          alteration,
          shown.frames,
          shown.near,
          shown.highest,
          shown.near == 0 ? " (nobody will have to read it)" : "");
      signs
          .addObject()
          .put("class", sign.signClass())
          .put("alteration", alteration)
          .put("frames", shown.frames)
          .put("nearFrames", shown.near)
          .put("highestPixels", shown.highest);
    }
    report
        .fields()
        .put("scenario", scenario.name())
        .put("frames", drive.frames())
        .put("width", scenario.camera().width())
        .put("height", scenario.camera().height());
    report.put("signs", signs);
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private static Shown shown(DriveRenderer drive, int index) {
    int frames = 0;
    int near = 0;
    double highest = 0;
    for (int frame = 0; frame < drive.frames(); frame++) {
      for (SignTruth sign : drive.truth(frame).signs()) {
        if (sign.sign() == index) {
          frames++;
          near += SignCrop.isNear(sign) ? 1 : 0;
          highest = Math.max(highest, sign.heightPixels());
        }
      }
    }
    return new Shown(frames, near, highest);
  }

  private static String alteration(@Nullable Alteration alteration) {
    return alteration == null
        ? "nothing on it"
        : alteration.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private record Shown(int frames, int near, double highest) {}
}
