package io.stopline.evaluation.export;

import io.stopline.evaluation.Version;
import io.stopline.evaluation.road.JudgedFrame;
import io.stopline.evaluation.road.RoadEvaluation;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.guard.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Road frames with their labelled signs and what a policy proposes in them, each find judged as a
 * track of one frame. Signs that are not to be judged are of the class {@link #OTHER}. Finds below
 * the policy's threshold, which an agent never sees, are left out.
 */
public final class RoadFrameSet {

  /** A sign of no class that the models know, or one that is marked as not to be judged. */
  public static final String OTHER = "other sign";

  private RoadFrameSet() {}

  /**
   * All frames of an evaluation.
   *
   * @param folder that the pictures' names are relative to
   * @param labels of the policy's models, by index
   */
  public static FrameSet of(
      String name, String command, RoadEvaluation evaluation, Path folder, List<String> labels) {
    return new FrameSet(
        name,
        command,
        Version.current(),
        labels,
        true,
        null,
        evaluation.frames().stream().map(f -> frame(f, folder, labels)).toList());
  }

  private static ExportedFrame frame(JudgedFrame judged, Path folder, List<String> labels) {
    RoadFrame frame = judged.frame();
    List<TrueObject> truth = new ArrayList<>();
    for (int s = 0; s < frame.signs().size(); s++) {
      SignBox sign = frame.signs().get(s);
      truth.add(
          new TrueObject(
              "%s sign %d".formatted(frame.name(), s),
              sign.known() ? labels.get(sign.label()) : OTHER,
              sign.known(),
              Box.of(sign.region()),
              List.of(),
              List.of()));
    }
    List<Detected> found = new ArrayList<>();
    for (JudgedFrame.Entry entry : judged.proposed()) {
      found.add(found("%s find %d".formatted(frame.name(), found.size()), entry));
    }
    String file =
        folder
            .toAbsolutePath()
            .normalize()
            .relativize(frame.file().toAbsolutePath().normalize())
            .toString()
            .replace('\\', '/');
    return new ExportedFrame(file, frame.width(), frame.height(), Double.NaN, truth, found);
  }

  private static Detected found(String object, JudgedFrame.Entry entry) {
    Verdict verdict = entry.judged().verdict();
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(new Attribute.Num("finderProbability", entry.matched().find().probability()));
    attributes.addAll(VerdictAttributes.of(verdict));
    attributes.add(
        new Attribute.Text("kind", entry.matched().kind().name().toLowerCase(Locale.ROOT)));
    attributes.add(new Attribute.Num("overlap", entry.matched().overlap()));
    return new Detected(
        object,
        VerdictAttributes.label(verdict),
        Box.of(entry.matched().find().box()),
        entry.matched().score(),
        attributes);
  }
}
