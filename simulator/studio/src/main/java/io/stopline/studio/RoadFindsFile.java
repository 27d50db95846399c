package io.stopline.studio;

import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Csv;
import io.stopline.evaluation.road.JudgedFind;
import io.stopline.evaluation.road.JudgedFrame;
import io.stopline.evaluation.road.MatchedFind;
import io.stopline.evaluation.road.RoadEvaluation;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Every find as a line of a table, in the order of frames, best first. The first five columns are
 * those of {@code ignore.csv}: the tight box, px, both ends inclusive.
 */
final class RoadFindsFile {

  private static final String HEADER =
      "image,left,top,right,bottom,score,finder,verifier,kind,class,className,overlap,proposed,decision,label,labelName,probability";

  private RoadFindsFile() {}

  /**
   * Writes the table.
   *
   * @param labels names of the classes, by index
   * @throws IOException if the file cannot be written
   */
  static void write(RoadEvaluation result, List<String> labels, Path file) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (JudgedFrame frame : result.frames()) {
      for (JudgedFrame.Entry find : frame.finds()) {
        text.append(line(frame, find, labels)).append('\n');
      }
    }
    WholeFile.write(file, text.toString());
  }

  private static String line(JudgedFrame frame, JudgedFrame.Entry entry, List<String> labels) {
    MatchedFind matched = entry.matched();
    JudgedFind judged = entry.judged();
    Verdict verdict = judged.verdict();
    Region box = matched.find().box();
    int truth = matched.sign() < 0 ? -1 : frame.frame().signs().get(matched.sign()).label();
    float given = verdict.verifierProbability();
    String verifier = Float.isNaN(given) ? "" : number(given);
    return String.join(
        ",",
        Csv.quote(frame.frame().name()),
        Integer.toString(box.x()),
        Integer.toString(box.y()),
        Integer.toString(box.x() + box.width() - 1),
        Integer.toString(box.y() + box.height() - 1),
        number(matched.score()),
        number(matched.find().probability()),
        verifier,
        matched.kind().name().toLowerCase(Locale.ROOT),
        truth < 0 ? "" : Integer.toString(truth),
        truth < 0 ? "" : Csv.quote(labels.get(truth)),
        number(matched.overlap()),
        judged.proposed() ? "yes" : "no",
        verdict.decision().name(),
        verdict.label() < 0 ? "" : Integer.toString(verdict.label()),
        verdict.label() < 0 ? "" : Csv.quote(verdict.labelName()),
        number(verdict.probability()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
