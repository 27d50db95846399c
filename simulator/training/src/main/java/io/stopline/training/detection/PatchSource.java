package io.stopline.training.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Augmentation;
import io.stopline.training.Augmenter;
import io.stopline.training.Batch;
import io.stopline.training.TrainingSource;
import io.stopline.training.ValidationPlan;
import io.stopline.training.detection.Crop.Place;
import io.stopline.training.detection.Crop.View;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Crops for a verifier to learn from, class 0 "no sign" and class 1 "sign", with boxes that lie off
 * as those of a finder do. Thread-safe.
 */
public final class PatchSource implements TrainingSource {

  /** The classes of a verifier. */
  public static final List<String> CLASSES = List.of("no sign", "sign");

  /** Share of pasted signs that stand on a panel. */
  private static final double PANELS = 0.4;

  /** Natural logarithms of the factors of much darker crops. */
  private static final double DARKEST = -2.2;

  private static final double DUSK = -0.5;

  /** Natural logarithms of a projector's white, in times the light that is there. */
  private static final double FAINT = -0.5;

  private static final double BRIGHT = 2.1;

  private final String name;
  private final ImageShape shape;
  private final List<SignPatch> signs;
  private final List<SignPatch> cells;
  private final List<SignPatch> others;
  private final double[] otherSums;
  private final PatchSettings settings;
  private final Augmentation light;
  private final Supplier<Judge> judge;
  private final Map<String, String> hashes;

  /**
   * @param shape of the verifier's input, square
   * @param patches of both classes
   * @param light how crops are lit, blurred and disturbed; its geometry is not used
   * @param judge what judges the weights
   * @param hashes of all data, by name
   * @throws IllegalArgumentException if there are none of one class, or phantoms are asked for and
   *     no sign is without surroundings
   */
  public PatchSource(
      String name,
      ImageShape shape,
      List<SignPatch> patches,
      PatchSettings settings,
      Augmentation light,
      Supplier<Judge> judge,
      Map<String, String> hashes) {
    this.name = name;
    this.shape = shape;
    this.signs = patches.stream().filter(p -> p.sign() && p.cell() == null).toList();
    this.cells = patches.stream().filter(p -> p.sign() && p.cell() != null).toList();
    this.others = patches.stream().filter(p -> !p.sign()).toList();
    this.otherSums = others.stream().mapToDouble(SignPatch::weight).toArray();
    Arrays.parallelPrefix(otherSums, Double::sum);
    this.settings = settings;
    this.light = light;
    this.judge = judge;
    this.hashes = new LinkedHashMap<>(hashes);
    if (signs.isEmpty() || others.isEmpty()) {
      throw new IllegalArgumentException(
          "data set '%s' gives %d places with a sign and %d without; a verifier needs both: let the finder give more by a lower threshold"
              .formatted(name, signs.size(), others.size()));
    }
    if (settings.phantoms() > 0 && cells.isEmpty()) {
      throw new IllegalArgumentException(
          "patch.phantoms is %s, but there are no signs whose pictures could be thrown; name some with --signs DIR, or leave patch.phantoms out"
              .formatted(settings.phantoms()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int count() {
    return settings.crops();
  }

  @Override
  public Renderer renderer() {
    return new PatchRenderer();
  }

  @Override
  public Judge judge(ValidationPlan plan, long seed) {
    return judge.get();
  }

  @Override
  public void check(TrainableModel model) {
    if (model.classes() != CLASSES.size()) {
      throw new IllegalArgumentException(
          "the model tells %d classes apart; a verifier has 2, no sign and sign"
              .formatted(model.classes()));
    }
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(settings.settings());
    all.putAll(light.settings());
    all.put("places with a sign", Integer.toString(signs.size()));
    all.put("signs without surroundings", Integer.toString(cells.size()));
    all.put("places without a sign", Integer.toString(others.size()));
    all.putAll(hashes);
    return all;
  }

  /** One thread's memory. */
  private final class PatchRenderer implements Renderer {
    private final Crop crop = new Crop(shape.width(), true);
    private final CropPanel panel = new CropPanel(crop);
    private final CropAlteration alteration = new CropAlteration(crop);
    private final Augmenter augmenter = new Augmenter(light.still(), shape);
    private final RandomStream random = new RandomStream(0);

    @Override
    public void render(long place, long seed, Batch batch, int slot) {
      random.reseed(RandomStream.derive(seed, 0));
      boolean sign = random.nextDouble() < settings.signShare();
      if (sign) {
        sign();
      } else if (thrown()) {
        shine(Objects.requireNonNull(cells.get(random.nextInt(cells.size())).cell()));
      } else {
        cut(other());
      }
      if (random.nextDouble() < settings.dimmed()) {
        crop.dim(Math.exp(random.uniform(DARKEST, DUSK)));
      }
      batch.labels()[slot] = sign ? 1 : 0;
      batch.ids()[slot] = place;
      augmenter.render(crop.rgb, RandomStream.derive(seed, 1), batch.images(), slot * shape.size());
    }

    private void sign() {
      boolean photograph = cells.isEmpty() || random.nextDouble() < settings.photographs();
      List<SignPatch> from = photograph ? signs : cells;
      SignPatch patch = from.get(random.nextInt(from.size()));
      SignCell cell = patch.cell();
      if (cell != null && random.nextDouble() < settings.pasted()) {
        paste(cell);
      } else {
        cut(patch);
      }
      if (random.nextDouble() < settings.altered()) {
        alteration.any(crop.signs.get(0), random);
      }
    }

    private SignPatch other() {
      return others.get(SceneSource.draw(otherSums, random));
    }

    /** Whether the place without a sign gets one of light. */
    private boolean thrown() {
      // Where none is asked for nothing is drawn: recipes without phantoms keep their weights.
      return settings.phantoms() > 0 && random.nextDouble() < settings.phantoms();
    }

    /** The picture of a sign, thrown on a place where none is or on a panel: still none. */
    private void shine(SignCell cell) {
      surroundings();
      double irradiance = Math.exp(random.uniform(FAINT, BRIGHT));
      crop.shine(cell, place(cell), irradiance, random.uniform(0.5, 2));
    }

    /** A sign where a finder was wrong, or on a panel: what is around a sign tells little. */
    private void paste(SignCell cell) {
      surroundings();
      Place place = place(cell);
      double gain = random.uniform(0.8, 1.2) * crop.exposure(cell, place);
      crop.paste(cell, place, gain, null);
    }

    private void surroundings() {
      if (random.nextDouble() < PANELS) {
        panel.fill(random);
      } else {
        cut(other());
      }
      crop.signs.clear();
    }

    private Place place(SignCell cell) {
      double side = shape.width() / (1 + 2 * settings.margin()) * factor();
      double slim =
          Math.sqrt(
              (cell.right() - cell.left())
                  * cell.image().width()
                  / ((cell.bottom() - cell.top()) * cell.image().height()));
      double width = side * slim;
      double height = side / slim;
      double x = (crop.side - width) / 2 + side * shift();
      double y = (crop.side - height) / 2 + side * shift();
      double angle = angle();
      return new Place(x, y, width, height, angle);
    }

    /** By how much a box is too large. */
    private double factor() {
      return Math.exp(random.uniform(-settings.scale(), settings.scale()));
    }

    /** By how much a box lies off, as a share of its side. */
    private double shift() {
      return random.uniform(-settings.shift(), settings.shift());
    }

    /** In radians. */
    private double angle() {
      return Math.toRadians(random.uniform(-settings.rotation(), settings.rotation()));
    }

    private void cut(SignPatch patch) {
      SceneSign box = patch.scene().signs().get(0);
      double side = Math.sqrt(box.width() * box.height());
      double size = side * (1 + 2 * settings.margin()) * factor();
      double x = (box.left() + box.right()) / 2 + side * shift();
      double y = (box.top() + box.bottom()) / 2 + side * shift();
      double angle = angle();
      double middle = shape.width() / 2.0;
      crop.cut(
          patch.scene(),
          View.of(x, y, middle, middle, shape.width() / size, angle, random.nextDouble() < 0.5));
    }
  }
}
