package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.config.ModelManifestFile;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.model.ClassMap;
import io.stopline.evaluation.model.CleanCheck;
import io.stopline.evaluation.model.CleanFigures;
import io.stopline.evaluation.model.InModelOrder;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.model.ReadingOptions;
import io.stopline.evaluation.model.SameMeaning;
import io.stopline.evaluation.model.ScoreKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user's model as it is read, and the data in its order: what every command does first that takes
 * both.
 *
 * @param model as it is read
 * @param classes how its outputs and the data's classes are paired
 * @param own the data in its own order
 * @param data the data in the model's order
 * @param figures what clean images say of the reading
 */
record ReadModel(
    ModelReading model, ClassMap classes, Dataset own, Dataset data, CleanFigures figures) {

  /** What a command does with a model that clean images speak against. */
  enum Unsound {
    /** It would do damage, or figures would mean nothing. */
    REFUSED,
    /** It says so, and measures. */
    SAID
  }

  /**
   * Reads a model, pairs its classes with the data's and looks at clean images.
   *
   * @throws BadInputException if these speak against the reading and nobody accepts that
   * @throws IOException if the file cannot be read
   */
  static ReadModel of(
      Console console, Path file, ReadingOptions options, Dataset data, Unsound unsound)
      throws IOException {
    return of(console, ModelReading.of(file, options), data, unsound);
  }

  private static ReadModel of(Console console, ModelReading model, Dataset data, Unsound unsound) {
    ClassMap classes = model.classes(data);
    CleanCheck.Outcome outcome = CleanCheck.of(model, classes, data);
    ReadModel read =
        new ReadModel(
            model,
            outcome.classes(),
            data,
            InModelOrder.of(data, outcome.classes()),
            outcome.figures());
    console.note("%s; classes %s", model.words(), read.classes().how());
    if (!read.classes().leftOut().isEmpty()) {
      console.note("%s", read.leftOut());
    }
    if (read.figures().isSound()) {
      console.note("it %s", read.figures().words());
    } else if (unsound == Unsound.REFUSED && !model.options().acceptAccuracy()) {
      throw new BadInputException(
          "model '%s' %s; %s, or go on as it is with --accept-accuracy"
              .formatted(
                  model.name(),
                  read.figures().words(),
                  read.figures().better() == null
                      ? "docs/your-model.md says what else to try"
                      : "add that"));
    } else {
      console.note("warning: %s", read.objection());
    }
    return read;
  }

  /**
   * Another model whose outputs must stand in the same order: a teacher, a surrogate. It is read by
   * the manifest beside it, else as the first one.
   */
  ReadModel also(Console console, Path file) throws IOException {
    ReadingOptions options =
        ModelManifestFile.beside(file).isPresent()
            ? model.options().forModelWithManifest()
            : model.options();
    ReadModel other = of(console, file, options, own, Unsound.REFUSED);
    if (!other.classes().outputOf().equals(classes.outputOf())
        || other.classes().outputs() != classes.outputs()) {
      throw new BadInputException(
          "model '%s' has its classes in another order than '%s', or others; give models of the same outputs"
              .formatted(other.model().name(), model.name()));
    }
    return other;
  }

  /** A model of whatever classes: the data give images only, and it says itself what they are. */
  static ReadModel unpaired(Console console, Path file, ReadingOptions options, Dataset data)
      throws IOException {
    ModelReading model = ModelReading.of(file, options);
    console.note("%s; its own labels count, so nothing tells whether that is right", model.words());
    ClassMap none = new ClassMap(List.of(), List.of(), List.of(), "not at all");
    return new ReadModel(model, none, data, data, CleanFigures.NONE);
  }

  /** More data in this model's order; their classes are paired as those of the first are. */
  Dataset alsoIn(Dataset other) {
    return other.classNames().equals(own.classNames())
        ? InModelOrder.of(other, classes)
        : InModelOrder.of(other, model.classes(other));
  }

  /** A model of ours, which stands in the data's order and needs no look. */
  static ReadModel fresh(String name, byte[] file, ReadingOptions options, Dataset data) {
    return of(ModelReading.of(name, file, options, data.classNames()), data);
  }

  private static ReadModel of(ModelReading model, Dataset data) {
    return of(model, model.classes(data), data);
  }

  /** A model whose reading was looked at before. */
  static ReadModel of(ModelReading model, ClassMap classes, Dataset data) {
    return new ReadModel(model, classes, data, InModelOrder.of(data, classes), CleanFigures.NONE);
  }

  /** The members of a policy, which a bundle says all about, each looked at on the data. */
  static List<ReadModel> members(
      Console console,
      Bundle bundle,
      PolicyFile policy,
      ReadingOptions options,
      Dataset data,
      Unsound unsound) {
    List<ReadModel> members = new ArrayList<>();
    for (String member : policy.policy().members()) {
      members.add(member(console, bundle, member, options, data, unsound));
    }
    for (ReadModel member : members) {
      if (!member.classes().outputOf().equals(members.get(0).classes().outputOf())) {
        throw new BadInputException(
            "members '%s' and '%s' of policy '%s' have their classes in different orders, so their mean would mix signs; correct their files or labels"
                .formatted(
                    members.get(0).model().name(), member.model().name(), policy.policy().name()));
      }
    }
    return members;
  }

  /** One model of a bundle, which says all about it, looked at on the data. */
  static ReadModel member(
      Console console,
      Bundle bundle,
      String member,
      ReadingOptions options,
      Dataset data,
      Unsound unsound) {
    ModelManifest manifest = bundle.model(member);
    return of(
        console,
        ModelReading.of(
            manifest,
            bundle.modelBytes(member),
            bundle.labels(manifest),
            "'%s' of bundle '%s'".formatted(manifest.labels(), bundle.name()),
            options),
        data,
        unsound);
  }

  /**
   * What was made of the model and lies on disk.
   *
   * @param reading of the new file
   * @param same what both say of the same clean images; null if it was made of nothing
   */
  record Made(ModelReading reading, ClassMap classes, @Nullable SameMeaning same) {

    /** Puts the comparison into a report. */
    void report(Report report) {
      if (same == null) {
        return;
      }
      ObjectNode node =
          report.fields().withArray("sameMeaning").addObject().put("file", reading.name());
      node.set("accuracyBefore", same.before().toJson());
      node.set("accuracyAfter", same.after().right().toJson());
      node.set("sameOutput", same.alike().toJson());
    }
  }

  /**
   * Runs what was made of the model beside it on the same images, and only then writes it, with a
   * manifest beside it that says how it is read.
   *
   * @throws IllegalStateException if it does not mean what the model means; nothing is written
   * @throws IOException if it cannot be written
   */
  Made write(Console console, Path out, byte[] file) throws IOException {
    String name = String.valueOf(out.getFileName());
    ModelReading after = model.of(name, file);
    SameMeaning same =
        SameMeaning.check(model, after, classes, own, model.options().acceptAccuracy());
    WholeFile.write(out, file);
    writeManifest(console, out, after);
    console.say("%s %s", out, same.words());
    return new Made(after, classes, same);
  }

  /** Writes a model that was not made of another one, with its manifest. */
  Made writeFresh(Console console, Path out) throws IOException {
    WholeFile.write(out, model.file());
    writeManifest(console, out, model);
    return new Made(model, classes, null);
  }

  private void writeManifest(Console console, Path out, ModelReading after) throws IOException {
    Path labels = ModelManifestFile.labelsPath(out);
    String labelsName = String.valueOf(labels.getFileName());
    if (!labelsName.matches("[A-Za-z0-9._-]+")) {
      console.note(
          "no manifest is written beside '%s': its name has characters that manifests do not take",
          out);
      return;
    }
    String names = String.join("\n", classes.modelNames()) + "\n";
    WholeFile.write(labels, names);
    String manifest =
        ModelManifestFile.text(
            after.manifest(
                String.valueOf(out.getFileName()),
                labelsName,
                ScoreKind.of(after, own),
                model.licence()));
    WholeFile.write(ModelManifestFile.path(out), manifest);
  }

  /** What clean images have against the reading; only if it is not sound. */
  String objection() {
    return "model '%s' %s".formatted(model.name(), figures.words());
  }

  private String leftOut() {
    return "images of %d classes are left out, since the model does not know them: %s"
        .formatted(classes.leftOut().size(), String.join(", ", classes.leftOut()));
  }

  /** Puts the reading into a report, with a warning if it is not sound. */
  void report(Report report) {
    ObjectNode node = report.fields().putObject("reading");
    node.put("input", model.words());
    node.put("layout", model.layout().words());
    node.put("low", model.encoding().low()).put("high", model.encoding().high());
    model.encoding().mean().forEach(node.putArray("mean")::add);
    model.encoding().deviation().forEach(node.putArray("deviation")::add);
    node.put("channels", model.encoding().channels().word());
    node.put("classes", classes.how());
    classes.outputOf().forEach(node.putArray("outputOfClass")::add);
    node.set("cleanCheck", figures.toJson());
    if (!figures.isSound()) {
      report.warn(objection());
    }
    if (!classes.leftOut().isEmpty()) {
      report.warn(leftOut());
    }
  }
}
