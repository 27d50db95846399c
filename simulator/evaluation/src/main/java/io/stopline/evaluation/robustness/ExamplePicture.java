package io.stopline.evaluation.robustness;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;

/**
 * One broken input as a report shows it, side by side.
 *
 * @param input position in the split
 * @param attack that broke it
 * @param label right class, for people
 * @param named class that was named instead, for people
 * @param change size of the change in L2
 * @param largest change of any value, in steps of 8 bits
 * @param magnified how often the change is enlarged in its picture
 * @param clean PNG
 * @param attacked PNG, rounded to 8 bits
 * @param difference PNG: grey where nothing changed
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never written to
public record ExamplePicture(
    int input,
    String attack,
    String label,
    String named,
    double change,
    double largest,
    double magnified,
    byte[] clean,
    byte[] attacked,
    byte[] difference) {

  /**
   * Draws the three pictures.
   *
   * @param width px
   * @param height px
   * @param clean HWC, 0..1
   * @param attacked HWC, 0..1
   */
  public static ExamplePicture of(
      int input,
      String attack,
      String label,
      String named,
      int width,
      int height,
      float[] clean,
      float[] attacked) {
    double most = 0;
    double squares = 0;
    for (int i = 0; i < clean.length; i++) {
      double d = (double) attacked[i] - clean[i];
      most = Math.max(most, Math.abs(d));
      squares += d * d;
    }
    double magnified = most > 0 ? Math.max(1, Math.rint(0.5 / most)) : 1;
    float[] difference = new float[clean.length];
    for (int i = 0; i < clean.length; i++) {
      difference[i] = (float) (0.5 + magnified * (attacked[i] - clean[i]));
    }
    return new ExamplePicture(
        input,
        attack,
        label,
        named,
        Math.sqrt(squares),
        255 * most,
        magnified,
        png(width, height, clean),
        png(width, height, attacked),
        png(width, height, difference));
  }

  private static byte[] png(int width, int height, float[] pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, pixels[i])));
    }
    return ImageFiles.encodePng(Image.of(width, height, bytes));
  }
}
