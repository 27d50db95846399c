package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is said of an attack run, before it is written as JSON or as a page.
 *
 * @param subject what was attacked, for people
 * @param repeat the command that repeats it
 * @param fallacies why the figures may flatter; said before all else
 * @param notes what else a reader must know
 * @param clean accuracy when nothing is done
 * @param robust share of all inputs that are right when clean and after every attack
 * @param success share of the inputs right when clean that an attack broke
 * @param attacks in their order
 * @param independent whether each attack got all inputs that are right when clean
 * @param sanity null if none were made
 * @param classes in order of the class index; those without inputs are left out
 * @param examples the smallest changes that won
 * @param guard null for a bare model
 * @param controls curves over the budget of a defence that is known to be broken; may be empty
 */
public record RobustnessReport(
    String subject,
    String repeat,
    List<Fallacy> fallacies,
    List<String> notes,
    Rate clean,
    Rate robust,
    Rate success,
    List<AttackFigures> attacks,
    boolean independent,
    @Nullable SanityFigures sanity,
    List<ClassFigures> classes,
    List<ExamplePicture> examples,
    @Nullable GuardFigures guard,
    List<ControlCurve> controls) {

  public RobustnessReport {
    fallacies = List.copyOf(fallacies);
    notes = List.copyOf(notes);
    attacks = List.copyOf(attacks);
    classes = List.copyOf(classes);
    examples = List.copyOf(examples);
    controls = List.copyOf(controls);
  }

  /** What each attack wants, knows, may change and may spend. */
  public List<ThreatRow> threats() {
    List<ThreatRow> rows = ThreatRow.of(attacks);
    GuardFigures known = guard;
    return known == null || !known.adaptive()
        ? rows
        : rows.stream()
            .map(
                row ->
                    new ThreatRow(
                        row.attack(),
                        row.threat().knowing(known.knowledge()),
                        row.inputs(),
                        row.asked()))
            .toList();
  }

  /** Whether the word robust may stand in what people read. */
  public boolean mayCallRobust() {
    return fallacies.isEmpty();
  }

  /** What the share of inputs that stand is called. */
  public String standingName() {
    return standingName(mayCallRobust());
  }

  /**
   * The one name of this share in all that people read of a run.
   *
   * @param mayCallRobust whether nothing speaks against the figures
   */
  public static String standingName(boolean mayCallRobust) {
    return mayCallRobust ? "robust accuracy" : "accuracy under these attacks";
  }

  /** Adds warnings and fields to a report that has what every command's report has. */
  public void fill(Report report) {
    fallacies.forEach(fallacy -> report.warn(fallacy.text()));
    if (!mayCallRobust()) {
      report.warn(
          "because of what stands above, robustAccuracy is only what these attacks left: nothing here is called robust");
    }
    notes.forEach(report::warn);
    ObjectNode fields = report.fields();
    fields.put("subject", subject);
    fields.put("robustWithheld", !mayCallRobust());
    ArrayNode found = fields.putArray("fallacies");
    fallacies.forEach(f -> found.addObject().put("rule", f.rule().id()).put("text", f.text()));
    fields.set("threatModels", ThreatRow.toJson(threats()));
    fields.set("cleanAccuracy", clean.toJson());
    fields.set("robustAccuracy", robust.toJson());
    fields.set("attackSuccessRate", success.toJson());
    if (guard != null) {
      guard.put(fields);
    }
    fields.put("independent", independent);
    ArrayNode all = fields.putArray("attacks");
    attacks.forEach(attack -> all.add(attack.toJson()));
    if (sanity != null) {
      fields.set("sanity", sanity.toJson());
    }
    if (!controls.isEmpty()) {
      fields.set("controls", ControlCurve.toJson(controls));
    }
    ArrayNode rows = fields.putArray("classes");
    for (ClassFigures each : classes) {
      rows.addObject()
          .put("name", each.name())
          .put("inputs", each.inputs())
          .put("clean", each.clean())
          .put("standing", each.standing());
    }
    fields.put("repeat", repeat);
  }
}
