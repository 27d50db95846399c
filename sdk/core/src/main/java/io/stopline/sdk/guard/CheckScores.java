package io.stopline.sdk.guard;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * What all checks of a guard found in one inspection. Makes its entries when they are asked for:
 * nearly all verdicts are accepted labels, of which nobody reads them. Immutable and thread-safe.
 */
final class CheckScores extends AbstractList<CheckScore> implements RandomAccess {

  private final List<String> names;
  private final double[] nonconformities;

  /**
   * @param names of the checks, shared by all inspections of a guard
   * @param nonconformities one a check; copied
   */
  CheckScores(List<String> names, double[] nonconformities) {
    this.names = names;
    this.nonconformities = nonconformities.clone();
  }

  @Override
  public CheckScore get(int check) {
    return new CheckScore(names.get(check), nonconformities[check]);
  }

  @Override
  public int size() {
    return nonconformities.length;
  }
}
