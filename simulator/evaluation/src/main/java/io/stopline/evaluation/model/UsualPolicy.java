package io.stopline.evaluation.model;

/** What the policies that are written around somebody's model have in common. */
public final class UsualPolicy {

  private UsualPolicy() {}

  /**
   * The part {@code views} of a policy, with the views {@code jitter} and {@code smooth}.
   *
   * @param maximumScale how much larger things may be shown, at least 1
   * @param thing what the model looks at, in words
   */
  public static String views(double maximumScale, String thing) {
    return """
        views:
          # What a slightly different camera would have seen at a slightly different moment.
          jitter:
            - crop-resize-pad: {minimumScale: 1.0, maximumScale: %s, fill: grey}
            - rotation: {maximumDegrees: 4}
            - affine-jitter: {maximumShift: 0.03, maximumStretch: 0.04, maximumShear: 0.04}
            - perspective-jitter: {maximumShift: 0.02}
            - gamma: {minimum: 0.85, maximum: 1.18}
            - contrast: {minimum: 0.9, maximum: 1.1}
            - channel-jitter: {maximumGain: 0.05, maximumShift: 0.01}
            - gaussian-noise: {minimumDeviation: 0.5, maximumDeviation: 3}
          # A squeezer (Xu, Evans and Qi 2018): takes away what %s does not need.
          smooth:
            - median-smoothing: {minimumWindow: 2, maximumWindow: 2}
        """
        .formatted(maximumScale, thing);
  }

  /**
   * The deadline of an inspection: four times what it takes here, and at least 100 ms.
   *
   * @param millis of one run
   * @param passes runs of an inspection
   */
  public static int deadlineMillis(double millis, int passes) {
    return (int) Math.min(60_000, Math.max(100, Math.ceil(4 * passes * millis)));
  }
}
