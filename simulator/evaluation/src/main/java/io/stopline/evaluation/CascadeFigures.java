package io.stopline.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.guard.CascadeStep.Cause;
import java.util.Locale;
import java.util.Map;

/**
 * What a guard with a cascade does on clean tracks, frame after frame, tokens and secret draws
 * included.
 *
 * @param tracks how many
 * @param frames of all tracks
 * @param watched share of the frames that a watch looked at
 * @param byAll share of the frames that all members and checks looked at
 * @param denied share of the frames in which they were due and there was no token
 * @param causes how often they were due and why, those that were denied among them
 * @param acceptedRight share of the frames whose right label was accepted
 * @param acceptedWrong share of the frames of which a wrong label was accepted
 * @param acceptedRightTracks share of the tracks of which the right label was accepted once at
 *     least
 * @param suspectedTracks share of the tracks that were suspected at some time
 * @param passesMean model runs a frame
 * @param passesByAll model runs of a frame that all members and checks look at
 * @param meanMicros time of an inspection, µs
 * @param cpuMicros processor time of an inspection, mean, µs: what a busy machine does not change
 *     much, where models run on the calling thread
 * @param p50Micros its median
 * @param p99Micros its 99th percentile
 */
public record CascadeFigures(
    int tracks,
    int frames,
    Rate watched,
    Rate byAll,
    Rate denied,
    Map<Cause, Integer> causes,
    Rate acceptedRight,
    Rate acceptedWrong,
    Rate acceptedRightTracks,
    Rate suspectedTracks,
    double passesMean,
    int passesByAll,
    double meanMicros,
    double cpuMicros,
    double p50Micros,
    double p99Micros) {

  public CascadeFigures {
    causes = Map.copyOf(causes);
  }

  /** As reports have it; times apart, which say nothing without those of the models. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("tracks", tracks).put("frames", frames);
    node.set("watched", watched.toJson());
    node.set("byAllChecks", byAll.toJson());
    node.set("denied", denied.toJson());
    ObjectNode why = node.putObject("causes");
    for (Cause cause : Cause.values()) {
      if (cause != Cause.NONE) {
        why.put(cause.name().toLowerCase(Locale.ROOT), causes.getOrDefault(cause, 0));
      }
    }
    node.set("acceptedRight", acceptedRight.toJson());
    node.set("acceptedWrong", acceptedWrong.toJson());
    node.set("acceptedRightTracks", acceptedRightTracks.toJson());
    node.set("suspectedTracks", suspectedTracks.toJson());
    return node.put("passesMean", passesMean).put("passesByAllChecks", passesByAll);
  }
}
