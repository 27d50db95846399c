package io.stopline.evaluation.export;

import java.util.List;
import java.util.Set;

/**
 * A frame with what is in it; both lists may be empty.
 *
 * @param file of the picture, relative, with slashes
 * @param width px
 * @param height px
 * @param seconds after the first frame; NaN where frames have no common clock
 * @param truth what really is in it
 * @param detected what was found in it
 */
public record ExportedFrame(
    String file,
    int width,
    int height,
    double seconds,
    List<TrueObject> truth,
    List<Detected> detected) {

  /**
   * @throws IllegalArgumentException if the picture has no pixels, or an object is there twice
   */
  public ExportedFrame {
    truth = List.copyOf(truth);
    detected = List.copyOf(detected);
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "frame '%s' of %d×%d px has no pixels".formatted(file, width, height));
    }
    distinct(file, truth.stream().map(TrueObject::object).toList());
    distinct(file, detected.stream().map(Detected::object).toList());
  }

  private static void distinct(String file, List<String> objects) {
    if (Set.copyOf(objects).size() < objects.size()) {
      throw new IllegalArgumentException(
          "frame '%s' shows an object twice: %s".formatted(file, objects));
    }
  }
}
