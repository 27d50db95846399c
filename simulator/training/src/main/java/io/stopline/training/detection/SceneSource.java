package io.stopline.training.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Augmentation;
import io.stopline.training.TrainingSource;
import io.stopline.training.ValidationPlan;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Crops of road frames for a detector to learn from. Which frame, where, what is pasted and how it
 * is lit follows from the seed of each image alone. Thread-safe.
 */
public final class SceneSource implements TrainingSource {

  private final String name;
  private final List<SceneFrame> frames;
  private final List<SignCell> cells;
  private final List<HardPlace> hard;
  private final Patches patches;
  private final SceneSettings settings;
  private final Augmentation light;
  private final int[] kindOf;
  private final DenseTargets targets;
  private final Supplier<Judge> judge;
  private final Map<String, String> hashes;

  /**
   * A place where a detector before this one saw a sign and there is none.
   *
   * @param frame index of the frame
   * @param x px of the frame as it is kept
   * @param y px
   */
  public record HardPlace(int frame, double x, double y) {}

  /**
   * @param frames at least one with a sign
   * @param cells to paste; may be empty
   * @param hard may be empty
   * @param patches stuck onto signs; their label, if they have one, is one of {@code kindOf}
   * @param light how crops are lit, blurred and disturbed; its geometry is not used
   * @param kindOf kind of each class
   * @param judge what judges the weights on validation frames
   * @param hashes of all data, by name
   * @throws IllegalArgumentException if there is nothing to learn from
   */
  public SceneSource(
      String name,
      List<SceneFrame> frames,
      List<SignCell> cells,
      List<HardPlace> hard,
      Patches patches,
      SceneSettings settings,
      Augmentation light,
      int[] kindOf,
      Supplier<Judge> judge,
      Map<String, String> hashes) {
    this.name = name;
    this.frames = List.copyOf(frames);
    this.cells = List.copyOf(cells);
    this.hard = List.copyOf(hard);
    this.patches = patches;
    this.settings = settings;
    this.light = light;
    this.kindOf = kindOf.clone();
    int kinds = 1;
    for (int kind : kindOf) {
      kinds = Math.max(kinds, kind + 1);
    }
    this.targets =
        new DenseTargets(settings.crop(), kinds, settings.ignoredBelow(), settings.votes());
    this.judge = judge;
    this.hashes = new LinkedHashMap<>(hashes);
    if (frames.stream().flatMap(f -> f.signs().stream()).allMatch(SceneSign::ignored)) {
      throw new IllegalArgumentException(
          "data set '%s' has no sign of a known class in its %d training frames; give frames with boxes"
              .formatted(name, frames.size()));
    }
  }

  /** What a model learns from these batches. */
  public DenseDetection method() {
    return new DenseDetection(targets);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(settings.crop(), settings.crop(), 3);
  }

  @Override
  public int count() {
    return settings.crops();
  }

  @Override
  public int targets() {
    return targets.size();
  }

  @Override
  public Renderer renderer() {
    return new SceneRenderer(
        frames,
        cells,
        hard,
        patches,
        settings,
        light,
        (signs, batch, slot) ->
            targets.write(signs, kindOf, batch.targets(), slot * targets.size()));
  }

  @Override
  public Judge judge(ValidationPlan plan, long seed) {
    return judge.get();
  }

  @Override
  public void check(TrainableModel model) {
    int places = targets.places();
    int outputs = places * places * (targets.kinds() + DetectorArchitecture.BOX);
    if (model.classes() != outputs) {
      throw new IllegalArgumentException(
          "the model says %d numbers of a crop of %d px; %d kinds of signs want %d: give an architecture of so many kinds"
              .formatted(model.classes(), settings.crop(), targets.kinds(), outputs));
    }
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(settings.settings());
    all.putAll(light.settings());
    all.put("hard places", Integer.toString(hard.size()));
    all.put("patches", Integer.toString(patches.prints().size()));
    all.putAll(hashes);
    return all;
  }

  /** Draws from frequencies. */
  static int draw(double[] cumulative, RandomStream random) {
    double u = random.nextDouble() * cumulative[cumulative.length - 1];
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > u) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
