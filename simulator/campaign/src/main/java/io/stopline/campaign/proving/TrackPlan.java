package io.stopline.campaign.proving;

import io.stopline.campaign.proving.Campaign.Condition;
import io.stopline.campaign.proving.Campaign.PlannedAlteration;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One approach to one sign, as a campaign plans it. No two tracks share a drive.
 *
 * @param number from 0
 * @param seed of the drive and of all that is drawn for the track
 */
record TrackPlan(
    int number, int signClass, Condition condition, PlannedAlteration alteration, long seed) {

  /**
   * All tracks. Alterations take turns; within each one, classes come in an order of its own and
   * conditions take turns, so that each alteration meets as many of both as its tracks allow. The
   * first tracks of a longer campaign are those of a shorter one.
   */
  static List<TrackPlan> of(Campaign campaign) {
    int kinds = campaign.alterations().size();
    List<List<Integer>> orders = new ArrayList<>();
    for (int a = 0; a < kinds; a++) {
      orders.add(shuffled(campaign.classes(), RandomStream.derive(campaign.seed(), 0xc1a55L + a)));
    }
    List<TrackPlan> tracks = new ArrayList<>();
    for (int i = 0; i < campaign.tracks(); i++) {
      int a = i % kinds;
      int round = i / kinds;
      List<Integer> order = orders.get(a);
      tracks.add(
          new TrackPlan(
              i,
              order.get(round % order.size()),
              campaign.conditions().get((round + a) % campaign.conditions().size()),
              campaign.alterations().get(a),
              seed(campaign.seed(), i)));
    }
    return tracks;
  }

  private static long seed(long campaign, int track) {
    return RandomStream.derive(campaign, 0x72ac4_0000L + track);
  }

  /** Of the guard's draws in each drive of the track. */
  long drawSeed() {
    return draws(seed);
  }

  /** As {@link #drawSeed()}, of a track by its number. */
  static long drawSeed(long campaign, int track) {
    return draws(seed(campaign, track));
  }

  private static long draws(long track) {
    return RandomStream.derive(track, 0x9a4d);
  }

  private static List<Integer> shuffled(List<Integer> classes, long seed) {
    RandomStream random = new RandomStream(seed);
    List<Integer> order = new ArrayList<>(classes);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Integer kept = order.get(i);
      order.set(i, order.get(j));
      order.set(j, kept);
    }
    return order;
  }
}
