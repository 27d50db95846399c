package io.stopline.studio;

import io.stopline.campaign.DriveResult;
import io.stopline.campaign.FrameJudgement;
import io.stopline.campaign.stills.StillResult;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.export.Attribute;
import io.stopline.evaluation.export.Box;
import io.stopline.evaluation.export.Detected;
import io.stopline.evaluation.export.ExportedFrame;
import io.stopline.evaluation.export.FrameSet;
import io.stopline.evaluation.export.Outline;
import io.stopline.evaluation.export.PinholeCamera;
import io.stopline.evaluation.export.TrueObject;
import io.stopline.evaluation.export.VerdictAttributes;
import io.stopline.evaluation.road.GtsrbClasses;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Pixel;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.pipeline.FrameResult.TrackedObject;
import io.stopline.sdk.pipeline.LabelChange;
import io.stopline.studio.camera.Film;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Filmed drives, and what an agent made of them, as the frames that other tools get. Found is what
 * the agent follows, from the third sighting on, and its finder saw in that very frame.
 */
final class DriveExport {

  /** The class of light that only pretends to be a sign. */
  static final String PHANTOM = "phantom";

  private final List<String> labels;
  private final String command;

  /**
   * @param labels of the policy's models, by class
   * @param command that films the drive
   */
  DriveExport(List<String> labels, String command) {
    this.labels = List.copyOf(labels);
    this.command = command;
  }

  /**
   * A rendered drive.
   *
   * @param judged what came of it; null where nobody looked
   */
  FrameSet rendered(DriveRenderer drive, Film film, @Nullable DriveResult judged) {
    List<ExportedFrame> frames = new ArrayList<>();
    for (int f = 0; f < film.frames(); f++) {
      int frame = f;
      frames.add(
          new ExportedFrame(
              DriveFolder.frameName(f),
              drive.scenario().camera().width(),
              drive.scenario().camera().height(),
              film.truth(f).seconds(),
              film.truth(f).signs().stream()
                  .map(
                      s ->
                          sign(
                              "sign " + s.sign(),
                              s,
                              drive.outline(frame, s.sign()),
                              drive.scenario().signs().get(s.sign()).alteration()))
                  .toList(),
              judged == null ? List.of() : found("", judged.frames().get(f))));
    }
    var camera = drive.scenario().camera();
    return new FrameSet(
        drive.scenario().name(),
        command,
        Version.current(),
        labels,
        judged != null,
        new PinholeCamera(new Lens(camera).focal(), camera.distortionK1(), camera.distortionK2()),
        frames);
  }

  /**
   * Drives through photographs, their frames numbered one drive after the other.
   *
   * @param judged what came of each; null where nobody looked
   */
  FrameSet stills(String name, List<Still> stills, @Nullable List<StillResult> judged) {
    List<ExportedFrame> frames = new ArrayList<>();
    for (int i = 0; i < stills.size(); i++) {
      Still still = stills.get(i);
      String prefix = still.name() + " ";
      for (int f = 0; f < still.film().frames(); f++) {
        frames.add(
            new ExportedFrame(
                DriveFolder.frameName(frames.size()),
                still.drive().width(),
                still.drive().height(),
                // Each drive has a clock of its own.
                Double.NaN,
                still.film().truth(f).signs().stream()
                    .map(s -> sign(prefix + "sign " + s.sign(), s, List.of(), null))
                    .toList(),
                judged == null ? List.of() : found(prefix, judged.get(i).drive().frames().get(f))));
      }
    }
    return new FrameSet(name, command, Version.current(), labels, judged != null, null, frames);
  }

  private TrueObject sign(
      String object, SignTruth truth, List<List<Pixel>> outline, @Nullable Alteration alteration) {
    List<Attribute> attributes = new ArrayList<>();
    if (!Double.isNaN(truth.distanceMetres())) {
      attributes.add(new Attribute.Num("distanceMetres", truth.distanceMetres()));
    }
    attributes.add(new Attribute.Num("heightPixels", truth.heightPixels()));
    attributes.add(new Attribute.Num("visibleShare", truth.visibleShare()));
    attributes.add(new Attribute.Flag("altered", alteration != null));
    if (alteration != null) {
      attributes.add(new Attribute.Text("alteration", alteration.choose(new AlterationName())));
    }
    if (truth.pretendedClass() >= 0) {
      attributes.add(new Attribute.Text("pretendedLabel", label(truth.pretendedClass())));
    }
    return new TrueObject(
        object,
        label(truth.signClass()),
        truth.signClass() >= 0,
        Box.of(truth.box()),
        outline.stream().map(DriveExport::polygon).toList(),
        attributes);
  }

  /** Of a class that the models do not know, the benchmark's own name. */
  private String label(int signClass) {
    if (signClass < 0) {
      return PHANTOM;
    }
    return signClass < labels.size() ? labels.get(signClass) : GtsrbClasses.NAMES.get(signClass);
  }

  private static Outline polygon(List<Pixel> corners) {
    List<Double> points = new ArrayList<>();
    for (Pixel corner : corners) {
      points.add(thousandths(corner.x()));
      points.add(thousandths(corner.y()));
    }
    return new Outline(points);
  }

  /** Finer than the renderer's own error, and half as long in a file. */
  private static double thousandths(double pixels) {
    return Math.round(pixels * 1000) / 1000.0;
  }

  private static List<Detected> found(String prefix, FrameJudgement frame) {
    List<Detected> found = new ArrayList<>();
    for (TrackedObject object : frame.objects()) {
      Detection seen = object.found();
      if (seen != null) {
        found.add(found(prefix, object, seen));
      }
    }
    return found;
  }

  private static Detected found(String prefix, TrackedObject object, Detection seen) {
    // A verdict of an earlier frame says nothing of this one.
    Verdict verdict = object.inspected() ? object.verdict() : null;
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(new Attribute.Num("finderProbability", seen.probability()));
    if (verdict != null) {
      attributes.addAll(VerdictAttributes.of(verdict));
    }
    LabelChange released = object.released();
    if (released != null) {
      attributes.add(new Attribute.Text("released", released.labelName()));
    }
    return new Detected(
        prefix + "track " + object.track(),
        verdict == null ? null : VerdictAttributes.label(verdict),
        Box.of(seen.box()),
        verdict == null || Float.isNaN(verdict.verifierProbability())
            ? seen.probability()
            : verdict.signScore(),
        attributes);
  }
}
