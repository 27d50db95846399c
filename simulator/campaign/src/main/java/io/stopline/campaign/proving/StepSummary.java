package io.stopline.campaign.proving;

import io.stopline.evaluation.Rate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A campaign in Markdown, as CI servers show it below a job. Stateless. */
public final class StepSummary {

  private StepSummary() {}

  /**
   * Writes the summary.
   *
   * @param gate null where the campaign has none
   * @param command that repeats the run
   */
  public static String of(
      String campaign, Figures figures, @Nullable GateResult gate, String command) {
    StringBuilder text = new StringBuilder("## Campaign " + campaign + "\n\n");
    if (gate != null) {
      text.append(gate.passed() ? "**Gate passed**" : "**Gate failed**")
          .append(" for ")
          .append(gate.guard())
          .append(".\n\n");
      gate.closed().forEach(reason -> text.append("- closed: ").append(reason).append('\n'));
      text.append("| criterion | measured | |\n|---|---|---|\n");
      for (GateResult.Checked c : gate.criteria()) {
        text.append("| ")
            .append(c.criterion().words())
            .append(" | ")
            .append(c.rate())
            .append(" | ")
            .append(c.passed() ? "passed" : "**failed**")
            .append(" |\n");
      }
      text.append('\n');
    }
    List<String> guards = figures.names(Row::guard);
    text.append("| tracks | guard | undetected | suspected | right in time | sign run |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (String of : figures.variants()) {
      for (String guard : guards) {
        text.append("| ").append(of).append(" | ").append(guard);
        for (Figure figure :
            List.of(Figure.UNDETECTED, Figure.SUSPECTED, Figure.RIGHT_IN_TIME, Figure.SIGN_RUN)) {
          Rate rate = figures.rate(figure, guard, of, null, null);
          text.append(" | ").append(rate);
        }
        text.append(" |\n");
      }
    }
    return text.append("\n`").append(command).append("`\n").toString();
  }
}
