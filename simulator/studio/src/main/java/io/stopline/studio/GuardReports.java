package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.CalibrationFile;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.sdk.calibration.Promise;
import java.util.List;
import java.util.Locale;

/** What {@code calibrate} and {@code guard init} say of a calibration. */
final class GuardReports {

  private GuardReports() {}

  /** In words. */
  static void say(
      Console console, CalibrationFile calibration, double rate, Promise promise, Rate accuracy) {
    List<Double> scores = calibration.scores();
    console.say(
        "policy '%s' calibrated on %d clean tracks (%d frames) of '%s'; accuracy on them %s",
        calibration.policy(),
        scores.size(),
        calibration.frames(),
        calibration.dataName(),
        accuracy);
    promise(console, calibration, rate, promise);
  }

  /** What is promised, in words. */
  static void promise(Console console, CalibrationFile calibration, double rate, Promise promise) {
    List<Double> scores = calibration.scores();
    int n = scores.size();
    console.say(
        "promise: at most %s of clean tracks are suspected, %s; a track is suspect when its score"
            + " exceeds %.4f (median of clean tracks %.4f)",
        rate, promise.words(), threshold(calibration, rate, promise), scores.get(n / 2));
    console.say("%s", allowed(n));
  }

  /**
   * What so many tracks can promise.
   *
   * @param n calibration tracks
   */
  static String allowed(int n) {
    return String.format(
        Locale.ROOT,
        "%d calibration tracks can promise %.4f or more on average, %.4f or more with 95 %%"
            + " confidence",
        n,
        Promise.MEAN.smallestRate(n),
        Promise.CONFIDENT.smallestRate(n));
  }

  /** As JSON. */
  static void put(
      Report report, Bundle bundle, String policy, CalibrationFile calibration, Rate accuracy) {
    PolicyFile file = bundle.policy(policy);
    List<Double> scores = calibration.scores();
    report.hash("bundle", bundle.sha256());
    report.hash("policy", calibration.policySha256());
    calibration.models().forEach((name, hash) -> report.hash("model:" + name, hash));
    report.hash("data", calibration.dataSha256());
    String calibrationHash = bundle.files().get(file.calibration());
    if (calibrationHash != null) {
      report.hash("calibration", calibrationHash);
    }
    report.data(calibration.dataName(), calibration.split(), calibration.frames(), scores.size());
    double rate = file.policy().falseAlarmRate();
    ObjectNode node = report.fields();
    node.put("bundle", bundle.directory().toString());
    node.put("policy", policy);
    node.put("promisedFalseAlarmRate", rate);
    Promise promise = file.policy().track().promise();
    node.put("promise", promise.name().toLowerCase(Locale.ROOT));
    node.put("smallestFalseAlarmRate", Promise.MEAN.smallestRate(scores.size()));
    node.put("smallestFalseAlarmRateWithConfidence", Promise.CONFIDENT.smallestRate(scores.size()));
    node.put("threshold", threshold(calibration, rate, promise));
    node.put("medianScore", scores.get(scores.size() / 2));
    node.set("accuracy", accuracy.toJson());
  }

  /** The largest clean score that is not beyond what is promised. */
  private static double threshold(CalibrationFile calibration, double rate, Promise promise) {
    // p = (1 + number of scores at least s) / (n + 1) <= limit for the last k scores.
    List<Double> ascending = calibration.scores();
    int n = ascending.size();
    double limit = calibration.calibration().limit(rate, promise);
    int allowed = (int) Math.floor(limit * (n + 1) + 1e-9) - 1;
    return ascending.get(Math.max(0, n - 1 - allowed));
  }
}
