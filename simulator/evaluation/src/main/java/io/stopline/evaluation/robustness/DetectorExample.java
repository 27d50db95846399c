package io.stopline.evaluation.robustness;

/**
 * One attacked object as a report shows it, side by side.
 *
 * @param frame its name
 * @param label right label, for people
 * @param won whether the goal was reached
 * @param before what the detector sees there when clean, for people
 * @param after what it sees when attacked, for people
 * @param clean PNG with the boxes that the detector reports
 * @param attacked the same of the attacked frame
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
public record DetectorExample(
    String frame,
    String label,
    boolean won,
    String before,
    String after,
    byte[] clean,
    byte[] attacked) {}
