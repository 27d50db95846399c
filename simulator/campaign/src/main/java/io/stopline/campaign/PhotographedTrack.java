package io.stopline.campaign;

import io.stopline.evaluation.Track;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.sdk.image.Image;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Views of a sign in the photographs of one track, with stickers at the same place of the sign in
 * each ({@link SignPhotograph}). A view for the search is a photograph of the track itself: the
 * attacker has filmed the very drive. Thread-safe.
 */
final class PhotographedTrack implements SignViews {

  /** Of the mask of stickers, px: finer than any crop. */
  private static final int MASK_SIDE = 128;

  /** Each pixel is mixed from so many places of the mask in each direction. */
  private static final int FINE = 3;

  /** Linear light of black film, where that of white film is 1. */
  private static final double BLACK_FILM = 0.016;

  /** Golden ratio: successive multiples of it fill 0..1 evenly (Weyl 1916). */
  private static final double GOLDEN = 0.6180339887498949;

  private final Shape outline;
  private final List<SignPhotograph> photographs;

  /**
   * @param outline of the sign in the unit square
   */
  PhotographedTrack(Track track, Shape outline) {
    this.outline = outline;
    this.photographs = track.frames().stream().map(SignPhotograph::of).toList();
  }

  @Override
  public List<Integer> nearFrames() {
    return IntStream.range(0, photographs.size()).boxed().toList();
  }

  @Override
  public double heightPixels(int frame) {
    return photographs.get(frame).heightPixels();
  }

  @Override
  public Viewer open() {
    return new Sight();
  }

  private final class Sight implements Viewer {
    private @Nullable Film film;

    @Override
    public void show(@Nullable Alteration alteration) {
      film = null;
      if (alteration == null) {
        return;
      }
      if (!(alteration instanceof Stickers s)) {
        throw new IllegalArgumentException(
            "photographs can be altered with stickers, not with %s".formatted(alteration));
      }
      film =
          new Film(
              mask(s.pieces().stream().filter(Sticker::white).toList()),
              mask(s.pieces().stream().filter(piece -> !piece.white()).toList()));
    }

    private byte[] mask(List<Sticker> pieces) {
      if (pieces.isEmpty()) {
        return new byte[MASK_SIDE * MASK_SIDE];
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
      SignPhotograph p = photographs.get(frame);
      return film == null ? p.image() : p.with(film, FINE);
    }
  }

  /** Stickers; black film lies over white. */
  private static final class Film implements SignPhotograph.Sheet {
    private final byte[] white;
    private final byte[] black;

    Film(byte[] white, byte[] black) {
      this.white = white;
      this.black = black;
    }

    @Override
    public int side() {
      return MASK_SIDE;
    }

    @Override
    public void addTo(double[] sum, int pixel) {
      double dark = (black[pixel] & 0xff) / 255.0;
      double bright = (white[pixel] & 0xff) / 255.0 * (1 - dark);
      for (int c = 0; c < 3; c++) {
        sum[c] += bright + BLACK_FILM * dark;
      }
      sum[3] += bright + dark;
    }
  }
}
