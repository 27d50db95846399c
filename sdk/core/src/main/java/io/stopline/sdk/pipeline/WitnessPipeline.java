package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.model.Detection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What runs beside the detector in a {@link FramePipeline}: colour and shape look at some frames,
 * and where they and the detector contradict each other for long, an incident is raised. Belongs to
 * one thread.
 */
final class WitnessPipeline {

  private final WitnessTracks tracks;
  private final MotionCheck check;
  private final @Nullable HiddenSignWatch hidden;
  private final @Nullable PhantomWatch phantoms;
  private final Inspections inspections;
  private long looks;
  private long lookNanos;
  private long proposals;

  /**
   * @param proposer colour and shape
   * @param ids numbers tracks, shared with the detector's
   */
  WitnessPipeline(
      Witnesses settings,
      RegionProposer proposer,
      PipelineTuning tuning,
      Inspections inspections,
      IncidentAssembler assembler,
      LongSupplier ids) {
    this.inspections = inspections;
    tracks = new WitnessTracks(proposer, settings.everyFrames(), tuning, ids);
    check = new MotionCheck(settings.motion());
    hidden =
        settings.hiddenSign() == null
            ? null
            : new HiddenSignWatch(
                settings.hiddenSign(),
                settings,
                tuning,
                new Sightings(proposer),
                inspections,
                assembler);
    phantoms =
        settings.phantom() == null
            ? null
            : new PhantomWatch(settings.phantom(), settings, check, tuning, assembler);
  }

  /**
   * Works on a frame after the detector's tracks were inspected.
   *
   * @param sightings of the detector
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
