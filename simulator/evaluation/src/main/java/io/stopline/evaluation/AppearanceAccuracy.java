package io.stopline.evaluation;

import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.CellFeatures;

/**
 * How well an appearance table tells groups apart on clean tracks that it was not learnt from.
 *
 * @param frames right group
 * @param doubtedTracks another group leads on at least one frame
 * @param fernsBehindASticker most ferns that see any square of 15 % of a sign's bounding square
 */
public record AppearanceAccuracy(Rate frames, Rate doubtedTracks, int fernsBehindASticker) {

  /** Share of a crop's side that the sign takes; the rest is margin. */
  private static final double SIGN = 0.8;

  private static final double STICKER = 0.15;

  /**
   * Measures.
   *
   * @param split with tracks, and labels that the table knows
   */
  public static AppearanceAccuracy of(AppearanceTable table, Split split, long seed) {
    CellFeatures cells = new CellFeatures(table.side());
    float[] features = new float[table.side() * table.side() * CellFeatures.FEATURES];
    int[] words = new int[table.ferns()];
    int[] scores = new int[table.groups().size()];
    int[] right = new int[split.tracks().size()];
    int[] frames = new int[right.length];
    long doubted = 0;
    for (int t = 0; t < right.length; t++) {
      for (Sample sample : split.tracks().get(t).frames()) {
        cells.measure(sample.image(), features);
        table.read(features, words);
        table.score(words, scores);
        right[t] += table.lead(scores, sample.label()) < 0 ? 1 : 0;
        frames[t]++;
      }
      doubted += right[t] < frames[t] ? 1 : 0;
    }
    return new AppearanceAccuracy(
        TrackBootstrap.rate(right, frames, seed),
        Rate.of(doubted, right.length),
        fernsBehindASticker(table));
  }

  private static int fernsBehindASticker(AppearanceTable table) {
    int side = (int) Math.ceil(Math.sqrt(STICKER) * SIGN * table.side());
    int most = 0;
    for (int y = 0; y + side <= table.side(); y++) {
      for (int x = 0; x + side <= table.side(); x++) {
        most = Math.max(most, table.fernsThatSee(x, y, x + side, y + side));
      }
    }
    return most;
  }
}
