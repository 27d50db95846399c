package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Victim;
import io.stopline.attacks.adaptive.DefendedModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model behind one transform, its only defence. The attacker either knows the transform and
 * averages over draws of it, or attacks the model as if it were bare.
 */
public final class DefendedTarget implements AttackTarget {

  /** Fresh draws that a success must survive before an adaptive attack leaves it. */
  private static final int CONFIRMATIONS = 12;

  /** Fresh draws that a candidate is judged by. */
  private static final int LOOKS = 20;

  private final AttackedModel model;
  private final Defence defence;
  private final boolean adaptive;
  private final Victim victim;
  private final Classifier classifier;
  private final long seed;

  /**
   * Takes ownership of the model.
   *
   * @param adaptive whether the attacker knows the defence
   * @param draws that an adaptive attacker averages over, at least 1
   * @throws UnsupportedOperationException if the model has no gradients
   */
  public DefendedTarget(
      AttackedModel model, Defence defence, boolean adaptive, int draws, long seed) {
    this.model = model;
    this.defence = defence;
    this.adaptive = adaptive;
    this.seed = seed;
    DifferentiableModel twin =
        model
            .victim()
            .gradients()
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "model '%s': %s; a defended model needs gradients"
                            .formatted(model.name(), model.withoutGradients())));
    victim =
        adaptive
            ? new DefendedModel(
                twin,
                defence.chain(),
                defence.random() ? draws : 1,
                defence.random() ? CONFIRMATIONS : 0,
                RandomStream.derive(seed, 1))
            : ModelVictim.of(twin);
    classifier =
        new Classifier(
            model.name(),
            model.sha256(),
            TfLiteModel.load(model.name(), model.file(), RuntimeOptions.defaults()),
            model.encoding(),
            OutputKind.PROBABILITIES);
  }

  /** Another attacker of the same model. The model stays with this one. */
  DefendedTarget as(boolean knowing, int draws) {
    return new DefendedTarget(model, defence, knowing, draws, seed);
  }

  @Override
  public String name() {
    return "%s behind %s alone".formatted(model.name(), defence.id());
  }

  /** Whether the attacker knows the defence. */
  public boolean adaptive() {
    return adaptive;
  }

  @Override
  public Map<String, String> hashes() {
    return new TreeMap<>(model.hashes());
  }

  @Override
  public ImageShape shape() {
    return model.shape();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Victim victim() {
    return victim;
  }

  @Override
  public String withoutGradients() {
    return "";
  }

  @Override
  public Judge judge() {
    TransformRenderer renderer =
        new TransformRenderer(defence.chain(), classifier.inputSpec(), classifier.encoding());
    float[] scores = new float[classifier.classes()];
    int looks = defence.random() ? LOOKS : 1;
    return images -> {
      Judge.Ruling[] rulings = new Judge.Ruling[images.count()];
      for (int i = 0; i < rulings.length; i++) {
        int[] named = new int[classes()];
        Image image = Pixels.image(images, i);
        long own = RandomStream.derive(RandomStream.derive(seed, 2), images.ids()[i]);
        for (int look = 0; look < looks; look++) {
          renderer.render(image, RandomStream.derive(own, look), classifier.input());
          classifier.classify(scores);
          named[ModelVictim.answer(scores, 0, scores.length)]++;
        }
        rulings[i] = ruling(named, images, i, looks);
      }
      return rulings;
    };
  }

  private static Judge.Ruling ruling(int[] named, Inputs images, int row, int looks) {
    int most = 0;
    for (int c = 1; c < named.length; c++) {
      most = named[c] > named[most] ? c : most;
    }
    int right = named[images.labels()[row]];
    return new Judge.Ruling(most, looks, looks - right, right, 0);
  }

  @Override
  public void close() {
    classifier.close();
    model.close();
  }

  /** Closes what is this attacker's own; the model stays open. */
  void closeButModel() {
    classifier.close();
  }
}
