package io.stopline.scene.plane;

import io.stopline.scene.scenario.Sign;
import io.stopline.scene.sign.SignArt;
import io.stopline.scene.texture.Halving;
import io.stopline.scene.texture.Noise;
import io.stopline.scene.texture.Srgb;
import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Makes the faces of signs: drawn or photographed, worn, in their rims. */
public final class Faces {

  private static final int WEAR_SIDE = 128;

  /** Beside the seeds of wear. */
  private static final long SNOW = 2;

  private Faces() {}

  /**
   * A sign's texture.
   *
   * @param art the outline and drawing of the sign's class
   * @param highestPixels how high the sign gets on the picture, px
   * @param snow share of it that snow sticks to, 0..1
   * @param seed of its wear
   * @throws UncheckedIOException if its photograph cannot be read
   */
  public static FaceTexture of(
      Sign sign, SignArt art, double highestPixels, double snow, long seed) {
    int side = 64;
    while (side < 1024 && side < 1.4 * highestPixels) {
      side *= 2;
    }
    int faceSide = FaceTexture.faceSide(side);
    Path photograph = sign.photograph();
    BufferedImage face =
        photograph == null ? art.draw(faceSide) : photographed(photograph, art.outline(), faceSide);
    return FaceTexture.of(
        worn(face, sign.wear(), seed),
        art.outline(),
        Snow.of(art.outline(), faceSide, snow, seed + SNOW),
        sign.alteration());
  }

  private static BufferedImage photographed(Path photograph, Shape outline, int side) {
    BufferedImage read;
    try {
      read = ImageIO.read(photograph.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "photograph '%s' of a sign cannot be read; give a PNG or JPEG file".formatted(photograph),
          e);
    }
    if (read == null) {
      throw new IllegalArgumentException(
          "photograph '%s' of a sign is no picture that can be read; give a PNG or JPEG file"
              .formatted(photograph));
    }
    BufferedImage face = Outlines.draw(outline, side, side, 0);
    Graphics2D g = face.createGraphics();
    g.setComposite(AlphaComposite.SrcIn);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.drawImage(shrunk(read, side), 0, 0, side, side, null);
    g.dispose();
    return face;
  }

  /** Halves a picture while it is more than twice as large as needed, so that none is skipped. */
  private static BufferedImage shrunk(BufferedImage picture, int side) {
    BufferedImage current = picture;
    while (Math.min(current.getWidth(), current.getHeight()) >= 2 * side) {
      current = Halving.halved(current);
    }
    return current;
  }

  /** Fades the pigments towards a pale grey and puts dirt on them, more of it further down. */
  private static BufferedImage worn(BufferedImage face, double wear, long seed) {
    if (!(wear > 0)) {
      return face;
    }
    int side = face.getWidth();
    float[] patches = Noise.tile(WEAR_SIDE, 4, 5, 0.6, seed);
    float[] streaks = Noise.tile(WEAR_SIDE, 32, 2, 4, 0.6, seed + 1);
    BufferedImage worn = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < side; y++) {
      double v = (double) y / side;
      for (int x = 0; x < side; x++) {
        double u = (double) x / side;
        int argb = face.getRGB(x, y);
        double r = Srgb.linear(argb >> 16 & 255);
        double g = Srgb.linear(argb >> 8 & 255);
        double b = Srgb.linear(argb & 255);
        double grey = 0.3 * r + 0.6 * g + 0.1 * b;
        double blotch = Noise.at(patches, WEAR_SIDE, u, v);
        double streak = Noise.at(streaks, WEAR_SIDE, u, v);
        double fade = wear * (0.30 + 0.06 * blotch);
        double pale = 0.75 * grey + 0.13;
        double dirt =
            Math.min(
                0.8, wear * Math.max(0, 0.18 + 0.14 * blotch + 0.10 * streak + 0.22 * (v - 0.5)));
        r = (r + fade * (pale - r)) * (1 - dirt) + 0.055 * dirt;
        g = (g + fade * (pale - g)) * (1 - dirt) + 0.048 * dirt;
        b = (b + fade * (pale - b)) * (1 - dirt) + 0.038 * dirt;
        worn.setRGB(x, y, (argb & 0xff000000) | (byteOf(r) << 16) | (byteOf(g) << 8) | byteOf(b));
      }
    }
    return worn;
  }

  private static int byteOf(double linear) {
    return (int) Math.round(255 * Srgb.encode(Math.max(0, Math.min(1, linear))));
  }
}
