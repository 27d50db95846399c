package io.stopline.campaign.robustness;

import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.check.CertifiedWindows;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackStatistic;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a guard with thresholds of their own: the calibration tracks are scored once, check by
 * check, and any set of checks is calibrated from that as the whole was.
 */
final class GuardLayers {

  private final GuardPolicy policy;
  private final Map<String, Double> weights = new TreeMap<>();

  /** Of each track, of each frame: the score of each check. */
  private final List<List<Map<String, Double>>> tracks;

  /**
   * Scores clean tracks.
   *
   * @param calibration the tracks that the guard was calibrated on
   */
  GuardLayers(GuardTarget guard, List<Track> calibration, long seed, DoubleConsumer progress) {
    policy = guard.policy();
    policy.checks().forEach(check -> weights.put(check.create().name(), check.weight()));
    tracks = new ArrayList<>();
    for (int t = 0; t < calibration.size(); t++) {
      List<Map<String, Double>> frames = new ArrayList<>();
      List<Sample> samples = calibration.get(t).frames();
      for (int f = 0; f < samples.size(); f++) {
        long draws = RandomStream.derive(RandomStream.derive(seed, t), f);
        frames.add(scores(guard.inspectSign(samples.get(f).image(), draws)));
      }
      tracks.add(frames);
      progress.accept((t + 1.0) / calibration.size());
    }
  }

  private static Map<String, Double> scores(Verdict verdict) {
    Map<String, Double> scores = new TreeMap<>();
    for (CheckScore check : verdict.checks()) {
      scores.put(check.check(), check.nonconformity());
    }
    return scores;
  }

  private double fused(Map<String, Double> scores, Set<String> active) {
    double sum = 0;
    double total = 0;
    for (String check : active) {
      double weight = weights.getOrDefault(check, 0.0);
      sum += weight * scores.getOrDefault(check, 0.0);
      total += weight;
    }
    return total == 0 ? 0 : Math.min(1, sum / total);
  }

  /** Thresholds of a set of checks, at the promise of the whole guard. */
  Calibration calibration(Set<String> active) {
    return new Calibration(
        tracks.stream()
            .mapToDouble(
                frames ->
                    TrackStatistic.ofClean(
                        policy.track(),
                        frames.stream().mapToDouble(f -> fused(f, active)).toArray()))
            .toArray());
  }

  /**
   * Accepts as a guard with these checks alone would.
   *
   * @param active none: whatever the models say, if they are sure enough
   */
  GuardTarget.Acceptance acceptance(Set<String> active) {
    Calibration own = calibration(active);
    double rate = Math.max(policy.falseAlarmRate(), policy.abstentionRate());
    return verdict ->
        verdict.label() >= 0
            && verdict.probability() >= policy.minimumProbability()
            && !(active.contains(CertifiedWindows.NAME) && refuses(verdict.certificate()))
            && (active.isEmpty() || own.pValue(fused(scores(verdict), active)) > rate);
  }

  private static boolean refuses(@Nullable Certificate certificate) {
    return certificate != null && certificate.alarms();
  }
}
