package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import java.util.Arrays;

/** Rules on finished images; what it says is what counts. Belongs to one thread at a time. */
public interface Judge {

  /**
   * Rules on each image.
   *
   * @param images with their right labels; the ids decide the draws of a randomised judge
   */
  Ruling[] rule(Inputs images);

  /** The label that is named for each image, accepted or not. */
  default int[] labels(Inputs images) {
    return Arrays.stream(rule(images)).mapToInt(Ruling::label).toArray();
  }

  /**
   * What became of one image over a number of looks; one for a judge without chance.
   *
   * @param label that was named, in most looks
   * @param looks at least 1
   * @param wrong looks in which a wrong label was named and accepted
   * @param right looks in which the right label was named, accepted or not
   * @param refused looks in which no label was accepted
   */
  record Ruling(int label, int looks, int wrong, int right, int refused) {
    public Ruling {
      if (looks < 1 || wrong < 0 || right < 0 || refused < 0 || wrong + refused > looks) {
        throw new IllegalArgumentException(
            "%d wrong, %d right, %d refused of %d looks".formatted(wrong, right, refused, looks));
      }
    }

    /** Of a judge that accepts whatever the model says. */
    public static Ruling of(int label, int rightLabel) {
      boolean right = label == rightLabel;
      return new Ruling(label, 1, right ? 0 : 1, right ? 1 : 0, 0);
    }

    /** Whether an attack has won: in most looks. */
    public boolean broken() {
      return 2 * wrong > looks;
    }

    /** Whether there is something to attack: the label is right in most looks, accepted or not. */
    public boolean attackable() {
      return 2 * right > looks;
    }

    /** Whether nobody needed to attack: the label is right and accepted in most looks. */
    public boolean standing() {
      return 2 * (looks - wrong - refused) > looks;
    }
  }
}
