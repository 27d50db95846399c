package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.FrameScore;
import io.stopline.campaign.ProbedTrack;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.guard.Decision;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a guard made of tracks of photographs, for people and for programs.
 *
 * @param all every track that was looked at
 * @param groups of look-alike labels, or null where none are known
 * @param altered whether the signs carry searched stickers
 */
record ProbedTracks(List<ProbedTrack> all, @Nullable Groups groups, boolean altered) {

  /** Tracks about which the shares are: altered ones whose stickers fool the bare ensemble. */
  private List<ProbedTrack> counted() {
    return altered ? all.stream().filter(ProbedTrack::ensembleWrong).toList() : all;
  }

  private Rate rate(Predicate<ProbedTrack> which) {
    List<ProbedTrack> counted = counted();
    return Rate.of(counted.stream().filter(which).count(), counted.size());
  }

  private static boolean wrongUnsuspected(ProbedTrack track) {
    return track.wrongLabelReleased() >= 0 && !track.suspected();
  }

  private boolean ofAnotherGroup(ProbedTrack track) {
    Groups known = groups;
    int wrong = track.wrongLabelReleased();
    return known != null
        && wrong >= 0
        && !known.of().get(wrong).equals(known.of().get(track.label()));
  }

  private Rate ofAll() {
    return Rate.of(all.stream().filter(ProbedTracks::wrongUnsuspected).count(), all.size());
  }

  void fill(Report report) {
    ObjectNode fields = report.fields();
    fields.put("tracks", all.size());
    if (altered) {
      fields.set("ensembleWrongTracks", Rate.of(counted().size(), all.size()).toJson());
    }
    fields.set("suspectedTracks", rate(ProbedTrack::suspected).toJson());
    fields.set("rightReleased", rate(ProbedTrack::rightReleased).toJson());
    fields.set("wrongAccepted", rate(ProbedTrack::wrongAccepted).toJson());
    fields.set("wrongReleasedUnsuspected", rate(ProbedTracks::wrongUnsuspected).toJson());
    if (groups == null) {
      fields.putNull("wrongReleasedUnsuspectedOfAnotherGroup");
    } else {
      fields.set(
          "wrongReleasedUnsuspectedOfAnotherGroup",
          rate(t -> wrongUnsuspected(t) && ofAnotherGroup(t)).toJson());
    }
    fields.set("wrongReleasedUnsuspectedOfAll", ofAll().toJson());
    ArrayNode rows = fields.putArray("eachTrack");
    for (ProbedTrack t : all) {
      rows.addObject()
          .put("track", t.id())
          .put("label", t.label())
          .put("coveredShare", t.coveredShare())
          .put("queries", t.queries())
          .put("frames", t.frames().size())
          .put("ensembleWrong", t.frames().stream().filter(FrameScore::ensembleWrong).count())
          .put("ensembleWrongAtTheEnd", t.ensembleWrong())
          .put("wrongAccepted", t.frames().stream().filter(FrameScore::wrongAccepted).count())
          .put("suspect", count(t, Decision.SUSPECT))
          .put("abstained", count(t, Decision.ABSTAIN))
          .put("noSign", count(t, Decision.NO_SIGN))
          .put("rightReleased", t.rightReleased())
          .put("wrongLabelReleased", t.wrongLabelReleased());
    }
  }

  private static long count(ProbedTrack track, Decision decision) {
    return track.frames().stream().filter(f -> f.decision() == decision).count();
  }

  void say(Console console) {
    if (altered) {
      console.say("%d altered tracks; the bare ensemble is fooled at the end of", all.size());
      console.say("  %-34s %s", "", Rate.of(counted().size(), all.size()));
      console.say("of these");
    } else {
      console.say("%d clean tracks", all.size());
    }
    console.say("  %-34s %s", "suspected", rate(ProbedTrack::suspected));
    console.say("  %-34s %s", "right label released at the end", rate(ProbedTrack::rightReleased));
    console.say("  %-34s %s", "wrong label accepted in a frame", rate(ProbedTrack::wrongAccepted));
    console.say(
        "  %-34s %s", "wrong one released, never suspect", rate(ProbedTracks::wrongUnsuspected));
    if (groups != null) {
      console.say(
          "  %-34s %s", "  of another group", rate(t -> wrongUnsuspected(t) && ofAnotherGroup(t)));
    }
    if (altered) {
      console.say("  %-34s %s", "  of all tracks", ofAll());
    }
  }
}
