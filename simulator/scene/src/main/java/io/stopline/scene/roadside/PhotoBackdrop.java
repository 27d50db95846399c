package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Halving;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.random.RandomStream;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A photograph behind the signs. It fills the picture, and grows about the vanishing point as what
 * lies {@value #DEPTH_METRES} m ahead of the drive's last place would; the rest of the parallax a
 * photograph cannot give. The signs' poles stand before it. Immutable.
 */
public final class PhotoBackdrop implements Backdrop {

  /** How far the photographed things lie beyond the drive's end, m. */
  static final int DEPTH_METRES = 160;

  private final Daylight day;
  private final List<Standing> poles;
  private final double start;
  private final double end;
  private final int width;
  private final int height;

  /** Linear light of the photograph as large as its farthest view shows it, three a pixel. */
  private final float[] rgb;

  /**
   * @throws IllegalArgumentException if there is no photograph at the background's path
   * @throws UncheckedIOException if it cannot be read
   */
  public PhotoBackdrop(Scenario scenario, Background.Photographs from, Lens lens, Daylight day) {
    this.day = day;
    this.poles = Scenery.poles(scenario, day);
    this.start = scenario.vehicle().fromMetres();
    this.end = scenario.vehicle().toMetres() + DEPTH_METRES;
    // A little more than the picture at the first frame, for the shake.
    this.width = lens.width() + lens.width() / 25;
    this.height = lens.height() + lens.height() / 25;
    BufferedImage picture = filling(read(choose(from.path(), scenario.seed())), width, height);
    rgb = new float[3 * width * height];
    double gain =
        StrictMath.pow(2, scenario.camera().exposureStops()) * (day.ambient() / day.reference());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = picture.getRGB(x, y);
        int o = 3 * (y * width + x);
        rgb[o] = (float) (gain * Srgb.linear((argb >> 16) & 255));
        rgb[o + 1] = (float) (gain * Srgb.linear((argb >> 8) & 255));
        rgb[o + 2] = (float) (gain * Srgb.linear(argb & 255));
      }
    }
  }

  private static Path choose(Path path, long seed) {
    if (Files.isRegularFile(path)) {
      return path;
    }
    List<Path> pictures = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.walk(path)) {
        files.filter(PhotoBackdrop::isPicture).sorted().forEach(pictures::add);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "background folder '%s' cannot be read; give a folder of photographs".formatted(path),
            e);
      }
    }
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException(
          "background '%s' holds no photograph; give a JPEG or PNG file or a folder of them"
              .formatted(path));
    }
    RandomStream random = new RandomStream(RandomStream.derive(seed, 61));
    return pictures.get(random.nextInt(pictures.size()));
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }

  private static BufferedImage read(Path file) {
    try {
      BufferedImage picture = ImageIO.read(file.toFile());
      if (picture == null) {
        throw new IllegalArgumentException(
            "background '%s' is no picture that can be read; give a JPEG or PNG file"
                .formatted(file));
      }
      return picture;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "background '%s' cannot be read; give a JPEG or PNG file".formatted(file), e);
    }
  }

  /** The middle of a photograph, scaled in linear light so that it just fills a picture. */
  private static BufferedImage filling(BufferedImage photo, int width, int height) {
    BufferedImage current = photo;
    while (current.getWidth() >= 2 * width && current.getHeight() >= 2 * height) {
      current = Halving.halved(current);
    }
    double scale =
        Math.max((double) width / current.getWidth(), (double) height / current.getHeight());
    int w = (int) Math.ceil(current.getWidth() * scale);
    int h = (int) Math.ceil(current.getHeight() * scale);
    BufferedImage filled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = filled.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.drawImage(current, (width - w) / 2, (height - h) / 2, w, h, null);
    g.dispose();
    return filled;
  }

  @Override
  public Shown seenFrom(View view) {
    List<Standing.Shown> shown = Roadside.shown(poles, view, day);
    return band -> {
      photograph(view, band);
      for (Standing.Shown pole : shown) {
        pole.paint(band);
      }
    };
  }

  private void photograph(View view, Band band) {
    Lens lens = view.lens();
    // Straight ahead along the road: the point about which everything grows.
    double[] ahead = view.toCamera(0, 0, 1);
    double[] centre = new double[2];
    lens.project(ahead[0], ahead[1], ahead[2], centre);
    // The share of the first frame's view that is still seen.
    float scale = (float) ((end - view.along()) / (end - start));
    for (int y = band.top(); y < band.bottom(); y++) {
      float v = (float) (y + 0.5 - centre[1]) * scale + height * 0.5f - 0.5f;
      v = v < 0 ? 0 : v > height - 1.01f ? height - 1.01f : v;
      int iv = (int) v;
      float fv = v - iv;
      int o = band.index(band.left(), y);
      float[] to = band.rgb();
      for (int x = band.left(); x < band.right(); x++, o += 3) {
        float u = (float) (x + 0.5 - centre[0]) * scale + width * 0.5f - 0.5f;
        u = u < 0 ? 0 : u > width - 1.01f ? width - 1.01f : u;
        int iu = (int) u;
        float fu = u - iu;
        int i = 3 * (iv * width + iu);
        int j = i + 3 * width;
        for (int c = 0; c < 3; c++) {
          float above = rgb[i + c] + (rgb[i + 3 + c] - rgb[i + c]) * fu;
          float below = rgb[j + c] + (rgb[j + 3 + c] - rgb[j + c]) * fu;
          to[o + c] = above + (below - above) * fv;
        }
      }
    }
  }
}
