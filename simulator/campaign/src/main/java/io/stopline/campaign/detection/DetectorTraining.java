package io.stopline.campaign.detection;

import io.stopline.attacks.Options;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignMatcher;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.training.Augmentation;
import io.stopline.training.Optimisation;
import io.stopline.training.Parametrization;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingListener;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingPlan;
import io.stopline.training.ValidationPlan;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.FrameJudge;
import io.stopline.training.detection.Patches;
import io.stopline.training.detection.SceneFrame;
import io.stopline.training.detection.SceneSettings;
import io.stopline.training.detection.SceneSource;
import io.stopline.training.detection.SceneSource.HardPlace;
import io.stopline.training.detection.SignCell;
import io.stopline.training.detection.SignCell.Outline;
import io.stopline.training.quantization.DetectorQuantizer;
import io.stopline.training.quantization.QuantizedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One training of a detector from road frames to file. All that was asked for is checked when it is
 * opened, before minutes of work. Belongs to one thread.
 */
public final class DetectorTraining implements FinderTraining {

  /** Images go in as −1..1, so that the model need not scale them. */
  public static final InputEncoding ENCODING =
      new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /** One of so many patches judges. */
  private static final int JUDGING = 4;

  private static final int LEAST_PATCHES = 8;

  private static final byte GREY = (byte) 128;
  private static final int QUANTISED_ON = 160;

  /** Signs whose smaller side is less are not asked of a detector, px of the frame. */
  private static final int MINIMUM_SIDE = 24;

  /**
   * What is asked for.
   *
   * @param architecture of the detector
   * @param start a float detector of this architecture to learn on from; null for fresh weights
   * @param road frames with boxes, splits {@code train} and {@code validation}
   * @param ignore list of real signs in them that are not labelled; null for the folder's own
   * @param also more frames to learn from: all but their test splits
   * @param cells a data set of signs to paste; null for none
   * @param without table of tracks that must not be pasted, since they resemble what is judged on
   * @param patches folder of adversarial patches to stick onto signs; null for none. An
   *     architecture of two kinds learns to report them as the second one
   * @param mined detector whose false finds on the training frames are shown more often; null for
   *     none
   * @param settings texts by name, of scenes, schedule, light and outlines together
   * @param limit of the training time
   */
  public record Wanted(
      DetectorArchitecture architecture,
      @Nullable Path start,
      Path road,
      @Nullable Path ignore,
      List<Path> also,
      @Nullable Path cells,
      @Nullable Path without,
      @Nullable Path patches,
      @Nullable Path mined,
      Map<String, String> settings,
      Duration limit,
      long seed) {
    public Wanted {
      also = List.copyOf(also);
      settings = new TreeMap<>(settings);
    }
  }

  private final Wanted wanted;
  private final TrainableModel model;
  private final Trainer trainer;
  private final List<SceneFrame> frames;
  private final Map<String, Integer> counts;

  private DetectorTraining(
      Wanted wanted,
      TrainableModel model,
      Trainer trainer,
      List<SceneFrame> frames,
      Map<String, Integer> counts) {
    this.wanted = wanted;
    this.model = model;
    this.trainer = trainer;
    this.frames = frames;
    this.counts = counts;
  }

  /** The schedule that is followed where nothing else is asked for. */
  private static TrainingPlan plan(Wanted wanted) {
    return new TrainingPlan(
        18,
        16,
        0,
        new Optimisation(Optimisation.Kind.ADAMW, 4e-3, 0.005, 0.5, 0.9, 0.02, 5, 0.998),
        new ValidationPlan(1, 0, 1, 1, 0, 0),
        wanted.limit(),
        true,
        Duration.ofSeconds(60),
        wanted.seed());
  }

  /** How crops are lit: roads at noon, at dusk, through a dirty windscreen. */
  private static Augmentation light() {
    return new Augmentation(0, 0, 0, 0, 0, 0.5, 0.3, 0.3, 0.12, 1.0, 0.02, 0, 0, false);
  }

  /**
   * Opens data and architecture.
   *
   * @throws UnusableDatasetException if the data have no signs to learn from or are damaged
   * @throws IllegalArgumentException naming setting, value and what is allowed
   * @throws IOException if a table cannot be read
   */
  public static DetectorTraining open(Wanted wanted) throws IOException {
    Options options = new Options("training", "train-detector", wanted.settings());
    SceneSettings scene = SceneSettings.of(options, SceneSettings.standard());
    TrainingPlan plan = TrainingPlan.of(options, plan(wanted));
    Augmentation light = Augmentation.of(options, light());
    Map<Integer, Outline> outlines = Outlines.of(options);
    RenderedRoads.Drives drives = RenderedRoads.Drives.of(options);
    options.end();
    DetectorArchitecture architecture = wanted.architecture();
    RoadData train = RoadDatasets.open(wanted.road(), "train", wanted.ignore());
    RoadData validation = RoadDatasets.open(wanted.road(), "validation", wanted.ignore());
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("training images", train.sha256());
    hashes.put("validation images", validation.sha256());
    List<SceneFrame> frames = new ArrayList<>(SceneLoader.frames(train, architecture));
    for (Path folder : wanted.also()) {
      RoadData more = RoadDatasets.open(folder, null);
      frames.addAll(SceneLoader.frames(more, architecture));
      hashes.put("further images " + more.name(), more.sha256());
    }
    RenderedRoads.film(
        drives,
        wanted.seed(),
        r -> frames.add(SceneLoader.frame(r.name(), r.image(), r.signs(), architecture)));
    hashes.putAll(drives.settings());
    List<SignCell> cells = List.of();
    Path cellFolder = wanted.cells();
    if (cellFolder != null) {
      Dataset data = Dataset.open(cellFolder);
      cells = SceneLoader.cells(data, SceneLoader.tracks(wanted.without()), outlines);
      hashes.put("pasted images", data.split("train").sha256());
      hashes.put("outlines", outlines.toString());
    }
    hash(hashes, "tracks left out", wanted.without());
    hash(hashes, "mined by", wanted.mined());
    List<Image> prints = prints(wanted, hashes);
    Patches patches = patches(wanted, train.classNames().size(), prints);
    List<HardPlace> hard = SceneLoader.hard(wanted.mined(), train, architecture);
    List<SceneFrame> judged = SceneLoader.frames(validation, architecture);
    SceneSource source =
        new SceneSource(
            train.name(),
            frames,
            cells,
            hard,
            patches,
            scene,
            light,
            kinds(train.classNames().size(), patches),
            () ->
                new FrameJudge(
                    architecture,
                    ENCODING,
                    validation.frames(),
                    judged,
                    new SignMatcher(MINIMUM_SIDE),
                    scene.votes(),
                    judged(prints)),
            hashes);
    ImageShape crop = source.shape();
    Path start = wanted.start();
    TrainableModel model =
        TfliteModels.openTrainable(
            start == null
                ? architecture.learning(crop, wanted.seed())
                : architecture.learning(crop, ModelBytes.read(start)),
            ENCODING);
    boolean done = false;
    try {
      Map<String, Integer> counts = new LinkedHashMap<>();
      counts.put("frames", frames.size());
      counts.put("signs", frames.stream().mapToInt(f -> f.signs().size()).sum());
      counts.put("pasted", cells.size());
      counts.put("hard", hard.size());
      counts.put("patches", patches.prints().size());
      counts.put("validation", judged.size());
      Trainer trainer =
          new Trainer(
              model,
              Parametrization.standardised(model),
              source.method(),
              source,
              plan,
              Map.of("architecture", architecture.toString()));
      DetectorTraining training = new DetectorTraining(wanted, model, trainer, frames, counts);
      done = true;
      return training;
    } finally {
      if (!done) {
        model.close();
      }
    }
  }

  /** What is on the patches; none where none are wanted. */
  private static List<Image> prints(Wanted wanted, Map<String, String> hashes) {
    Path folder = wanted.patches();
    if (folder == null) {
      return List.of();
    }
    RoadData prints = RoadDatasets.photographs(folder);
    if (prints.frames().size() < LEAST_PATCHES) {
      throw new UnusableDatasetException(
          "'%s' holds %d patches; give at least %d: one of %d judges and is not learnt from"
              .formatted(folder, prints.frames().size(), LEAST_PATCHES, JUDGING));
    }
    hashes.put("patches", prints.sha256());
    return prints.frames().stream().map(RoadFrame::image).toList();
  }

  /** Those patches that judge. */
  private static List<Image> judged(List<Image> prints) {
    return IntStream.range(0, prints.size())
        .filter(i -> i % JUDGING == JUDGING - 1)
        .mapToObj(prints::get)
        .toList();
  }

  /**
   * Those patches that are learnt from. They are objects of their own where the architecture has a
   * kind for them.
   *
   * @param classes of signs
   */
  private static Patches patches(Wanted wanted, int classes, List<Image> prints) {
    int kinds = wanted.architecture().kinds();
    if (prints.isEmpty() ? kinds != 1 : kinds > 2) {
      throw new IllegalArgumentException(
          "architecture '%s' has %d kinds; signs are one, and patches (--patches) may be another"
              .formatted(wanted.architecture().name(), kinds));
    }
    List<Image> learnt = new ArrayList<>(prints);
    learnt.removeAll(judged(prints));
    return new Patches(learnt, kinds == 2 ? Math.max(1, classes) : -1);
  }

  /** The kind of each class: all signs are of the first, patches of the second. */
  private static int[] kinds(int classes, Patches patches) {
    int[] kinds = new int[Math.max(1, classes) + 1];
    if (patches.label() >= 0) {
      kinds[patches.label()] = 1;
    }
    return kinds;
  }

  private static void hash(Map<String, String> hashes, String name, @Nullable Path file)
      throws IOException {
    if (file != null) {
      hashes.put(name, Sha256.of(Files.readAllBytes(file)));
    }
  }

  @Override
  public int weights() {
    return model.weights();
  }

  /** How many frames, signs, pasted signs, hard places and validation frames there are. */
  public Map<String, Integer> counts() {
    return Map.copyOf(counts);
  }

  @Override
  public Map<String, String> settings() {
    return trainer.settings();
  }

  @Override
  public TrainingOutcome train(Path checkpoint, boolean resume, TrainingListener listener) {
    return trainer.train(checkpoint, resume, listener);
  }

  @Override
  public byte[] file() {
    return wanted.architecture().using(model.file());
  }

  @Override
  public QuantizedModel quantize() {
    ImageShape shape = wanted.architecture().input();
    return DetectorQuantizer.quantize(
        file(), ENCODING, n -> filled(n * frames.size() / QUANTISED_ON, shape), QUANTISED_ON);
  }

  /** A frame as the detector's input has it: beside and below it is grey. */
  private byte[] filled(int number, ImageShape shape) {
    SceneFrame frame = frames.get(number);
    byte[] input = new byte[shape.size()];
    Arrays.fill(input, GREY);
    int row = shape.channels() * Math.min(frame.width(), shape.width());
    for (int y = 0; y < Math.min(frame.height(), shape.height()); y++) {
      System.arraycopy(
          frame.rgb(),
          shape.channels() * frame.width() * y,
          input,
          shape.channels() * shape.width() * y,
          row);
    }
    return input;
  }

  @Override
  public void close() {
    model.close();
  }
}
