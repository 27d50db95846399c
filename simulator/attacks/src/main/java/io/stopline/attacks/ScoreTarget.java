package io.stopline.attacks;

/**
 * What an attacker without gradients can ask of: something that looks at an altered object, in one
 * of any number of ways, and gives a score. The ways (pose, light, noise, random draws) are
 * numbered <i>samples</i>; the answer to a sample is a pure function of parameters and number. To
 * average over them is expectation over transformation (Athalye et al. 2018, section 2).
 */
public interface ScoreTarget {

  /** Opens what one thread needs to ask. */
  Session open();

  /** Belongs to one thread at a time. */
  interface Session extends AutoCloseable {

    /** Takes the parameters that the next questions are about. */
    void present(double[] parameters);

    /**
     * One query.
     *
     * @param sample 0 or more
     */
    Answer ask(long sample);

    @Override
    void close();
  }

  /**
   * One answer.
   *
   * @param margin how far from fooled: the score of the right class less the best other score, or
   *     what else the target has agreed to; −1..1, smaller is better for the attacker, and fooled
   *     samples are at most 0
   * @param fooled whether this sample is a success
   */
  record Answer(double margin, boolean fooled) {}
}
