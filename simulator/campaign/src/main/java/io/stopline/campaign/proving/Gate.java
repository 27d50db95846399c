package io.stopline.campaign.proving;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a release must reach.
 *
 * @param guard which guard the criteria are about
 * @param criteria at least one of clean drives and one of benign twins
 * @param tolerance by how much a figure may be worse than a baseline's, 0..1
 */
public record Gate(String guard, List<Criterion> criteria, double tolerance) {

  public Gate {
    criteria = List.copyOf(criteria);
  }

  /** The same criteria, about another guard. */
  public Gate about(String other) {
    return new Gate(other, criteria, tolerance);
  }

  /**
   * A limit for a share of tracks.
   *
   * @param of {@link Row#CLEAN}, {@link Row#BENIGN} or the name of an attacker
   * @param alteration only tracks with this one; null for all
   * @param condition only tracks under this one; null for all
   * @param atMost upper limit, 0..1, or none
   * @param atLeast lower limit, 0..1, or none
   * @param byInterval whether the unfavourable end of the 95 % interval must keep the limit,
   *     instead of the measured share
   * @param line of the campaign file
   */
  public record Criterion(
      Figure figure,
      String of,
      @Nullable String alteration,
      @Nullable String condition,
      OptionalDouble atMost,
      OptionalDouble atLeast,
      boolean byInterval,
      int line) {

    /** For people: {@code undetected of unaware, stickers: at most 2.0 %}. */
    public String words() {
      StringBuilder words = new StringBuilder(figure.id()).append(" of ").append(of);
      if (alteration != null) {
        words.append(", ").append(alteration);
      }
      if (condition != null) {
        words.append(", ").append(condition);
      }
      words.append(byInterval ? ": interval " : ": ");
      if (atMost.isPresent()) {
        words.append("at most %.1f %%".formatted(100 * atMost.getAsDouble()));
      }
      if (atLeast.isPresent()) {
        words.append(atMost.isPresent() ? " and " : "");
        words.append("at least %.1f %%".formatted(100 * atLeast.getAsDouble()));
      }
      return words.toString();
    }
  }
}
