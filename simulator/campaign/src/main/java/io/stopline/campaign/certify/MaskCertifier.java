package io.stopline.campaign.certify;

import io.stopline.attacks.ModelVictim;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.Margins;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.training.method.MaskSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Certificates of any classifier by masks of which at least one hides the patch, wherever it lies
 * (Xiang, Mahloujifar and Mittal 2022, "PatchCleanser"). The picture under the mask that hides the
 * patch is the same with and without it, so:
 *
 * <ul>
 *   <li><b>detection</b>: if the right group leads by more than τ under every mask, any label of
 *       another group is beaten by more than τ under one of them, whatever the patch;
 *   <li><b>recovery</b>: if the right group leads under every pair of masks, double masking gives
 *       it for every patch.
 * </ul>
 *
 * Groups are a classifier by themselves, so both hold at group level too. Belongs to one thread.
 */
final class MaskCertifier implements PatchCertifier {

  /** What lies under a mask: grey, of 8 bits as all that a camera gives. */
  static final float FILL = 128 / 255f;

  /** Pictures that the model is asked about at once. */
  private static final int BATCH = 48;

  private final TfliteBatchModel model;
  private final Map<Integer, MaskSet> masks = new TreeMap<>();
  private final Map<Level, GroupScores> levels = new TreeMap<>();
  private final boolean recovery;
  private final float[] scores;
  private final float[] pictures;

  /**
   * @param model gives logits; stays its owner's
   * @param groups by level
   * @param perAxis masks along each axis, at least 2
   * @param recovery whether pairs of masks are tried too
   * @throws IllegalArgumentException if a patch is too large for the picture
   */
  public MaskCertifier(
      TfliteBatchModel model,
      Map<Level, Groups> groups,
      List<Integer> sides,
      int perAxis,
      boolean recovery) {
    this.model = model;
    this.recovery = recovery;
    for (int side : sides) {
      MaskSet set = new MaskSet(model.shape(), side, perAxis);
      if (set.height() >= model.shape().height() && set.width() >= model.shape().width()) {
        throw new IllegalArgumentException(
            "masks for a patch of %d px hide the whole picture of %d×%d px; give a smaller patch, or more masks"
                .formatted(side, model.shape().width(), model.shape().height()));
      }
      masks.put(side, set);
    }
    groups.forEach((level, g) -> levels.put(level, new GroupScores(g)));
    int most = masks.values().stream().mapToInt(MaskSet::count).max().orElse(0);
    pictures = new float[Math.max(most, BATCH) * model.shape().size()];
    scores = new float[Math.max(most, BATCH) * model.classes()];
  }

  @Override
  public String method() {
    return "masks";
  }

  @Override
  public ImageShape shape() {
    return model.shape();
  }

  @Override
  public List<Integer> sides() {
    return List.copyOf(masks.keySet());
  }

  @Override
  public PatchCover cover(int side) {
    MaskSet set = set(side);
    return new PatchCover(
        IntStream.range(0, set.count()).mapToObj(m -> hidden(set, m)).toList(), shape());
  }

  @Override
  public Proof prove(float[] image, int label) {
    model.logits(image, 1, scores);
    int named = ModelVictim.answer(scores, 0, model.classes());
    long inferences = 1;
    List<Margins> margins = new ArrayList<>();
    for (Map.Entry<Integer, MaskSet> set : masks.entrySet()) {
      int side = set.getKey();
      int count = oneMask(image, set.getValue());
      inferences += count;
      Map<Level, double[]> found = new TreeMap<>();
      for (Map.Entry<Level, GroupScores> level : levels.entrySet()) {
        GroupScores groups = level.getValue();
        double odd = Double.NEGATIVE_INFINITY;
        double certain = Double.POSITIVE_INFINITY;
        for (int m = 0; m < count; m++) {
          groups.read(scores, m * model.classes());
          odd = Math.max(odd, -groups.lead(groups.group(named)));
          certain = Math.min(certain, groups.separation(groups.group(label)));
        }
        found.put(level.getKey(), new double[] {odd, certain, recovery ? certain : Double.NaN});
      }
      if (recovery) {
        inferences += pairs(image, set.getValue(), label, found);
      }
      found.forEach((level, m) -> margins.add(new Margins(level, side, m[0], m[1], m[2])));
    }
    return new Proof(named, inferences, margins);
  }

  /** Scores of the picture under each mask; says how many. */
  private int oneMask(float[] image, MaskSet set) {
    int size = shape().size();
    for (int m = 0; m < set.count(); m++) {
      System.arraycopy(image, 0, pictures, m * size, size);
      set.cover(m, FILL, pictures, m * size, shape());
    }
    model.logits(pictures, set.count(), scores);
    return set.count();
  }

  /** Lowers the margins of recovery to the least of all pairs, until none of them is above 0. */
  private long pairs(float[] image, MaskSet set, int label, Map<Level, double[]> found) {
    int size = shape().size();
    long asked = 0;
    int batched = 0;
    for (int a = 0; a < set.count(); a++) {
      for (int b = a + 1; b < set.count(); b++) {
        System.arraycopy(image, 0, pictures, batched * size, size);
        set.cover(a, FILL, pictures, batched * size, shape());
        set.cover(b, FILL, pictures, batched * size, shape());
        batched++;
        boolean last = a == set.count() - 2 && b == set.count() - 1;
        if (batched == BATCH || last) {
          if (found.values().stream().noneMatch(m -> m[2] > 0)) {
            return asked;
          }
          model.logits(pictures, batched, scores);
          asked += batched;
          lower(batched, label, found);
          batched = 0;
        }
      }
    }
    return asked;
  }

  private void lower(int count, int label, Map<Level, double[]> found) {
    found.forEach(
        (level, margins) -> {
          GroupScores groups = level(level);
          for (int i = 0; i < count; i++) {
            groups.read(scores, i * model.classes());
            margins[2] = Math.min(margins[2], groups.lead(groups.group(label)));
          }
        });
  }

  private GroupScores level(Level level) {
    GroupScores groups = levels.get(level);
    if (groups == null) {
      throw new IllegalArgumentException("%s level was not asked for".formatted(level.id()));
    }
    return groups;
  }

  private MaskSet set(int side) {
    MaskSet set = masks.get(side);
    if (set == null) {
      throw new IllegalArgumentException(
          "a patch of %d px was not asked for, only %s".formatted(side, masks.keySet()));
    }
    return set;
  }

  @Override
  public Ruling rule(float[] image, int label, Level level, int side, boolean recover) {
    GroupScores groups = level(level);
    MaskSet set = set(side);
    int count = oneMask(image, set);
    double passes = Double.POSITIVE_INFINITY;
    for (int wrong = 0; wrong < groups.count(); wrong++) {
      double odd = Double.NEGATIVE_INFINITY;
      for (int m = 0; m < count && wrong != groups.group(label); m++) {
        groups.read(scores, m * model.classes());
        odd = Math.max(odd, -groups.lead(wrong));
      }
      passes = wrong == groups.group(label) ? passes : Math.min(passes, odd);
    }
    return new Ruling(passes, recover ? recovered(image, groups, set) : -1);
  }

  @Override
  public Region weakest(float[] image, int label, Level level, int side) {
    GroupScores groups = level(level);
    MaskSet set = set(side);
    int count = oneMask(image, set);
    int worst = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int m = 0; m < count; m++) {
      groups.read(scores, m * model.classes());
      double separation = groups.separation(groups.group(label));
      if (separation < least) {
        least = separation;
        worst = m;
      }
    }
    return hidden(set, worst);
  }

  private static Region hidden(MaskSet set, int mask) {
    return new Region(set.left(mask), set.top(mask), set.width(), set.height());
  }

  /** The group of a mask with which every further mask agrees; −1 if there is none. */
  private int recovered(float[] image, GroupScores groups, MaskSet set) {
    int size = shape().size();
    for (int a = 0; a < set.count(); a++) {
      for (int b = 0; b < set.count(); b++) {
        System.arraycopy(image, 0, pictures, b * size, size);
        set.cover(a, FILL, pictures, b * size, shape());
        set.cover(b, FILL, pictures, b * size, shape());
      }
      model.logits(pictures, set.count(), scores);
      groups.read(scores, a * model.classes());
      int leader = groups.leader();
      boolean all = leader >= 0;
      for (int b = 0; b < set.count() && all; b++) {
        groups.read(scores, b * model.classes());
        all = groups.leader() == leader;
      }
      if (all) {
        return leader;
      }
    }
    return -1;
  }

  /** What an attacker on these masks follows. */
  Surrogate surrogate(
      byte[] file, InputEncoding encoding, int side, Groups groups, Surrogate.Goal goal) {
    return new MaskSurrogate(model, TfliteModels.open(file, encoding), set(side), groups, goal);
  }

  /** The model is closed by its owner. */
  @Override
  public void close() {}
}
