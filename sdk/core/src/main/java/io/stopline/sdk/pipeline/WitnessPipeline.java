package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.model.Detection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What runs beside the finder in a {@link FramePipeline}: a witness, colour and shape or another
 * detector, looks at some frames, and where it and the finder contradict each other for long, an
 * incident is raised. Belongs to one thread.
 */
final class WitnessPipeline {

  private final WitnessTracks tracks;
  private final MotionCheck check;
  private final @Nullable HiddenWatch hidden;
  private final @Nullable PhantomWatch phantoms;
  private final Inspections inspections;
  private long looks;
  private long lookNanos;
  private long proposals;

  /**
   * @param hiddenRule null: it does not look for what is hidden
   * @param phantomRule null: it does not doubt
   * @param proposer what looks
   * @param found what is seen and inspected where it looks
   * @param ids numbers tracks, shared with the finder's
   */
  WitnessPipeline(
      Witnesses settings,
      HiddenWatch.@Nullable Rule hiddenRule,
      PhantomWatch.@Nullable Rule phantomRule,
      RegionProposer proposer,
      Sightings found,
      PipelineTuning tuning,
      Inspections inspections,
      IncidentAssembler assembler,
      LongSupplier ids) {
    this.inspections = inspections;
    tracks = new WitnessTracks(proposer, settings.everyFrames(), tuning, ids);
    check = new MotionCheck(settings.motion());
    hidden =
        hiddenRule == null
            ? null
            : new HiddenWatch(hiddenRule, settings, tuning, found, inspections, assembler);
    phantoms =
        phantomRule == null
            ? null
            : new PhantomWatch(phantomRule, settings, check, tuning, assembler);
  }

  /**
   * Works on a frame after the finder's tracks were inspected.
   *
   * @param sightings of the finder
   * @param detected its tracks
   * @param seen those of them that are confirmed and seen in this frame
   */
  void process(
      Frame frame,
      List<Detection> sightings,
      Tracker detected,
      List<Dossier> seen,
      List<Incident> into) {
    if (detected.restarted()) {
      endAll(into);
    }
    if (phantoms != null) {
      for (int i = 0; i < seen.size(); i++) {
        phantoms.see(frame, seen.get(i));
      }
    }
    boolean looked = look(frame);
    tracks.note(sightings, detected.tracks());
    if (looked) {
      compare(frame, into);
    }
  }

  private boolean look(Frame frame) {
    long begin = inspections.elapsedNanos();
    boolean looked = tracks.look(frame);
    if (looked) {
      looks++;
      lookNanos += inspections.elapsedNanos() - begin;
      proposals += tracks.proposals().size();
    }
    return looked;
  }

  private void compare(Frame frame, List<Incident> into) {
    endTracks(into);
    for (int i = 0; i < tracks.things().size(); i++) {
      check.fit(tracks.things().get(i).motion, frame.image().width(), frame.image().height());
    }
    if (hidden != null) {
      hidden.look(frame, tracks.things(), into);
    }
    if (phantoms != null) {
      phantoms.look(frame, tracks.proposals(), tracks.things(), into);
    }
  }

  private void endTracks(List<Incident> into) {
    if (hidden != null) {
      for (WitnessTracks.Seen thing : tracks.ended()) {
        hidden.end(thing, into);
      }
    }
  }

  /** A track of the detector has ended. */
  void end(Dossier d, List<Incident> into) {
    tracks.remember(d);
    if (phantoms != null) {
      phantoms.end(d, into);
    }
  }

  /** The source has ended. */
  void finish(List<Incident> into) {
    endAll(into);
  }

  private void endAll(List<Incident> into) {
    tracks.endAll();
    endTracks(into);
  }

  WitnessCounts counts() {
    return new WitnessCounts(
        looks,
        lookNanos,
        proposals,
        hidden == null ? 0 : hidden.inspected,
        hidden == null ? 0 : hidden.tracks,
        hidden == null ? 0 : hidden.unreported,
        hidden == null ? 0 : hidden.persistent,
        hidden == null ? 0 : hidden.moving,
        hidden == null ? 0 : hidden.incidents,
        phantoms == null ? 0 : phantoms.accepted,
        phantoms == null ? 0 : phantoms.unsupported,
        phantoms == null ? 0 : phantoms.oddMotion,
        phantoms == null ? 0 : phantoms.incidents);
  }
}
