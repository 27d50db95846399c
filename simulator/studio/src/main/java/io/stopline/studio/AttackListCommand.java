package io.stopline.studio;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.plugin.Attacks;
import io.stopline.evaluation.Report;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code stopline attacks list}. */
@Command(
    name = "list",
    description = {"Name the attacks that there are, those of third parties included.", ""})
final class AttackListCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    Report report = new Report("attacks list", common.seed());
    var all = report.fields().putArray("attacks");
    for (AttackProvider provider : Attacks.installed().all()) {
      console.say("%-14s %s", provider.name(), provider.summary());
      all.addObject().put("name", provider.name()).put("summary", provider.summary());
    }
    console.report(report.toJson());
    return ExitCode.OK;
  }

  /** Makes an attack. */
  static Attack make(String name, Map<String, String> options) {
    return Attacks.installed().byName(name, options);
  }

  /** Names of those that need no gradients. */
  static List<String> gradientFree() {
    return Attacks.installed().all().stream()
        .filter(
            p -> p.create(Map.of()).threatModel().knowledge() != ThreatModel.Knowledge.WHITE_BOX)
        .map(AttackProvider::name)
        .toList();
  }
}
