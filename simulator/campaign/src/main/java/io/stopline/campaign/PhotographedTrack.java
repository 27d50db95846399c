package io.stopline.campaign;

import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.image.Image;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Views of a sign in the photographs of one track, with stickers at the same place of the sign in
 * each. Film is as bright as the brightest of the sign's own picture allows, and edges are mixed in
 * linear light. A view for the search is a photograph of the track itself: the attacker has filmed
 * the very drive. Thread-safe.
 */
final class PhotographedTrack implements SignViews {

  /** Where a sign lies in a crop of which nobody said it: a tenth of its side as margin. */
  private static final Sample.Bounds USUAL =
      new Sample.Bounds(1 / 12.0, 1 / 12.0, 11 / 12.0, 11 / 12.0);

  /** Of the mask of stickers, px: finer than any crop. */
  private static final int MASK_SIDE = 128;

  /** Each pixel is mixed from so many places of the mask in each direction. */
  private static final int FINE = 3;

  /** Share of a channel's values that are brighter than what is taken for white film. */
  private static final double BRIGHTER_THAN_WHITE = 0.02;

  /** Linear light of black film, where that of white film is 1. */
  private static final double BLACK_FILM = 0.016;

  /** Golden ratio: successive multiples of it fill 0..1 evenly (Weyl 1916). */
  private static final double GOLDEN = 0.6180339887498949;

  private final Shape outline;
  private final List<Photograph> photographs = new ArrayList<>();

  /** A frame, and the linear light of white film in it, one a channel. */
  private record Photograph(Image image, Sample.Bounds bounds, List<Double> white) {}

  /**
   * @param outline of the sign in the unit square
   */
  PhotographedTrack(Track track, Shape outline) {
    this.outline = outline;
    for (Sample frame : track.frames()) {
      Image image = frame.image();
      Sample.Bounds bounds = frame.bounds();
      photographs.add(new Photograph(image, bounds == null ? USUAL : bounds, white(image)));
    }
  }

  private static List<Double> white(Image image) {
    List<Double> white = new ArrayList<>();
    int[] values = new int[image.width() * image.height()];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = image.data()[image.index(i % image.width(), i / image.width()) + c] & 0xff;
      }
      Arrays.sort(values);
      int at = (int) ((1 - BRIGHTER_THAN_WHITE) * (values.length - 1));
      white.add((double) Srgb.linear(values[at]));
    }
    return white;
  }

  @Override
  public List<Integer> nearFrames() {
    return IntStream.range(0, photographs.size()).boxed().toList();
  }

  @Override
  public double heightPixels(int frame) {
    Photograph p = photographs.get(frame);
    return (p.bounds.bottom() - p.bounds.top()) * p.image.height();
  }

  @Override
  public Viewer open() {
    return new Sight();
  }

  private final class Sight implements Viewer {
    private byte @Nullable [] white;
    private byte @Nullable [] black;

    @Override
    public void show(@Nullable Alteration alteration) {
      white = null;
      black = null;
      if (alteration == null) {
        return;
      }
      if (!(alteration instanceof Stickers s)) {
        throw new IllegalArgumentException(
            "photographs can be altered with stickers, not with %s".formatted(alteration));
      }
      white = mask(s.pieces().stream().filter(Sticker::white).toList());
      black = mask(s.pieces().stream().filter(piece -> !piece.white()).toList());
    }

    private byte @Nullable [] mask(List<Sticker> pieces) {
      if (pieces.isEmpty()) {
        return null;
      }
      BufferedImage mask = AlterationPainter.mask(MASK_SIDE, outline, new Stickers(pieces));
      return (byte[]) mask.getRaster().getDataElements(0, 0, MASK_SIDE, MASK_SIDE, null);
    }

    @Override
    public Image sample(long number) {
      double at = (number + 0.5) * GOLDEN;
      return picture((int) ((at - Math.floor(at)) * photographs.size()));
    }

    @Override
    public Image frame(int frame, long draw) {
      return picture(frame);
    }

    private Image picture(int frame) {
      Photograph p = photographs.get(frame);
      Image under = p.image;
      Image over = Image.black(under.width(), under.height());
      for (int y = 0; y < under.height(); y++) {
        for (int x = 0; x < under.width(); x++) {
          // Black film lies over white.
          double whiteShare = share(white, p, x, y);
          double blackShare = share(black, p, x, y);
          int from = under.index(x, y);
          int to = over.index(x, y);
          for (int c = 0; c < 3; c++) {
            byte value = under.data()[from + c];
            if (whiteShare > 0 || blackShare > 0) {
              double film = p.white.get(c);
              double light = Srgb.linear(value & 0xff);
              light += whiteShare * (film - light);
              light += blackShare * (BLACK_FILM * film - light);
              value = encode(light);
            }
            over.data()[to + c] = value;
          }
        }
      }
      return over;
    }

    /** How much of a pixel a mask covers, 0..1. */
    private double share(byte @Nullable [] mask, Photograph p, int x, int y) {
      if (mask == null) {
        return 0;
      }
      int sum = 0;
      for (int j = 0; j < FINE; j++) {
        double v = (y + (j + 0.5) / FINE) / p.image.height();
        int row = place(v, p.bounds.top(), p.bounds.bottom());
        for (int i = 0; i < FINE; i++) {
          double u = (x + (i + 0.5) / FINE) / p.image.width();
          int column = place(u, p.bounds.left(), p.bounds.right());
          if (row >= 0 && column >= 0) {
            sum += mask[row * MASK_SIDE + column] & 0xff;
          }
        }
      }
      return sum / (255.0 * FINE * FINE);
    }

    private static int place(double at, double low, double high) {
      double share = (at - low) / (high - low);
      return share < 0 || share >= 1 ? -1 : (int) (share * MASK_SIDE);
    }
  }

  private static byte encode(double linear) {
    return (byte) Math.round(255 * Math.max(0, Math.min(1, Srgb.encode(linear))));
  }
}
