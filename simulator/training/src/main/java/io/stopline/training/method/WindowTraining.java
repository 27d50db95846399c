package io.stopline.training.method;

import io.stopline.attacks.Options;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import io.stopline.training.method.Methods.Description;
import io.stopline.training.method.Methods.Entry;
import io.stopline.training.method.Methods.Setting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Training for certified windows: a model that ends in the mean of local scores shall name the
 * right label whichever window of them is left out, for that is what a patch can change (after
 * Xiang et al. 2021, "PatchGuard"; 2022, "PatchCleanser"). All windows come out of one pass, so the
 * worst are found exactly. Belongs to one thread.
 */
final class WindowTraining implements TrainingMethod {

  static final Entry ENTRY =
      new Entry(
          new Description(
              "windows",
              "the worst windows of local scores left out, for certified windows in one pass",
              "",
              List.of(
                  new Setting(
                      "patches",
                      "5,8",
                      "sides of the patches that a window hides, px, separated by commas"),
                  new Setting("worst", "8", "windows of each size that are learnt from"),
                  new Setting("clean", "0.3", "share of the loss of the whole, 0..1"),
                  new Setting("pair", "0.2", "share of the worst pair in each size's loss, 0..1"),
                  new Setting(
                      "groups",
                      "",
                      "classes that may be taken for each other, such as 0-5,7;6,32,41-42"),
                  new Setting(
                      "group-share",
                      "0.5 with groups, else 0",
                      "share of the loss of groups, 0..1; the rest is that of classes"))),
          (options, teachers) -> of(options));

  private final List<Integer> patches;
  private final WindowLoss.Settings settings;
  private final String groups;
  private @Nullable WindowLoss loss;
  private float[] cotangent = new float[0];

  /**
   * @param patches sides, px
   * @param groups as {@link ClassGroups#parse} reads them; empty for none
   */
  WindowTraining(List<Integer> patches, WindowLoss.Settings settings, String groups) {
    this.patches = List.copyOf(patches);
    this.settings = settings;
    this.groups = groups;
  }

  private static WindowTraining of(Options options) {
    String groups = options.text("groups", "");
    return new WindowTraining(
        sides(options.text("patches", "5,8")),
        new WindowLoss.Settings(
            options.integer("worst", 8, 1, 100_000),
            options.number("clean", 0.3, 0, 1),
            options.number("pair", 0.2, 0, 1),
            options.number("group-share", groups.isEmpty() ? 0 : 0.5, 0, 1)),
        groups);
  }

  private static List<Integer> sides(String text) {
    List<Integer> sides = new ArrayList<>();
    for (String side : text.split(",", -1)) {
      try {
        sides.add(Integer.parseInt(side.strip()));
      } catch (NumberFormatException e) {
        throw refused(text, e);
      }
      if (sides.get(sides.size() - 1) < 1) {
        throw refused(text, null);
      }
    }
    return sides;
  }

  private static IllegalArgumentException refused(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "method 'windows': option patches is '%s'; allowed: whole numbers from 1 on, separated by commas"
            .formatted(text),
        cause);
  }

  @Override
  public String name() {
    return "windows";
  }

  /**
   * {@inheritDoc}
   *
   * <p>{@code rightAttacked} counts the images that are labelled right whichever window of the
   * first side is left out.
   */
  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int count = batch.count();
    try (TrainableModel.Training training = model.trainLocal(batch.images(), count)) {
      WindowLoss windows = loss(model);
      float[] map = training.logits();
      int each = map.length / count;
      cotangent = Buffers.zeros(cotangent, map.length);
      double sum = 0;
      int right = 0;
      int standing = 0;
      for (int i = 0; i < count; i++) {
        sum += windows.add(map, i * each, batch.labels()[i], 1.0 / count, cotangent);
        right += windows.right() ? 1 : 0;
        standing += windows.stands() ? 1 : 0;
      }
      training.backward(cotangent, gradient, null);
      return new StepResult(sum / count, right, standing, count);
    }
  }

  private WindowLoss loss(TrainableModel model) {
    if (loss == null) {
      LocalScores map = model.localScores();
      List<Integer> sides = new ArrayList<>();
      for (int patch : patches) {
        Windows windows = Windows.covering("in training", map, patch);
        sides.add(Math.max(windows.height(), windows.width()));
      }
      int classes = map.classes();
      loss =
          new WindowLoss(
              map.height(),
              map.width(),
              classes,
              sides,
              settings,
              groups.isEmpty() ? ClassGroups.single(classes) : ClassGroups.parse(groups, classes));
    }
    return loss;
  }
}
