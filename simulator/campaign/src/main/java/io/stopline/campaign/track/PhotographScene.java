package io.stopline.campaign.track;

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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sign in the photographs of one track, with films and prints at the same place of the sign in
 * each. White film is as bright as the brightest of the sign's own picture allows, all else is
 * printed between black and white film, and edges are mixed in linear light. Thread-safe.
 */
final class PhotographScene implements TrackScene {

  /** Where a sign lies in a crop of which nobody said it: a tenth of its side as margin. */
  private static final Sample.Bounds USUAL =
      new Sample.Bounds(1 / 12.0, 1 / 12.0, 11 / 12.0, 11 / 12.0);

  /** Of the picture of what is on the sign, px: finer than any crop. */
  private static final int PRINT_SIDE = 384;

  /** Each pixel is mixed from so many places of that picture in each direction. */
  private static final int FINE = 8;

  /** Share of a channel's values that are brighter than what is taken for white film. */
  private static final double BRIGHTER_THAN_WHITE = 0.02;

  private final int label;
  private final Shape outline;
  private final List<Photograph> photographs = new ArrayList<>();

  private record Photograph(Image image, Sample.Bounds bounds, List<Float> white, FrameView view) {}

  PhotographScene(Track track, Shape outline) {
    this.label = track.label();
    this.outline = outline;
    boolean[] inside = CellWeights.inside(outline);
    for (Sample frame : track.frames()) {
      Image image = frame.image();
      Sample.Bounds given = frame.bounds();
      Sample.Bounds bounds = given == null ? USUAL : given;
      List<Float> white = white(image);
      photographs.add(new Photograph(image, bounds, white, view(image, bounds, white, inside)));
    }
  }

  private static List<Float> white(Image image) {
    List<Float> white = new ArrayList<>();
    int[] values = new int[image.width() * image.height()];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = image.data()[image.index(i % image.width(), i / image.width()) + c] & 0xff;
      }
      Arrays.sort(values);
      int at = (int) ((1 - BRIGHTER_THAN_WHITE) * (values.length - 1));
      white.add(ToneCurve.linear((byte) values[at]));
    }
    return white;
  }

  private static FrameView view(
      Image image, Sample.Bounds bounds, List<Float> white, boolean[] inside) {
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
      bright[i] = white.get(i % 3);
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
    Photograph p = photographs.get(frame);
    return (p.bounds.bottom() - p.bounds.top()) * p.image.height();
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
    Image image = photographs.get(frame).image;
    return new Region(0, 0, image.width(), image.height());
  }

  @Override
  public List<Image> crops(@Nullable Alteration alteration, long draw) {
    if (alteration == null) {
      return photographs.stream().map(Photograph::image).toList();
    }
    if (alteration instanceof Alteration.Shadow) {
      throw new IllegalArgumentException(
          "photographs can be altered with what lies on the sign, not with %s"
              .formatted(alteration));
    }
    Print print = new Print(alteration, outline);
    return photographs.stream().map(print::on).toList();
  }

  /** What lies on the sign, premultiplied linear light where white film is 1. */
  private static final class Print {
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

    Image on(Photograph p) {
      Image under = p.image;
      Image over = Image.black(under.width(), under.height());
      double[] sum = new double[4];
      for (int y = 0; y < under.height(); y++) {
        for (int x = 0; x < under.width(); x++) {
          look(p, x, y, sum);
          int from = under.index(x, y);
          int to = over.index(x, y);
          for (int c = 0; c < 3; c++) {
            byte value = under.data()[from + c];
            if (sum[3] > 0) {
              double mixed = ToneCurve.linear(value) * (1 - sum[3]) + p.white.get(c) * sum[c];
              value = (byte) Math.round(255 * ToneCurve.encode((float) mixed));
            }
            over.data()[to + c] = value;
          }
        }
      }
      return over;
    }

    private void look(Photograph p, int x, int y, double[] sum) {
      Arrays.fill(sum, 0);
      for (int j = 0; j < FINE; j++) {
        double v = (y + (j + 0.5) / FINE) / p.image.height();
        int row = place(v, p.bounds.top(), p.bounds.bottom());
        for (int i = 0; i < FINE && row >= 0; i++) {
          double u = (x + (i + 0.5) / FINE) / p.image.width();
          int column = place(u, p.bounds.left(), p.bounds.right());
          if (column >= 0) {
            int at = row * PRINT_SIDE + column;
            for (int c = 0; c < 3; c++) {
              sum[c] += light[3 * at + c];
            }
            sum[3] += cover[at];
          }
        }
      }
      for (int c = 0; c < 4; c++) {
        sum[c] /= FINE * FINE;
      }
    }

    private static int place(double at, double low, double high) {
      double share = (at - low) / (high - low);
      return share < 0 || share >= 1 ? -1 : (int) (share * PRINT_SIDE);
    }
  }
}
