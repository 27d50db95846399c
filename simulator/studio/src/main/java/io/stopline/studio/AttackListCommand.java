package io.stopline.studio;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.ThreatModel;
import io.stopline.evaluation.Report;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code stopline attack list}. */
@Command(
    name = "list",
    description = {"Name the attacks that there are, those of third parties included.", ""})
final class AttackListCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    Report report = new Report("attack list", common.seed());
    var all = report.fields().putArray("attacks");
    for (AttackProvider provider : providers()) {
      console.say("%-14s %s", provider.name(), provider.summary());
      all.addObject().put("name", provider.name()).put("summary", provider.summary());
    }
    console.report(report.toJson());
    return ExitCode.OK;
  }

  /** Every attack that there is, by name. */
  private static List<AttackProvider> providers() {
    List<AttackProvider> found = new ArrayList<>();
    ServiceLoader.load(AttackProvider.class).forEach(found::add);
    found.sort(Comparator.comparing(AttackProvider::name));
    return found;
  }

  /** Makes an attack. */
  static Attack make(String name, Map<String, String> options) {
    return providers().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new BadInputException("no attack '%s'".formatted(name)))
        .create(options);
  }

  /** Names of those that need no gradients. */
  static List<String> gradientFree() {
    return providers().stream()
        .filter(
            p -> p.create(Map.of()).threatModel().knowledge() != ThreatModel.Knowledge.WHITE_BOX)
        .map(AttackProvider::name)
        .toList();
  }
}
