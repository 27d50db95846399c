package io.stopline.evaluation.model;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Sample;
import java.util.List;

/**
 * Whether a file that was made of a model means what the model means: the same image in, the same
 * outputs for the same classes. Both are run on the same clean images, read in the same way.
 *
 * @param before how often the model is right
 * @param after how often what was made of it is right
 * @param alike on how many images both name the same output
 */
public record SameMeaning(Rate before, CleanFigures after, Rate alike) {

  /**
   * Compares.
   *
   * @param before the model, whose reading was looked at
   * @param after what was made of it, not yet written where anybody could use it
   * @param data in its own order
   * @param accepted whether the user went on though clean images spoke against the reading
   * @throws IllegalStateException if it takes other images, gives other outputs, or is clearly more
   *     often right if it is read in another way than the model: it would do damage
   */
  public static SameMeaning check(
      ModelReading before, ModelReading after, ClassMap classes, Dataset data, boolean accepted) {
    if (!after.layout().equals(before.layout())
        || after.output().elements() != before.output().elements()) {
      throw new IllegalStateException(
          "%s, but what was made of it takes %s: it was not written; please report this"
              .formatted(before.words(), after.words()));
    }
    List<Sample> samples = CleanImages.of(data).samples();
    int[] first = Guesses.of(before, samples);
    int[] second = Guesses.of(after, samples);
    int right = 0;
    int alike = 0;
    for (int i = 0; i < first.length; i++) {
      right += first[i] == classes.outputOf().get(samples.get(i).label()) ? 1 : 0;
      alike += first[i] == second[i] ? 1 : 0;
    }
    CleanFigures figures = CleanCheck.of(after, classes, data).figures();
    CleanFigures.Better better = figures.better();
    if (better != null && !accepted) {
      throw new IllegalStateException(
          "what was made of model '%s' %s: its outputs or pixels no longer mean what the model's do, so it was not written; please report this"
              .formatted(before.name(), figures.words()));
    }
    return new SameMeaning(Rate.of(right, first.length), figures, Rate.of(alike, first.length));
  }

  /** For people. */
  public String words() {
    return "checked beside the model that went in, on %d clean images: right on %.1f %%, was %.1f %%; the same output on %.1f %%"
        .formatted(
            before.of(), 100 * after.right().value(), 100 * before.value(), 100 * alike.value());
  }
}
