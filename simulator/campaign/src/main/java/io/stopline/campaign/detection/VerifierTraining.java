package io.stopline.campaign.detection;

import io.stopline.attacks.Options;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.evaluation.road.Find;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.evaluation.road.SignMatcher;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Augmentation;
import io.stopline.training.Batch;
import io.stopline.training.Optimisation;
import io.stopline.training.Parametrization;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingListener;
import io.stopline.training.TrainingMethod;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingPlan;
import io.stopline.training.TrainingSource;
import io.stopline.training.ValidationPlan;
import io.stopline.training.architecture.Architecture;
import io.stopline.training.detection.PatchSettings;
import io.stopline.training.detection.PatchSource;
import io.stopline.training.detection.SignCell.Outline;
import io.stopline.training.detection.SignPatch;
import io.stopline.training.detection.VerifierJudge;
import io.stopline.training.method.Methods;
import io.stopline.training.quantization.QuantizedModel;
import io.stopline.training.quantization.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One training of a verifier, which tells signs from what a finder takes for signs. It learns from
 * the finder's own boxes on training frames: those on signs, and those on none. Belongs to one
 * thread.
 */
public final class VerifierTraining implements FinderTraining {

  /** Smaller places tell too little, px. */
  private static final int SMALLEST = 12;

  /** Signs whose smaller side is less are not asked of a finder, px. */
  private static final int MINIMUM_SIDE = 24;

  /** Random boxes a frame among the places without a sign. */
  private static final int RANDOM = 6;

  private static final int QUANTISED_ON = 768;

  /** What hardly looks like a sign is shown less often than what the finder is sure of. */
  private static final double SELDOM = 0.05;

  private static final double BY_COLOUR = 0.3;

  /**
   * What is asked for.
   *
   * @param architecture of the verifier; two classes
   * @param method of training, by name
   * @param detector file of the finder whose finds are to be verified
   * @param road frames with boxes, splits {@code train} and {@code validation}
   * @param ignore list of real signs in them that are not labelled; null for the folder's own
   * @param signs a data set of more signs, which have no surroundings; null for none
   * @param without table of its tracks that are left out, since they resemble what is judged on
   * @param settings texts by name, of crops, schedule, light and method together
   * @param limit of the training time
   */
  public record Wanted(
      Architecture architecture,
      String method,
      Path detector,
      Path road,
      @Nullable Path ignore,
      @Nullable Path signs,
      @Nullable Path without,
      Map<String, String> settings,
      Duration limit,
      long seed) {
    public Wanted {
      settings = new TreeMap<>(settings);
    }
  }

  private final TrainableModel model;
  private final TrainingMethod method;
  private final Trainer trainer;
  private final PatchSource source;
  private final long seed;

  private VerifierTraining(
      TrainableModel model, TrainingMethod method, Trainer trainer, PatchSource source, long seed) {
    this.model = model;
    this.method = method;
    this.trainer = trainer;
    this.source = source;
    this.seed = seed;
  }

  private static TrainingPlan plan(Wanted wanted) {
    return new TrainingPlan(
        12,
        128,
        0,
        new Optimisation(Optimisation.Kind.ADAMW, 3e-3, 0.005, 0.5, 0.9, 0.05, 1, 0.998),
        new ValidationPlan(1, 0, 1, 1, 0, 0),
        wanted.limit(),
        true,
        Duration.ofSeconds(60),
        wanted.seed());
  }

  private static Augmentation light() {
    return new Augmentation(0, 0, 0, 0, 0, 0.5, 0.3, 0.3, 0.12, 0.8, 0.03, 0, 0, false);
  }

  /**
   * Runs the finder over all frames and opens the architecture.
   *
   * @param frame called after each frame that was looked through
   * @throws io.stopline.evaluation.UnusableDatasetException if the data are damaged
   * @throws IllegalArgumentException naming setting, value and what is allowed
   * @throws IOException if the finder's file or a table cannot be read
   */
  public static VerifierTraining open(Wanted wanted, Runnable frame) throws IOException {
    Map<String, String> ofTraining = new TreeMap<>();
    Map<String, String> ofMethod = new TreeMap<>();
    TrainingPlan plain = plan(wanted);
    wanted
        .settings()
        .forEach(
            (name, value) -> {
              boolean own =
                  name.startsWith("patch.")
                      || name.startsWith(Outlines.PREFIX)
                      || name.startsWith("augment")
                      || name.equals("checkpoint-every")
                      || RenderedRoads.Drives.named(name)
                      || plain.settings().containsKey(name);
              (own ? ofTraining : ofMethod).put(name, value);
            });
    Options options = new Options("training", "train-verifier", ofTraining);
    PatchSettings patches = PatchSettings.of(options, PatchSettings.standard());
    TrainingPlan plan = TrainingPlan.of(options, plain);
    Augmentation light = Augmentation.of(options, light());
    Map<Integer, Outline> outlines = Outlines.of(options);
    RenderedRoads.Drives drives = RenderedRoads.Drives.of(options);
    options.end();
    RoadData train = RoadDatasets.open(wanted.road(), "train", wanted.ignore());
    RoadData validation = RoadDatasets.open(wanted.road(), "validation", wanted.ignore());
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("training images", train.sha256());
    hashes.put("validation images", validation.sha256());
    hashes.put("finder", Sha256.of(ModelBytes.read(wanted.detector())));
    List<SignPatch> places = new ArrayList<>();
    Architecture architecture =
        wanted.architecture().with(wanted.architecture().input(), PatchSource.CLASSES.size());
    VerifierJudge judge;
    try (Finds finder = new Finds(wanted.detector())) {
      for (int f = 0; f < train.frames().size(); f++) {
        RoadFrame photograph = train.frames().get(f);
        places(
            photograph.image(),
            photograph.signs(),
            finder,
            RandomStream.derive(wanted.seed(), f),
            places);
        frame.run();
      }
      AtomicLong number = new AtomicLong(train.frames().size());
      RenderedRoads.film(
          drives,
          wanted.seed(),
          r -> {
            long seed = RandomStream.derive(wanted.seed(), number.getAndIncrement());
            places(r.image(), r.signs(), finder, seed, places);
          });
      hashes.putAll(drives.settings());
      judge = judge(validation, finder, architecture, patches.margin(), frame);
    }
    Path signs = wanted.signs();
    if (signs != null) {
      Dataset data = Dataset.open(signs);
      SceneLoader.cells(data, SceneLoader.tracks(wanted.without()), outlines)
          .forEach(cell -> places.add(SignPatch.of(cell)));
      hashes.put("further signs", data.split("train").sha256());
      hashes.put("outlines", outlines.toString());
    }
    PatchSource source =
        new PatchSource(
            train.name(), architecture.input(), places, patches, light, () -> judge, hashes);
    TrainingMethod method = Methods.make(wanted.method(), ofMethod);
    TrainableModel model = null;
    boolean done = false;
    try {
      model = TfliteModels.openTrainable(architecture.file(wanted.seed()), InputEncoding.UNIT);
      Map<String, String> further = new LinkedHashMap<>(ofMethod);
      further.put("architecture", architecture.name());
      Trainer trainer =
          new Trainer(model, Parametrization.standardised(model), method, source, plan, further);
      VerifierTraining training =
          new VerifierTraining(model, method, trainer, source, wanted.seed());
      done = true;
      return training;
    } finally {
      if (!done) {
        method.close();
        if (model != null) {
          model.close();
        }
      }
    }
  }

  /** The finder's boxes on signs and on nothing, the labelled boxes, and some at random. */
  private static void places(
      Image image, List<SignBox> signs, Finds finder, long seed, List<SignPatch> places) {
    for (SignBox sign : signs) {
      if (sign.known() && sign.side() >= SMALLEST) {
        places.add(SignPatch.of(image, sign.region(), true));
      }
    }
    for (Find find : finder.in(image)) {
      add(image, find.box(), SELDOM + find.probability(), signs, places);
    }
    for (Detection proposal : new ShapeColourProposer().propose(image)) {
      add(image, proposal.region(), BY_COLOUR, signs, places);
    }
    RandomStream random = new RandomStream(seed);
    for (int r = 0; r < RANDOM; r++) {
      int side = (int) Math.exp(random.uniform(Math.log(14), Math.log(120)));
      Region box =
          new Region(
              random.nextInt(Math.max(1, image.width() - side)),
              random.nextInt(Math.max(1, image.height() - side)),
              Math.min(side, image.width()),
              Math.min(side, image.height()));
      add(image, box, SELDOM, signs, places);
    }
  }

  /** A box between sign and nothing teaches neither. */
  private static void add(
      Image image, Region box, double weight, List<SignBox> signs, List<SignPatch> places) {
    if (Math.min(box.width(), box.height()) < SMALLEST) {
      return;
    }
    if (SceneLoader.onNothing(box, signs)) {
      places.add(SignPatch.of(image, box, false, weight));
    } else if (signs.stream()
        .anyMatch(
            s -> s.known() && s.region().intersectionOverUnion(box) >= SignMatcher.RIGHT_OVERLAP)) {
      places.add(SignPatch.of(image, box, true));
    }
  }

  private static VerifierJudge judge(
      RoadData data, Finds finder, Architecture architecture, double margin, Runnable done) {
    List<List<Find>> finds = new ArrayList<>();
    List<Image> images = new ArrayList<>();
    for (RoadFrame frame : data.frames()) {
      Image image = frame.image();
      images.add(image);
      finds.add(finder.in(image));
      done.run();
    }
    return new VerifierJudge(
        data.frames(), finds, images, new SignMatcher(MINIMUM_SIDE), architecture.input(), margin);
  }

  @Override
  public int weights() {
    return model.weights();
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
    return model.file();
  }

  @Override
  public QuantizedModel quantize() {
    int size = source.shape().size();
    TrainingSource.Renderer renderer = source.renderer();
    Batch batch =
        new Batch(
            new float[QUANTISED_ON * size],
            new int[QUANTISED_ON],
            new long[QUANTISED_ON],
            QUANTISED_ON);
    for (int i = 0; i < QUANTISED_ON; i++) {
      renderer.render(i, RandomStream.derive(seed, i), batch, i);
    }
    return Quantizer.quantize(model.file(), InputEncoding.UNIT, batch.images(), QUANTISED_ON);
  }

  @Override
  public void close() {
    method.close();
    model.close();
  }
}
