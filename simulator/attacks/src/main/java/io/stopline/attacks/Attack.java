package io.stopline.attacks;

import java.util.List;
import java.util.Map;

/**
 * An attack: takes a batch of inputs and looks for perturbations of them that the victim gets
 * wrong. Implementations are immutable and hold their settings; a run is deterministic given its
 * seed. All shipped attacks and a third party's are found by {@link AttackProvider}.
 */
public interface Attack {

  /** As the command line writes it, for example {@code apgd-ce}. */
  String name();

  /** What the attacker wants, knows and may do. */
  ThreatModel threatModel();

  /**
   * The attacks that this one is made of, each with a threat model of its own, in the order of the
   * {@link Stage stages} that it tells; empty if it is made of one piece.
   */
  default List<Attack> parts() {
    return List.of();
  }

  /** Settings by name, for reports; in a stable order. */
  Map<String, Object> settings();

  /**
   * Attacks each input of the batch.
   *
   * @throws UnsupportedOperationException naming attack, need and cure, if it needs gradients and
   *     the victim has none
   */
  Outcome attack(Victim victim, Inputs inputs, Run run);

  /**
   * What came of it.
   *
   * @param images one candidate an input, NHWC, 0..1, within the attack's budget: a success where
   *     {@code success} says so, else the best that was found
   * @param success as the objective judged it when it was found
   * @param figures what else is known of each input, by name; each has one value an input. Some
   *     names are known to reports: {@link #VIEW_SUCCESS}, {@link #CLEAN_VIEW_SUCCESS}, {@link
   *     #COVERED}, {@link #LEARNT_ON}, {@link #HELD_OUT_SUCCESS}
   * @param stages for an attack that is made of several: each in its order; else empty
   */
  @SuppressWarnings("ArrayRecordComponent") // a batch is too large to copy
  record Outcome(
      float[] images, boolean[] success, Map<String, float[]> figures, List<Stage> stages) {

    /** Share of fresh viewing conditions, which nothing was chosen by, in which it succeeds. */
    public static final String VIEW_SUCCESS = "view-success";

    /** Share of the same conditions in which the unaltered input counts as a success: a control. */
    public static final String CLEAN_VIEW_SUCCESS = "clean-view-success";

    /** Share of the image that is altered, 0..1. */
    public static final String COVERED = "covered";

    /**
     * 1 where a universal attack was learnt on this input, 0 where it is only judged: figures of
     * success are to be taken from those.
     */
    public static final String LEARNT_ON = "learnt-on";

    /**
     * Of a universal attack: 1 where it succeeds. A report leaves out the inputs that it was learnt
     * on, as of every figure but {@link #LEARNT_ON}.
     */
    public static final String HELD_OUT_SUCCESS = "held-out-success";

    public Outcome {
      stages = List.copyOf(stages);
      for (Map.Entry<String, float[]> figure : figures.entrySet()) {
        if (figure.getValue().length != success.length) {
          throw new IllegalArgumentException(
              "outcome: figure '%s' has %d values for %d inputs"
                  .formatted(figure.getKey(), figure.getValue().length, success.length));
        }
      }
    }

    /** Nothing else is known. */
    public Outcome(float[] images, boolean[] success) {
      this(images, success, Map.of(), List.of());
    }

    /** Of an attack that is made of one piece. */
    public Outcome(float[] images, boolean[] success, Map<String, float[]> figures) {
      this(images, success, figures, List.of());
    }

    /** Nothing else is known of the inputs. */
    public Outcome(float[] images, boolean[] success, List<Stage> stages) {
      this(images, success, Map.of(), stages);
    }
  }

  /**
   * One of several attacks that ran one after the other, each on what the ones before had not
   * broken.
   *
   * @param attack its name
   * @param before inputs that it was given
   * @param broken ids of those that it broke
   * @param queries images that the victim was asked about, backward passes included
   * @param seconds that it took, on this machine
   */
  record Stage(String attack, int before, List<Long> broken, long queries, double seconds) {
    public Stage {
      broken = List.copyOf(broken);
      if (broken.size() > before) {
        throw new IllegalArgumentException(
            "stage '%s': %d of %d inputs broken".formatted(attack, broken.size(), before));
      }
    }

    /** Inputs that were left unbroken. */
    public int standing() {
      return before - broken.size();
    }
  }
}
