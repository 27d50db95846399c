package io.stopline.campaign.detectorguard;

import io.stopline.campaign.stills.StillCamera;
import io.stopline.campaign.stills.StillDrive;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Successive frames of one clean drive: as they were filmed, or a drive through one photograph.
 * Immutable, so thread-safe.
 */
abstract class CleanDrive {

  /** Time between frames that were filmed, ns: what nobody wrote down is taken for 30 a second. */
  static final long FILMED_NANOS = 33_333_333L;

  private final String name;

  private CleanDrive(String name) {
    this.name = name;
  }

  /** What messages and frames call it. */
  String name() {
    return name;
  }

  /** How many frames it has. */
  abstract int frames();

  /** Time from one frame to the next, ns. */
  abstract long stepNanos();

  /** Opens it for one thread. */
  abstract Frames open();

  /** Frames of a drive, to be asked for in their order. Belongs to one thread. */
  interface Frames {

    /** A frame. */
    Image image(int frame);

    /** Where labelled objects are in it; empty if nothing is labelled. */
    List<Region> objects(int frame);
  }

  /** Frames as they were filmed. */
  static CleanDrive filmed(String name, List<RoadFrame> frames) {
    List<RoadFrame> all = List.copyOf(frames);
    return new CleanDrive(name) {
      @Override
      int frames() {
        return all.size();
      }

      @Override
      long stepNanos() {
        return FILMED_NANOS;
      }

      @Override
      Frames open() {
        return new Frames() {
          @Override
          public Image image(int frame) {
            return all.get(frame).image();
          }

          @Override
          public List<Region> objects(int frame) {
            return regions(all.get(frame)).toList();
          }
        };
      }
    };
  }

  /** A drive through a photograph, as a usual camera films it. */
  static CleanDrive through(RoadFrame still, long seed) {
    return new CleanDrive(still.name()) {
      @Override
      int frames() {
        return StillDrive.FRAMES;
      }

      @Override
      long stepNanos() {
        return StillDrive.MILLIS * 1_000_000L;
      }

      @Override
      Frames open() {
        StillDrive drive = new StillDrive(still.image(), StillCamera.STANDARD, seed);
        return new Frames() {
          @Override
          public Image image(int frame) {
            return drive.frame(frame);
          }

          @Override
          public List<Region> objects(int frame) {
            return regions(still)
                .map(r -> drive.region(r, frame))
                .filter(Objects::nonNull)
                .map(Region.class::cast)
                .toList();
          }
        };
      }
    };
  }

  private static Stream<Region> regions(RoadFrame frame) {
    return frame.signs().stream().map(s -> s.region());
  }
}
