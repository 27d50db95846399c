package io.stopline.studio.desk;

import io.stopline.campaign.SignCrop;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.sensor.Jpeg;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Single pictures of a scenario, rendered when they are asked for: the sign alone, which takes
 * milliseconds, or the whole frame. The last drive is kept prepared. Thread-safe.
 */
final class Previews {

  private static final int QUALITY = 88;

  /** What stays around the sign, as a share of its size, so that it is seen where it stands. */
  private static final double MARGIN = 0.6;

  private @Nullable Scenario last;
  private @Nullable DriveRenderer drive;

  /**
   * A picture.
   *
   * @param frame of the drive
   * @param metres to the sign, m; NaN where the frame does not show it
   * @param jpeg the picture
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to the page and dropped
  record Picture(int frame, double metres, byte[] jpeg) {}

  /**
   * The sign alone.
   *
   * @param sign its index in the scenario
   * @param metres how far away; the frame nearest to that is shown
   * @throws RefusedException if the drive never shows the sign
   */
  synchronized Picture crop(Scenario scenario, int sign, double metres) {
    DriveRenderer renderer = of(scenario);
    int frame = frame(renderer, sign, metres);
    SignTruth truth = truth(renderer.truth(frame), sign);
    if (truth == null) {
      throw new RefusedException("the drive never shows sign " + sign);
    }
    Region window = window(truth, scenario.camera().width(), scenario.camera().height());
    return new Picture(
        frame,
        truth.distanceMetres(),
        encode(renderer.renderWindow(frame, window), window.width(), window.height()));
  }

  /** The whole frame, as the camera sends it. */
  synchronized Picture frame(Scenario scenario, int sign, double metres) {
    DriveRenderer renderer = of(scenario);
    int frame = frame(renderer, sign, metres);
    SignTruth truth = truth(renderer.truth(frame), sign);
    return new Picture(
        frame, truth == null ? Double.NaN : truth.distanceMetres(), renderer.jpeg(frame));
  }

  /** A small picture of the frame in which the sign is largest. */
  static byte[] thumbnail(Scenario scenario, int width) {
    DriveRenderer renderer = DriveRenderer.of(scenario);
    int frame = frame(renderer, 0, 0);
    try {
      BufferedImage whole = ImageIO.read(new ByteArrayInputStream(renderer.jpeg(frame)));
      int height = Math.max(1, width * whole.getHeight() / whole.getWidth());
      BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D g = small.createGraphics();
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      g.drawImage(whole, 0, 0, width, height, null);
      g.dispose();
      return Jpeg.encode(small, QUALITY);
    } catch (IOException e) {
      throw new UncheckedIOException("a rendered frame is no JPEG", e);
    }
  }

  private DriveRenderer of(Scenario scenario) {
    DriveRenderer prepared = drive;
    if (prepared == null || !scenario.equals(last)) {
      prepared = DriveRenderer.of(scenario);
      drive = prepared;
      last = scenario;
    }
    return prepared;
  }

  /** The frame in which the sign is nearest to this distance; the first one if it is in none. */
  private static int frame(DriveRenderer renderer, int sign, double metres) {
    int best = 0;
    double off = Double.POSITIVE_INFINITY;
    for (int frame = 0; frame < renderer.frames(); frame++) {
      SignTruth truth = truth(renderer.truth(frame), sign);
      if (truth != null && truth.visibleShare() >= SignCrop.NEAR_VISIBLE_SHARE) {
        double difference = Math.abs(truth.distanceMetres() - metres);
        if (difference < off) {
          off = difference;
          best = frame;
        }
      }
    }
    return best;
  }

  private static @Nullable SignTruth truth(GroundTruth truth, int sign) {
    return truth.signs().stream().filter(s -> s.sign() == sign).findFirst().orElse(null);
  }

  private static Region window(SignTruth truth, int width, int height) {
    Region box = truth.box();
    int side = (int) Math.round(Math.max(box.width(), box.height()) * (1 + MARGIN));
    int w = Math.min(side, width);
    int h = Math.min(side, height);
    int x = Math.max(0, Math.min(width - w, box.x() + (box.width() - w) / 2));
    int y = Math.max(0, Math.min(height - h, box.y() + (box.height() - h) / 2));
    return new Region(x, y, w, h);
  }

  private static byte[] encode(Image image, int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = image.index(x, y);
        byte[] rgb = image.data();
        picture.setRGB(
            x, y, (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | (rgb[at + 2] & 255));
      }
    }
    return Jpeg.encode(picture, QUALITY);
  }
}
