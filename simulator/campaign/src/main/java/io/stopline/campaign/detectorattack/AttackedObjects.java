package io.stopline.campaign.detectorattack;

import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/** Lists what a run attacks, before anything is attacked. Stateless. */
public final class AttackedObjects {

  /** Smaller objects, px, are too small to paint on. */
  public static final int LEAST_SIDE = 12;

  private static final int TRIES = 200;

  private AttackedObjects() {}

  /**
   * Labelled objects, evenly spread.
   *
   * @param boxes one list a frame, with the detector's labels
   * @param labels of the objects; none for all that the detector knows
   * @param wanted the label that they are to be seen as; −1 for any; objects of that label are left
   *     out
   * @param leastSide objects with a smaller side, px, are left out
   * @param setting objects on or beside which there is no room for it are left out
   * @param limit at most so many
   */
  public static List<AttackedObject> labelled(
      List<RoadFrame> frames,
      List<List<SignBox>> boxes,
      List<Integer> labels,
      int wanted,
      int leastSide,
      PatchSetting setting,
      int limit) {
    List<AttackedObject> all = new ArrayList<>();
    for (int f = 0; f < boxes.size(); f++) {
      for (SignBox box : boxes.get(f)) {
        if (box.known()
            && (labels.isEmpty() || labels.contains(box.label()))
            && box.label() != wanted
            && box.side() >= leastSide
            && hasRoom(frames.get(f), box.region(), setting)) {
          all.add(new AttackedObject(all.size(), f, box.region(), box.label(), wanted, -1));
        }
      }
    }
    return numbered(
        all.size() <= limit
            ? all
            : SampleList.spread(limit, all.size()).stream().map(all::get).toList());
  }

  /**
   * Places where nothing is labelled: one in each frame that has room, evenly spread, each a square
   * of an eighth to a quarter of the frame's height. They depend on seed and frame alone.
   *
   * @param wanted the label that is to be seen there
   * @param setting places on or beside which there is no room for it are left out
   * @param limit at most so many
   */
  public static List<AttackedObject> places(
      List<RoadFrame> frames,
      List<List<SignBox>> boxes,
      int wanted,
      PatchSetting setting,
      int limit,
      long seed) {
    List<AttackedObject> all = new ArrayList<>();
    for (int f = 0; f < frames.size(); f++) {
      RoadFrame frame = frames.get(f);
      RandomStream random = new RandomStream(RandomStream.derive(seed, f));
      for (int i = 0; i < TRIES; i++) {
        int side = (int) Math.round(frame.height() * random.uniform(0.125, 0.25));
        if (side < LEAST_SIDE || side > frame.width() || side > frame.height()) {
          continue;
        }
        Region place =
            new Region(
                random.nextInt(frame.width() - side + 1),
                random.nextInt(frame.height() - side + 1),
                side,
                side);
        if (boxes.get(f).stream().noneMatch(b -> b.region().intersectionOverUnion(place) > 0)
            && hasRoom(frame, place, setting)) {
          all.add(new AttackedObject(all.size(), f, place, wanted, wanted, -1));
          break;
        }
      }
    }
    return numbered(
        all.size() <= limit
            ? all
            : SampleList.spread(limit, all.size()).stream().map(all::get).toList());
  }

  private static boolean hasRoom(RoadFrame frame, Region box, PatchSetting setting) {
    return Sites.candidates(frame.width(), frame.height(), box, setting).size()
        >= setting.stickers();
  }

  private static List<AttackedObject> numbered(List<AttackedObject> objects) {
    List<AttackedObject> numbered = new ArrayList<>();
    for (AttackedObject o : objects) {
      numbered.add(
          new AttackedObject(numbered.size(), o.frame(), o.box(), o.label(), o.wanted(), -1));
    }
    return List.copyOf(numbered);
  }
}
