package io.stopline.fleet.internal.store;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a device.
 *
 * @param device its id
 * @param birth JSON of its latest birth, if any
 * @param death JSON of its latest death, if any
 * @param health JSON of its latest health, if any
 * @param lastHeardAt when anything of it arrived
 * @param incidents stored
 * @param rejected messages refused
 * @param gaps missing incidents, latest sessions first
 * @param damaged whether the stored row cannot be trusted; birth, death and health are null then
 */
public record DeviceRecord(
    String device,
    @Nullable String birth,
    @Nullable String death,
    @Nullable String health,
    Instant lastHeardAt,
    long incidents,
    long rejected,
    List<Gap> gaps,
    boolean damaged) {

  public DeviceRecord {
    gaps = List.copyOf(gaps);
  }

  /**
   * Sequence numbers that were given away and have not arrived (yet).
   *
   * @param session of the agent
   * @param from first missing number
   * @param to last missing number
   */
  public record Gap(UUID session, long from, long to) {

    /** More numbers than these were never given away between two messages; see decision 16. */
    public static final long PLAUSIBLE = 10_000;

    /**
     * Whether so many incidents can be missing. If not, it is the claim of a device that is wrong
     * or lies, and counts for nothing.
     */
    public boolean plausible() {
      return to - from < PLAUSIBLE;
    }
  }
}
