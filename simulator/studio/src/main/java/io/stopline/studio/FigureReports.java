package io.stopline.studio;

import io.stopline.campaign.hardening.FigureRun;
import io.stopline.campaign.hardening.ModelFigures;
import io.stopline.campaign.hardening.ModelFigures.AtBudget;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evaluation.robustness.RobustnessReport;
import java.util.List;

/** What commands share that make a model file and measure it. */
final class FigureReports {

  private FigureReports() {}

  /** Says which data the figures are of, and notes a look at test data. */
  static void data(
      Console console,
      Report report,
      List<String> notes,
      Dataset data,
      Split split,
      String command) {
    report.data(data.name(), split.name(), split.samples().size(), split.signs());
    notes.addAll(data.notes());
    report.hash("data", split.sha256());
    if (!split.name().equals("test")) {
      return;
    }
    TestLook.note(console, report, command, "none", notes::add);
  }

  /** Measures a file with its progress shown. */
  static ModelFigures measure(Console console, FigureRun run, Role role, ModelReading model) {
    try (Progress progress = console.progress("measuring " + role.words())) {
      return run.measure(role, model, new Share(progress)::to);
    }
  }

  /** Prints what was measured. */
  static void say(Console console, String split, List<ModelFigures> models) {
    console.say("%nfigures on split '%s'", split);
    for (ModelFigures model : models) {
      console.say("  %s (%s)", model.role().words(), model.file());
      console.say("    %-36s %s", "clean accuracy", model.clean());
      for (AtBudget at : model.attacked()) {
        console.say(
            "    %-36s %s",
            RobustnessReport.standingName(model.fallacies().isEmpty())
                + " at "
                + Html.budget(at.epsilon(), true),
            at.run().robustAccuracy());
      }
    }
  }
}
