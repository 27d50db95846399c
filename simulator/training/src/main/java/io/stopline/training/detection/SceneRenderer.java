package io.stopline.training.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Augmentation;
import io.stopline.training.Augmenter;
import io.stopline.training.Batch;
import io.stopline.training.TrainingSource;
import io.stopline.training.detection.Crop.Place;
import io.stopline.training.detection.Crop.View;
import io.stopline.training.detection.SceneFrame.SceneSign;
import io.stopline.training.detection.SceneSource.HardPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Makes crops: cuts, pastes, alters, lights. Belongs to one thread. */
final class SceneRenderer implements TrainingSource.Renderer {

  /** Signs that are pasted into one crop, at most. */
  private static final int MOST = 3;

  /** How often a free place is looked for. */
  private static final int TRIALS = 12;

  /** Room around a sign that others must leave free, in its sides. */
  private static final double ROOM = 0.25;

  /** How uneven classes stay: drawn in proportion to their number to this power. */
  private static final double EVENNESS = 0.5;

  private final List<SceneFrame> frames;
  private final List<SignCell> cells;
  private final List<HardPlace> hard;
  private final Patches patches;
  private final SceneSettings settings;
  private final Targets targets;
  private final Augmenter augmenter;
  private final Crop crop;
  private final CropAlteration alteration;
  private final Crop other;
  private final RandomStream random = new RandomStream(0);

  /** Every labelled sign as frame and number, and the sum of their weights up to each. */
  private final List<int[]> labelled = new ArrayList<>();

  private final double[] labelledSums;
  private final double[] cellSums;

  /** Writes what should be said of a crop. */
  @FunctionalInterface
  interface Targets {
    void write(List<SceneSign> signs, Batch batch, int slot);
  }

  SceneRenderer(
      List<SceneFrame> frames,
      List<SignCell> cells,
      List<HardPlace> hard,
      Patches patches,
      SceneSettings settings,
      Augmentation light,
      Targets targets) {
    this.frames = frames;
    this.cells = cells;
    this.hard = hard;
    this.patches = patches;
    this.settings = settings;
    this.targets = targets;
    this.augmenter =
        new Augmenter(light.still(), new ImageShape(settings.crop(), settings.crop(), 3));
    this.crop = new Crop(settings.crop(), false);
    this.alteration = new CropAlteration(crop);
    this.other = new Crop(settings.crop(), false);
    List<Integer> labels = new ArrayList<>();
    for (int f = 0; f < frames.size(); f++) {
      List<SceneSign> signs = frames.get(f).signs();
      for (int s = 0; s < signs.size(); s++) {
        if (!signs.get(s).ignored()) {
          labelled.add(new int[] {f, s});
          labels.add(signs.get(s).label());
        }
      }
    }
    labelledSums = sums(labels);
    cellSums = sums(cells.stream().map(SignCell::label).toList());
  }

  /** Rare classes are drawn more often than they come. */
  private static double[] sums(List<Integer> labels) {
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    labels.forEach(label -> counts.merge(label, 1, Integer::sum));
    double[] sums = new double[labels.size()];
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += Math.pow(counts.getOrDefault(labels.get(i), 1), EVENNESS - 1);
      sums[i] = sum;
    }
    return sums;
  }

  @Override
  public void render(long place, long seed, Batch batch, int slot) {
    random.reseed(RandomStream.derive(seed, 0));
    double mode = random.nextDouble();
    if (mode < settings.signShare()) {
      int[] chosen = labelled.get(SceneSource.draw(labelledSums, random));
      aboutSign(frames.get(chosen[0]), frames.get(chosen[0]).signs().get(chosen[1]));
    } else if (mode < settings.signShare() + settings.hardShare() && !hard.isEmpty()) {
      HardPlace at = hard.get(random.nextInt(hard.size()));
      about(frames.get(at.frame()), at.x(), at.y(), 8, factor());
    } else {
      anywhere(crop);
    }
    if (!cells.isEmpty() && random.nextDouble() < settings.pasted()) {
      paste();
    }
    for (SceneSign sign : List.copyOf(crop.signs)) {
      if (random.nextDouble() < settings.altered()) {
        alteration.coarse(sign, random);
      }
    }
    if (!patches.prints().isEmpty()) {
      patch();
    }
    targets.write(crop.signs, batch, slot);
    batch.labels()[slot] = 0;
    batch.ids()[slot] = place;
    augmenter.render(
        crop.rgb,
        RandomStream.derive(seed, 1),
        batch.images(),
        slot * 3 * settings.crop() * settings.crop());
  }

  private double factor() {
    return Math.exp(random.uniform(Math.log(settings.smallest()), Math.log(settings.largest())));
  }

  private void aboutSign(SceneFrame frame, SceneSign sign) {
    double factor = Math.min(factor(), 0.7 * crop.side / Math.max(sign.width(), sign.height()));
    double half = Math.max(sign.width(), sign.height()) * factor / 2;
    about(frame, (sign.left() + sign.right()) / 2, (sign.top() + sign.bottom()) / 2, half, factor);
  }

  /** Shows a place of a frame somewhere in the crop, with at least so much room around it. */
  private void about(SceneFrame frame, double x, double y, double room, double factor) {
    double anchorX = random.uniform(room, crop.side - room);
    double anchorY = random.uniform(room, crop.side - room);
    crop.cut(frame, view(x, y, anchorX, anchorY, factor));
  }

  private void anywhere(Crop into) {
    SceneFrame frame = frames.get(random.nextInt(frames.size()));
    double factor = factor();
    double half = 0.5 * into.side / factor;
    into.cut(
        frame,
        view(
            within(half, frame.width()),
            within(half, frame.height()),
            into.side / 2.0,
            into.side / 2.0,
            factor));
  }

  private double within(double half, int length) {
    return length <= 2 * half ? length / 2.0 : random.uniform(half, length - half);
  }

  private View view(double x, double y, double anchorX, double anchorY, double factor) {
    double angle = Math.toRadians(random.uniform(-settings.rotation(), settings.rotation()));
    return View.of(x, y, anchorX, anchorY, factor, angle, random.nextDouble() < 0.5);
  }

  private void paste() {
    int count = 1 + random.nextInt(MOST);
    anywhere(other);
    for (int n = 0; n < count; n++) {
      SignCell cell = cells.get(SceneSource.draw(cellSums, random));
      double side =
          Math.exp(
              random.uniform(Math.log(settings.pastedLeast()), Math.log(settings.pastedMost())));
      double stretch = Math.exp(random.uniform(-0.06, 0.06));
      double width = side * stretch;
      double height = side / stretch;
      double angle =
          Math.toRadians(random.uniform(-2 * settings.rotation(), 2 * settings.rotation()));
      double gain = Math.exp(random.uniform(-0.3, 0.3));
      boolean decoy = random.nextDouble() < settings.decoys();
      for (int trial = 0; trial < TRIALS; trial++) {
        double x = random.uniform(0, crop.side - width);
        double y = random.uniform(0, crop.side - height);
        if (free(x, y, width, height)) {
          Place place = new Place(x, y, width, height, angle);
          crop.paste(cell, place, gain * crop.exposure(cell, place), decoy ? other : null);
          break;
        }
      }
    }
  }

  /**
   * Sticks adversarial patches onto signs. What they are is told before the signs, whose boxes go
   * before theirs where both lie in one place.
   */
  private void patch() {
    List<SceneSign> stuck = new ArrayList<>();
    for (SceneSign sign : crop.signs) {
      if (sign.ignored() || random.nextDouble() >= settings.patched()) {
        continue;
      }
      double area = random.uniform(settings.patchLeast(), settings.patchMost());
      double stretch = Math.exp(random.uniform(-0.4, 0.4));
      double width = Math.min(1, Math.sqrt(area) * stretch) * sign.width();
      double height = Math.min(1, Math.sqrt(area) / stretch) * sign.height();
      double x = random.uniform(sign.left(), sign.right() - width);
      double y = random.uniform(sign.top(), sign.bottom() - height);
      Image print = patches.prints().get(random.nextInt(patches.prints().size()));
      crop.stick(print, x, y, width, height, random.uniform(0.6, 1.05));
      if (patches.told()) {
        stuck.add(new SceneSign(x, y, x + width, y + height, patches.label()));
      }
    }
    crop.signs.addAll(0, stuck);
  }

  private boolean free(double x, double y, double width, double height) {
    for (SceneSign s : crop.signs) {
      double rx = ROOM * Math.max(width, s.width());
      double ry = ROOM * Math.max(height, s.height());
      if (x < s.right() + rx
          && s.left() - rx < x + width
          && y < s.bottom() + ry
          && s.top() - ry < y + height) {
        return false;
      }
    }
    return true;
  }
}
