package io.stopline.campaign.certify;

import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.SplitHalves;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What certificates say and do not say, in words: the same on every page and in every report. */
final class Claims {

  static final String PATCH =
      "Whoever replaces the pixels of one axis-aligned square of the stated side, anywhere in the crop"
          + " that the model sees, by whatever they like, knowing model, check and threshold, cannot"
          + " make a label of another group (at class level: another label) pass the check unnoticed"
          + " (detection), or cannot take the right group away from double masking (recovery). Of a"
          + " track: they cannot have a wrong label named in each of the frames that are looked at"
          + " and keep the track unsuspected.";

  static final String SMOOTHING =
      "The class that the model most often names of this picture under Gaussian noise stays the same"
          + " for every change of the picture whose length in L2, over pixels 0..1, is at most the"
          + " radius (Cohen, Rosenfeld and Kolter 2019). It is about the smoothed classifier, which"
          + " votes over noisy copies, not about the model asked once.";

  static final String BOUNDS =
      "No picture within the budget in L∞ of this one, over pixels 0..1, is given another label by this"
          + " float file: the lead of the right one stays above 0 in bounds that are rounded outward"
          + " and allow for the runtime's own rounding in float32, in any order of summation.";

  /** Of kinds that are about single pictures. */
  static final List<String> FRAMES =
      List.of(
          "Every row counts frames, each by itself. There is no threshold, and no false alarm.");

  private Claims() {}

  static boolean isOfTracks(CertificateResult result) {
    return result.unit().equals("track");
  }

  /** What is counted, and what a false alarm is. */
  static List<String> patchCounting(CertifyPlan.Patches patches, boolean tracks) {
    List<String> counting = new ArrayList<>();
    counting.add(
        "Frames are judged one by one at threshold 0, which was fitted to no data. A false alarm is a clean frame in which the label that the model names, right or wrong, scores above it: some view of the picture leaves another group ahead.");
    if (tracks) {
      counting.add(
          String.format(
              Locale.ROOT,
              "Tracks are judged by a threshold of their own: half of them set it so that at most %.2g %% of clean tracks alarm (or the smallest share that so few can promise), the other half is judged, %,d times over. A false alarm is a clean track beyond it. What the row says as threshold is the median.",
              100 * patches.falseAlarmRate(),
              SplitHalves.SPLITS));
      counting.add(
          "Intervals of frames come from resampling whole tracks; those of tracks are Clopper–Pearson intervals over tracks.");
    } else {
      counting.add(
          "There are no rows of tracks: the inputs are no whole tracks, or the data do not say which frames show the same sign. Intervals are then Clopper–Pearson intervals over frames as if each showed another sign, where the tracks are unknown; signs that were photographed several times make them too narrow.");
    }
    return counting;
  }

  static List<String> patchLimits(boolean windows) {
    List<String> limits = new ArrayList<>();
    limits.add(
        "Nothing of patches that are larger, turned, of another outline, or several: scattered stickers, rings along the edge, shadows and whole-sign changes are not covered. A patch that fits into the square is.");
    limits.add(
        "The patch is a square in the resampled crop of each frame, so its size on the sign depends on the crop. The box is assumed not to be attacked: whoever moves it changes more pixels than the square.");
    limits.add(
        "A clean picture that has no certificate is not thereby broken: it may still be safe.");
    if (windows) {
      limits.add(
          "Each local score must depend on its receptive field alone, and the kernel must give the same numbers for the same pixels: certify with the runtime of the field.");
    }
    return limits;
  }

  static List<String> smoothingLimits() {
    return List.of(
        "Each certificate fails to hold with a chance of at most α, over the draws of its own noise; at class and at group level each by itself.",
        "An 8-bit input tensor rounds and clamps the noisy picture: that is part of the base classifier, which may be any fixed function, so the proof holds; it costs accuracy, not validity.",
        "A vehicle would have to vote over as many noisy copies to have this guarantee.");
  }

  static List<String> boundsLimits() {
    return List.of(
        "It holds for kernels that compute float32 sums of products, in any order, with or without fused multiply-add; not for delegates that compute in fewer bits.",
        "That there is no certificate does not mean that an attack exists: bounds are loose, and on nets that were not trained for them they say nothing.");
  }
}
