package io.stopline.studio;

import io.stopline.evaluation.Report;
import io.stopline.training.Augmentation;
import io.stopline.training.TrainingPlan;
import io.stopline.training.architecture.Architecture;
import io.stopline.training.method.Methods;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stopline harden list}. */
@Command(
    name = "list",
    description = {"Name the training methods, with all their settings.", ""})
final class HardenListCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "One method, with its settings and those of schedule and augmentation.")
  private @Nullable String name;

  @Override
  public Integer call() {
    Console console = common.console();
    Report report = new Report("harden list", common.seed());
    List<Methods.Description> methods =
        name == null ? Methods.all() : List.of(Methods.describe(name));
    var all = report.fields().putArray("methods");
    for (Methods.Description method : methods) {
      console.say("%-20s %s", method.name(), method.description());
      if (!method.teachers().isEmpty()) {
        console.say("%-20s   --teacher: %s", "", method.teachers());
      }
      var node =
          all.addObject().put("name", method.name()).put("description", method.description());
      node.put("teachers", method.teachers());
      var settings = node.putArray("settings");
      for (Methods.Setting setting : method.settings()) {
        if (name != null) {
          console.say(
              "  %-18s %s (default: %s)", setting.name(), setting.meaning(), setting.otherwise());
        }
        settings
            .addObject()
            .put("name", setting.name())
            .put("default", setting.otherwise())
            .put("meaning", setting.meaning());
      }
    }
    if (name != null) {
      console.say("");
      console.say("schedule, with what holds for a trained file / for fresh weights:");
      Map<String, String> fresh = TrainingPlan.fresh().settings();
      TrainingPlan.finetuning()
          .settings()
          .forEach(
              (key, value) -> {
                if (!key.equals("seed")) {
                  console.say("  %-18s %s / %s", key, value, fresh.get(key));
                }
              });
      console.say(
          "  %-18s share of every batch that comes from --also; not given: as they come",
          "also-share");
      console.say("");
      console.say("augmentation, mild / strong / heavy (augment=none, mild, strong, heavy):");
      Map<String, String> strong = Augmentation.strong().settings();
      Map<String, String> heavy = Augmentation.heavy().settings();
      Augmentation.mild()
          .settings()
          .forEach(
              (key, value) ->
                  console.say("  %-18s %s / %s / %s", key, value, strong.get(key), heavy.get(key)));
    }
    console.say("");
    console.say(
        "architectures to start from: %s, or a YAML file", String.join(", ", Architecture.names()));
    var architectures = report.fields().putArray("architectures");
    Architecture.names().forEach(architectures::add);
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
