package io.stopline.campaign.model;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.model.AddedOutput;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.RgbInput;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The exact {@code .tflite} that ships, which also gives the map of local scores whose mean its
 * answer is. Not a byte of it is altered but the list of its outputs. Belongs to one thread at a
 * time.
 */
public final class LocalScoresModel implements AutoCloseable {

  private final LocalScores scores;
  private final VisionModel model;
  private final PixelInput pixels;
  private final ImageShape shape;
  private final int map;

  /**
   * Loads it.
   *
   * @param name what messages call it
   * @param encoding how pixels 0..1 become the model's real numbers
   * @throws IllegalArgumentException if the file averages no map of local scores
   */
  public LocalScoresModel(String name, byte[] file, InputEncoding encoding) {
    this.scores = LocalScores.of(name, file);
    byte[] tapped = scores.output() >= 0 ? file : AddedOutput.to(file, scores.tensor());
    this.model =
        RgbInput.of(TfLiteModel.load(name, tapped, RuntimeOptions.defaults()), encoding.channels());
    this.map = scores.output() >= 0 ? scores.output() : model.outputs().size() - 1;
    List<Integer> dims = model.inputs().get(0).shape();
    this.shape = new ImageShape(dims.get(1), dims.get(2), dims.get(3));
    this.pixels = new PixelInput(model, encoding, shape);
  }

  /** Where the map is, and what each of its cells sees. */
  public LocalScores scores() {
    return scores;
  }

  /** Size of the images that it takes. */
  public ImageShape shape() {
    return shape;
  }

  /** How the map is stored. */
  public TensorSpec map() {
    return model.outputs().get(map);
  }

  /**
   * Looks at one image.
   *
   * @param image HWC, 0..1
   * @return the class that the file itself names: the first of its largest scores
   */
  public int run(float[] image) {
    pixels.write(image, 0);
    model.invoke();
    TensorSpec spec = model.outputs().get(0);
    ByteBuffer out = model.output(0);
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < spec.elements(); c++) {
      double value =
          switch (spec.type()) {
            case FLOAT32 -> out.getFloat(4 * c);
            case UINT8 -> out.get(c) & 0xff;
            case INT8 -> out.get(c);
          };
      if (value > most) {
        most = value;
        best = c;
      }
    }
    return best;
  }

  /** The map's memory after {@link #run}. */
  public ByteBuffer local() {
    return model.output(map);
  }

  @Override
  public void close() {
    model.close();
  }
}
