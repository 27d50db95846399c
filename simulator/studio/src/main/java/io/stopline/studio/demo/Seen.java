package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the agent said of one frame of a drive.
 *
 * @param frame of the drive, 0-based
 * @param tracks all signs that it follows in it
 */
record Seen(int frame, List<Track> tracks) {

  /**
   * One sign that the agent follows.
   *
   * @param id the agent's number for it
   * @param region in the picture, px
   * @param main whether it is the main sign, by the ground truth of the frame
   * @param inspected whether the verdict is of this very frame; else it is the track's latest
   * @param label −1 if there is no verdict yet
   * @param decision ACCEPT, SUSPECT, ABSTAIN, NO_SIGN; empty if there is no verdict yet
   */
  record Track(
      long id,
      Region region,
      boolean main,
      boolean inspected,
      int label,
      double probability,
      String decision,
      double pValue,
      double score,
      double trackScore,
      List<String> reasons) {

    Track {
      reasons = List.copyOf(reasons);
    }

    /** The same, but not the main sign. */
    Track beside() {
      return new Track(
          id,
          region,
          false,
          inspected,
          label,
          probability,
          decision,
          pValue,
          score,
          trackScore,
          reasons);
    }

    boolean isSuspect() {
      return decision.equals("SUSPECT");
    }

    boolean isAccepted() {
      return decision.equals("ACCEPT");
    }

    boolean isAbstained() {
      return decision.equals("ABSTAIN");
    }
  }

  Seen {
    tracks = List.copyOf(tracks);
  }

  /**
   * Reads an event of the agent.
   *
   * @param event of type {@code frame}
   * @param truth of the frame
   */
  static Seen of(JsonNode event, FilmedFrame truth) {
    List<Track> tracks = new ArrayList<>();
    Track best = null;
    double most = 0;
    for (JsonNode t : event.path("tracks")) {
      JsonNode r = t.path("region");
      Region region =
          new Region(r.path(0).asInt(), r.path(1).asInt(), r.path(2).asInt(), r.path(3).asInt());
      List<String> reasons = new ArrayList<>();
      t.path("reasons").forEach(reason -> reasons.add(reason.asText()));
      Track track =
          new Track(
              t.path("track").asLong(),
              region,
              truth.fit(region) > 0,
              t.path("inspected").asBoolean(),
              t.path("label").asInt(-1),
              t.path("probability").asDouble(),
              t.path("decision").asText(""),
              t.path("pValue").asDouble(1),
              t.path("score").asDouble(),
              t.path("trackScore").asDouble(),
              reasons);
      tracks.add(track);
      if (truth.fit(region) > most) {
        most = truth.fit(region);
        best = track;
      }
    }
    // Two tracks on one sign: the one that fits better stands for it.
    List<Track> single = new ArrayList<>();
    for (Track t : tracks) {
      single.add(t.main() && best != null && t.id() != best.id() ? t.beside() : t);
    }
    return new Seen(truth.frame(), single);
  }

  /** The main sign, if the agent follows it. */
  Optional<Track> main() {
    return tracks.stream().filter(Track::main).findFirst();
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("n", frame);
    var list = node.putArray("tracks");
    for (Track t : tracks) {
      ObjectNode track = list.addObject();
      track.put("id", t.id).put("main", t.main).put("inspected", t.inspected);
      track
          .putArray("region")
          .add(t.region.x())
          .add(t.region.y())
          .add(t.region.width())
          .add(t.region.height());
      track
          .put("label", t.label)
          .put("p", t.probability)
          .put("decision", t.decision)
          .put("pValue", t.pValue)
          .put("score", t.score)
          .put("trackScore", t.trackScore);
      t.reasons.forEach(track.putArray("reasons")::add);
    }
    return node;
  }
}
