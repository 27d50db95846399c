package io.stopline.attacks.corruption;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The fifteen common corruptions at five severities (Hendrycks and Dietterich 2019, "Benchmarking
 * neural network robustness to common corruptions and perturbations"): the benign control of an
 * evaluation. Severities are those of CIFAR-10-C where the shorter side has at most 96 px, else
 * those of ImageNet-C; lengths in pixels are scaled from 32 and 224 px. Frost is a made texture and
 * no photograph; motion blur samples its path between pixels. Results are 8-bit values, as those
 * sets store them. Stateless and thread-safe.
 */
public enum Corruption {
  GAUSSIAN_NOISE,
  SHOT_NOISE,
  IMPULSE_NOISE,
  DEFOCUS_BLUR,
  GLASS_BLUR,
  MOTION_BLUR,
  ZOOM_BLUR,
  SNOW,
  FROST,
  FOG,
  BRIGHTNESS,
  CONTRAST,
  ELASTIC_TRANSFORM,
  PIXELATE,
  JPEG_COMPRESSION;

  /** Severities are 1 to this. */
  public static final int SEVERITIES = 5;

  /** As reports and the command line write it: {@code gaussian-noise}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * By its {@link #text}.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static Corruption byName(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no corruption '%s'; there are: %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Corruption::text)
                                .collect(Collectors.joining(", ")))));
  }

  /** All kinds, in the order of the paper. */
  public static List<Corruption> all() {
    return List.of(values());
  }

  /**
   * Corrupts each image of a batch.
   *
   * @param inputs RGB, both sides at least 8 px
   * @param severity 1..5
   * @param seed all random draws come from it, the kind, the severity and an input's id
   * @return the same labels and ids with corrupted images, 8-bit values in 0..1
   * @throws IllegalArgumentException naming what is out of range
   */
  public Inputs corrupt(Inputs inputs, int severity, long seed) {
    ImageShape shape = inputs.shape();
    if (severity < 1 || severity > SEVERITIES) {
      throw new IllegalArgumentException(
          "corruption '%s': severity is %d; it must be 1 to 5".formatted(text(), severity));
    }
    if (shape.channels() != 3 || Math.min(shape.height(), shape.width()) < 8) {
      throw new IllegalArgumentException(
          "corruption '%s': images are %s; they must be RGB and at least 8×8"
              .formatted(text(), shape));
    }
    float[] images = new float[inputs.images().length];
    long own = RandomStream.derive(RandomStream.derive(seed, text().hashCode()), severity);
    for (int i = 0; i < inputs.count(); i++) {
      Raster picture = Raster.of(shape, inputs.images(), i * shape.size());
      RandomStream random = new RandomStream(RandomStream.derive(own, inputs.ids()[i]));
      apply(picture, severity - 1, random).writeTo(images, i * shape.size());
    }
    return new Inputs(shape, images, inputs.labels(), inputs.ids());
  }

  /** Levels count from 0; the picture may be changed, and values may leave 0..1. */
  private Raster apply(Raster picture, int level, RandomStream random) {
    return switch (this) {
      case GAUSSIAN_NOISE -> NoiseKinds.gaussian(picture, level, random);
      case SHOT_NOISE -> NoiseKinds.shot(picture, level, random);
      case IMPULSE_NOISE -> NoiseKinds.impulse(picture, level, random);
      case DEFOCUS_BLUR -> BlurKinds.defocus(picture, level);
      case GLASS_BLUR -> BlurKinds.glass(picture, level, random);
      case MOTION_BLUR -> BlurKinds.motion(picture, level, random);
      case ZOOM_BLUR -> BlurKinds.zoom(picture, level);
      case SNOW -> WeatherKinds.snow(picture, level, random);
      case FROST -> WeatherKinds.frost(picture, level, random);
      case FOG -> WeatherKinds.fog(picture, level, random);
      case BRIGHTNESS -> WeatherKinds.brightness(picture, level);
      case CONTRAST -> DigitalKinds.contrast(picture, level);
      case ELASTIC_TRANSFORM -> DigitalKinds.elastic(picture, level, random);
      case PIXELATE -> DigitalKinds.pixelate(picture, level);
      case JPEG_COMPRESSION -> DigitalKinds.jpeg(picture, level);
    };
  }
}
