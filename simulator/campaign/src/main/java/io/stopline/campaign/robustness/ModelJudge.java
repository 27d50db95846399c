package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.campaign.model.TfliteBatchModel;

/** Takes the label of the exact {@code .tflite}, one image an invocation, as a vehicle runs it. */
public final class ModelJudge implements Judge {

  private final TfliteBatchModel model;

  /**
   * The model stays its owner's.
   *
   * @param model as shipped
   */
  public ModelJudge(TfliteBatchModel model) {
    this.model = model;
  }

  @Override
  public Ruling[] rule(Inputs images) {
    int classes = model.classes();
    float[] scores = new float[images.count() * classes];
    model.logits(images.images(), images.count(), scores);
    Ruling[] rulings = new Ruling[images.count()];
    for (int i = 0; i < rulings.length; i++) {
      rulings[i] = Ruling.of(ModelVictim.answer(scores, i * classes, classes), images.labels()[i]);
    }
    return rulings;
  }
}
