package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.CalibrationFile;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import java.util.List;

/** What {@code calibrate} and {@code guard init} say of a calibration. */
final class GuardReports {

  private GuardReports() {}

  /** In words. */
  static void say(Console console, CalibrationFile calibration, double rate, Rate accuracy) {
    List<Double> scores = calibration.scores();
    console.say(
        "policy '%s' calibrated on %d clean tracks (%d frames) of '%s'; accuracy on them %s",
        calibration.policy(),
        scores.size(),
        calibration.frames(),
        calibration.dataName(),
        accuracy);
    promise(console, calibration, rate);
  }

  /** What is promised, in words. */
  static void promise(Console console, CalibrationFile calibration, double rate) {
    List<Double> scores = calibration.scores();
    console.say(
        "promise: at most %s of clean tracks are suspected; a track is suspect when its score exceeds %.4f (median of clean tracks %.4f, smallest promise possible %.4f)",
        rate, threshold(scores, rate), scores.get(scores.size() / 2), 1.0 / (scores.size() + 1));
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
    node.put("smallestFalseAlarmRate", 1.0 / (scores.size() + 1));
    node.put("threshold", threshold(scores, rate));
    node.put("medianScore", scores.get(scores.size() / 2));
    node.set("accuracy", accuracy.toJson());
  }

  /** The smallest score with a p-value above the rate is at most this calibration score. */
  private static double threshold(List<Double> ascending, double rate) {
    // p = (1 + number of scores at least s) / (n + 1) <= rate for the last k scores.
    int n = ascending.size();
    int allowed = (int) Math.floor(rate * (n + 1)) - 1;
    return ascending.get(Math.max(0, n - 1 - allowed));
  }
}
