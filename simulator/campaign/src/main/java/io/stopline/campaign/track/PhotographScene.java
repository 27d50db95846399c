package io.stopline.campaign.track;

import io.stopline.campaign.SignPhotograph;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sign in the photographs of one track, with films and prints at the same place of the sign in
 * each. White film is as bright as the brightest of the sign's own picture allows, all else is
 * printed between black and white film, and edges are mixed in linear light. Thread-safe.
 */
final class PhotographScene implements TrackScene {

  /** Of the picture of what is on the sign, px: finer than any crop. */
  private static final int PRINT_SIDE = 384;

  /** Each pixel is mixed from so many places of that picture in each direction. */
  private static final int FINE = 8;

  private final int label;
  private final Shape outline;
  private final List<Photograph> photographs = new ArrayList<>();

  private record Photograph(SignPhotograph sign, FrameView view) {}

  PhotographScene(Track track, Shape outline) {
    this.label = track.label();
    this.outline = outline;
    boolean[] inside = CellWeights.inside(outline);
    for (Sample frame : track.frames()) {
      SignPhotograph sign = SignPhotograph.of(frame);
      photographs.add(new Photograph(sign, view(sign, inside)));
    }
  }

  private static FrameView view(SignPhotograph sign, boolean[] inside) {
    Image image = sign.image();
    Sample.Bounds bounds = sign.bounds();
    CellWeights weights =
        CellWeights.of(
            image.width(),
            image.height(),
            (x, y, face) -> {
              face[0] = (x / image.width() - bounds.left()) / (bounds.right() - bounds.left());
              face[1] = (y / image.height() - bounds.top()) / (bounds.bottom() - bounds.top());
            },
            1,
            inside,
            false);
    float[] clean = FrameView.lights(image);
    float[] bright = new float[clean.length];
    float[] dark = new float[clean.length];
    for (int i = 0; i < clean.length; i++) {
      bright[i] = sign.white().get(i % 3);
      dark[i] = (float) Film.blackOfWhite(i % 3) * bright[i];
    }
    return new FrameView(clean, dark, bright, image, weights, null);
  }

  @Override
  public int label() {
    return label;
  }

  @Override
  public Shape outline() {
    return outline;
  }

  @Override
  public int frames() {
    return photographs.size();
  }

  @Override
  public double heightPixels(int frame) {
    return photographs.get(frame).sign.heightPixels();
  }

  @Override
  public int draws() {
    return 1;
  }

  @Override
  public FrameView view(int frame) {
    return photographs.get(frame).view;
  }

  @Override
  public Region cut(int frame, @Nullable RandomStream random) {
    Image image = photographs.get(frame).sign.image();
    return new Region(0, 0, image.width(), image.height());
  }

  @Override
  public List<Image> crops(@Nullable Alteration alteration, long draw) {
    if (alteration == null) {
      return photographs.stream().map(p -> p.sign.image()).toList();
    }
    if (alteration instanceof Alteration.Shadow) {
      throw new IllegalArgumentException(
          "photographs can be altered with what lies on the sign, not with %s"
              .formatted(alteration));
    }
    Print print = new Print(alteration, outline);
    return photographs.stream().map(p -> p.sign.with(print, FINE)).toList();
  }

  /** What lies on the sign, premultiplied linear light where white film is 1. */
  private static final class Print implements SignPhotograph.Sheet {
    private final float[] cover = new float[PRINT_SIDE * PRINT_SIDE];
    private final float[] light = new float[3 * PRINT_SIDE * PRINT_SIDE];

    Print(Alteration alteration, Shape outline) {
      BufferedImage mask = AlterationPainter.mask(PRINT_SIDE, outline, alteration);
      // On a black face nothing is seen but what lies on it.
      BufferedImage black = new BufferedImage(PRINT_SIDE, PRINT_SIDE, BufferedImage.TYPE_INT_RGB);
      BufferedImage painted = AlterationPainter.paint(black, outline, alteration);
      for (int i = 0; i < cover.length; i++) {
        int x = i % PRINT_SIDE;
        int y = i / PRINT_SIDE;
        cover[i] = mask.getRaster().getSample(x, y, 0) / 255f;
        int rgb = painted.getRGB(x, y);
        for (int c = 0; c < 3; c++) {
          byte value = (byte) (rgb >> (16 - 8 * c));
          light[3 * i + c] = (float) (ToneCurve.linear(value) / Film.white(c));
        }
      }
    }

    @Override
    public int side() {
      return PRINT_SIDE;
    }

    @Override
    public void addTo(double[] sum, int pixel) {
      for (int c = 0; c < 3; c++) {
        sum[c] += light[3 * pixel + c];
      }
      sum[3] += cover[pixel];
    }
  }
}
