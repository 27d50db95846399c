package io.stopline.telemetry;

import java.util.List;

/**
 * Where a model really runs, and why not where it was wanted.
 *
 * @param model name as in the bundle
 * @param delegate that runs it
 * @param passedOver delegates that stood before it in the order of preference, in that order
 */
public record DelegateReport(String model, String delegate, List<PassedOver> passedOver) {

  public DelegateReport {
    passedOver = List.copyOf(passedOver);
  }

  /**
   * A delegate that was not used.
   *
   * @param delegate its name
   * @param reason in words
   */
  public record PassedOver(String delegate, String reason) {}
}
