package io.stopline.config;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Deterministic synthetic images for comparing a delegate with the CPU: in turn a colour gradient,
 * a disc on a ground and uniform noise. They need no data set, so that every bundle can carry the
 * check.
 */
public final class ReferenceImages {

  private ReferenceImages() {}

  /**
   * @param seed the same seed gives the same pixels everywhere
   * @param count how many, at least 1
   * @param width px
   * @param height px
   */
  public static List<Image> of(long seed, int count, int width, int height) {
    List<Image> images = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, i));
      Image image = Image.black(width, height);
      switch (i % 3) {
        case 0 -> gradient(image, random);
        case 1 -> disc(image, random);
        default -> noise(image, random);
      }
      images.add(image);
    }
    return images;
  }

  private static void gradient(Image image, RandomStream random) {
    int[] from = colour(random);
    int[] right = colour(random);
    int[] down = colour(random);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int i = image.index(x, y);
        for (int c = 0; c < 3; c++) {
          int across = x * (right[c] - from[c]) / Math.max(1, image.width() - 1);
          int along = y * (down[c] - from[c]) / Math.max(1, image.height() - 1);
          image.data()[i + c] = (byte) Math.max(0, Math.min(255, from[c] + across + along));
        }
      }
    }
  }

  private static void disc(Image image, RandomStream random) {
    int[] ground = colour(random);
    int[] rim = colour(random);
    int[] face = colour(random);
    double side = Math.min(image.width(), image.height());
    double cx = image.width() * random.uniform(0.4, 0.6);
    double cy = image.height() * random.uniform(0.4, 0.6);
    double outer = side * random.uniform(0.3, 0.48);
    double inner = outer * random.uniform(0.5, 0.9);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        double dx = x + 0.5 - cx;
        double dy = y + 0.5 - cy;
        double square = dx * dx + dy * dy;
        int[] colour = square <= inner * inner ? face : square <= outer * outer ? rim : ground;
        int i = image.index(x, y);
        for (int c = 0; c < 3; c++) {
          image.data()[i + c] = (byte) colour[c];
        }
      }
    }
  }

  private static void noise(Image image, RandomStream random) {
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) random.nextInt(256);
    }
  }

  private static int[] colour(RandomStream random) {
    return new int[] {random.nextInt(256), random.nextInt(256), random.nextInt(256)};
  }
}
