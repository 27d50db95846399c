package io.stopline.attacks.adaptive;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;

/**
 * Says how often a classifier behind a transform is wrong: the renderer and the model that ship, on
 * 8-bit images, over fresh draws. Belongs to one thread.
 */
public final class DefenceJudge {

  private final Classifier classifier;
  private final TransformRenderer renderer;
  private final float[] probabilities;

  /**
   * @param classifier stays the caller's
   */
  public DefenceJudge(Classifier classifier, TransformChain chain) {
    this.classifier = classifier;
    renderer = new TransformRenderer(chain, classifier.inputSpec(), classifier.encoding());
    probabilities = new float[classifier.classes()];
  }

  /**
   * How often each image gets a wrong label.
   *
   * @param images NHWC, 0..1; rounded to 8 bits here
   * @param labels right class of each
   * @param draws a image, at least 1; they follow from the seed and the image's number
   */
  public FreshDraws wrong(ImageShape shape, float[] images, int[] labels, int draws, long seed) {
    int[] hits = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      Image image = Pixels.image(shape, images, i);
      for (int d = 0; d < draws; d++) {
        long own = RandomStream.derive(RandomStream.derive(seed, i), d);
        renderer.render(image, own, classifier.input());
        classifier.classify(probabilities);
        hits[i] +=
            DefendedModel.answer(probabilities, 0, probabilities.length) == labels[i] ? 0 : 1;
      }
    }
    return new FreshDraws(draws, hits);
  }
}
