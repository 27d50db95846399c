package io.stopline.sdk.guard;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.random.InspectionSeeds;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Models and a policy behind one call. Belongs to one thread at a time. {@code inspect} never
 * throws for what it sees: what fails inside becomes a reason on the verdict.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Guard implements AutoCloseable {

  /**
   * Takes ownership of the members.
   *
   * @param members in the order of the policy
   * @param labels one name a class
   * @param nanoClock a monotonic clock, ns
   */
  public Guard(
      GuardPolicy policy,
      List<Classifier> members,
      List<String> labels,
      Calibration calibration,
      String calibrationSha256,
      InspectionSeeds seeds,
      LongSupplier nanoClock) {
    throw new UnsupportedOperationException();
  }

  /** Who this guard is. */
  public GuardIdentity identity() {
    throw new UnsupportedOperationException();
  }

  /** Judges a region by itself, as a track of one frame. */
  public Verdict inspect(Frame frame, Region region) {
    throw new UnsupportedOperationException();
  }

  /** Judges a region as the next frame of a track, and updates the track. */
  public Verdict inspect(Frame frame, Region region, TrackState track) {
    throw new UnsupportedOperationException();
  }

  /**
   * Repeats a recorded inspection: same pixels, same seed, same passes, no clock.
   *
   * @param crop the pixels that the guard saw
   * @param seed {@link Verdict#seed()}
   * @param passes {@link Verdict#passes()}: stop after this many
   * @param track as before the inspection
   */
  public Verdict replay(Image crop, long seed, int passes, TrackState track) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
