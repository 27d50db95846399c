package io.stopline.config;

import io.stopline.sdk.pipeline.DecisionPoint;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an agent must know of the board that it runs on.
 *
 * @param name of the profile's file without {@code .yaml}
 * @param delegates in order of preference: {@code nnapi}, {@code gpu}, {@code external:LIBRARY},
 *     {@code xnnpack}
 * @param threads for inference, 1..64
 * @param framesPerSecond at which frames are read, above 0
 * @param heartbeatPin BCM number of the output that toggles while the agent lives, if any
 * @param alarmPin BCM number of the output that is high while a track is suspect, if any
 * @param place where the device is mounted, null if it moves or nobody said
 * @param decisionPoint where the vehicle can act on a sign for the last time, at its highest speed;
 *     null if nobody said
 */
public record DeviceProfile(
    String name,
    List<String> delegates,
    int threads,
    double framesPerSecond,
    OptionalInt heartbeatPin,
    OptionalInt alarmPin,
    @Nullable Place place,
    @Nullable DecisionPoint decisionPoint) {

  public DeviceProfile {
    delegates = List.copyOf(delegates);
  }

  /**
   * A fixed position, WGS 84.
   *
   * @param latitude degrees north, −90..90
   * @param longitude degrees east, −180..180
   */
  public record Place(double latitude, double longitude) {}
}
