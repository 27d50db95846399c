package io.stopline.campaign.track;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.texture.Srgb;
import java.util.List;

/** Black and white film, between which everything is printed. Thread-safe. */
final class Film {

  /** As the scene paints stickers: neither the white of paper in the sun nor a black hole. */
  private static final int WHITE = 0xe4e4df;

  private static final int BLACK = 0x1c1c1e;

  private Film() {}

  /** A sheet of film over all of a sign. */
  static Alteration sheet(boolean white) {
    return new Alteration.Stickers(List.of(new Alteration.Sticker(0.5, 0.5, 1.5, 1.5, 0, white)));
  }

  /** Linear albedo of white film. */
  static double white(int channel) {
    return Srgb.linear(WHITE >> (16 - 8 * channel) & 255);
  }

  private static double black(int channel) {
    return Srgb.linear(BLACK >> (16 - 8 * channel) & 255);
  }

  /** Linear light of black film, where that of white film is 1. */
  static double blackOfWhite(int channel) {
    return black(channel) / white(channel);
  }

  /**
   * The colour to print.
   *
   * @param red tone, 0 (black film) to 1 (white film), linear light
   * @return 0xRRGGBB, sRGB
   */
  static int rgb(double red, double green, double blue) {
    return value(0, red) << 16 | value(1, green) << 8 | value(2, blue);
  }

  private static int value(int channel, double tone) {
    double t = Math.max(0, Math.min(1, tone));
    return (int)
        Math.round(255 * Srgb.encode(black(channel) + t * (white(channel) - black(channel))));
  }
}
