package io.stopline.campaign.track;

import io.stopline.config.files.WholeFile;
import io.stopline.scene.alteration.Alteration;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/**
 * A print in any colours between black and white film on some cells of a face. Parameters are three
 * tones a cell.
 */
final class PosterDesign implements Design {

  /** Pixels of the print along a cell's side: edges stay where they are when it is stretched. */
  private static final int PIXELS = 8;

  private static final double STEP = 0.12;

  private final int[] cells;

  /**
   * @param cells that are printed
   */
  PosterDesign(int[] cells) {
    this.cells = cells.clone();
  }

  @Override
  public double[] start() {
    double[] tones = new double[3 * cells.length];
    Arrays.fill(tones, 0.4);
    return tones;
  }

  @Override
  public double[] steps() {
    double[] steps = new double[3 * cells.length];
    Arrays.fill(steps, STEP);
    return steps;
  }

  @Override
  public void paint(double[] parameters, double softness, FacePaint into) {
    into.clear();
    for (int i = 0; i < cells.length; i++) {
      into.cover[cells[i]] = 1;
      for (int c = 0; c < 3; c++) {
        into.ink[3 * cells[i] + c] = (float) parameters[3 * i + c];
      }
    }
  }

  @Override
  public void backward(double[] parameters, double softness, FacePaint gradient, double[] into) {
    for (int i = 0; i < cells.length; i++) {
      for (int c = 0; c < 3; c++) {
        into[3 * i + c] = gradient.ink[3 * cells[i] + c];
      }
    }
  }

  @Override
  public void keep(double[] parameters) {
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = Math.max(0, Math.min(1, parameters[i]));
    }
  }

  @Override
  public Alteration made(double[] parameters, Path file) {
    int side = PIXELS * FacePaint.SIDE;
    BufferedImage print = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < cells.length; i++) {
      int argb =
          0xff000000 | Film.rgb(parameters[3 * i], parameters[3 * i + 1], parameters[3 * i + 2]);
      int left = cells[i] % FacePaint.SIDE * PIXELS;
      int top = cells[i] / FacePaint.SIDE * PIXELS;
      for (int k = 0; k < PIXELS * PIXELS; k++) {
        print.setRGB(left + k % PIXELS, top + k / PIXELS, argb);
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(print, "png", png);
      WholeFile.write(file, png.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "poster '%s' cannot be written: %s".formatted(file, e.getMessage()), e);
    }
    return new Alteration.Poster(0.5, 0.5, 1, 1, 0, file);
  }
}
