package io.stopline.scene.plane;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.Glow;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.PhantomArt;
import io.stopline.scene.alteration.Sheeting;
import io.stopline.scene.texture.MipMap;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of a sign: its face in its grey rim, the light that is thrown on it, what it throws
 * back to headlights, and its back. The texture reaches beyond the face's square by {@link
 * #margin()} of its side, to hold the rim, or the surface that a phantom is thrown on. Immutable.
 */
public final class FaceTexture {

  /** Width of the border around a sign's square, as a share of the square. */
  private static final double MARGIN = 1 / 14.0;

  /** How far the rim shows beyond the outline, as a share of the sign's size. */
  private static final double RIM = 0.014;

  /** Bare aluminium, as linear albedo. */
  private static final float METAL = 0.30f;

  private final Shape outline;
  private final BufferedImage clean;
  private final float[] rim;
  private final @Nullable BufferedImage snow;
  private final @Nullable Alteration alteration;

  /** Null where nothing stands, but light falls on the scene itself. */
  private final @Nullable MipMap front;

  private final @Nullable MipMap back;
  private final @Nullable MipMap glow;
  private final double margin;

  /** Made when it is first asked for: whoever tries many alterations asks for no mask. */
  private volatile @Nullable MipMap mask;

  /** Made when it is first asked for: by day nobody does. */
  private volatile @Nullable MipMap sheeting;

  private FaceTexture(
      Shape outline,
      BufferedImage clean,
      float[] rim,
      @Nullable BufferedImage snow,
      @Nullable Alteration alteration) {
    this.outline = outline;
    this.clean = clean;
    this.rim = rim;
    this.snow = snow;
    this.alteration = alteration;
    int faceSide = clean.getWidth();
    int side = side(faceSide);
    if (alteration instanceof Phantom phantom) {
      float[] thrown = PhantomArt.of(phantom, outline, faceSide, MipMap.premultiplied(clean));
      PhantomSurface surface = new PhantomSurface(phantom, 2 * side, thrown, faceSide);
      margin = (2.0 * side - faceSide) / 2 / faceSide;
      front = surface.front();
      back = front;
      glow = surface.glow();
      return;
    }
    float[] face = MipMap.premultiplied(AlterationPainter.film(clean, outline, alteration));
    if (snow != null) {
      cover(face, snow);
    }
    float[] light = alteration == null ? null : Glow.of(faceSide, outline, alteration, face);
    float[] texels = rim.clone();
    lay(face, texels, side);
    margin = MARGIN;
    front = MipMap.of(side, side, texels);
    back = null;
    glow = light == null ? null : MipMap.of(side, side, centred(light, faceSide, side));
  }

  /**
   * @param clean the face without alteration; its side is {@link #faceSide(int)} of some texture
   * @param snow that lies over all that is on the face, as large as it; null for none
   */
  static FaceTexture of(
      BufferedImage clean,
      Shape outline,
      @Nullable BufferedImage snow,
      @Nullable Alteration alteration) {
    return new FaceTexture(outline, clean, rim(outline, side(clean.getWidth())), snow, alteration);
  }

  /** The same face with another alteration; null for none. */
  public FaceTexture with(@Nullable Alteration alteration) {
    return new FaceTexture(outline, clean, rim, snow, alteration);
  }

  /** Side of the face's picture in a texture whose side is a power of two. */
  static int faceSide(int textureSide) {
    return textureSide / 8 * 7;
  }

  private static int side(int faceSide) {
    return Integer.highestOneBit(faceSide) << 1;
  }

  private static float[] rim(Shape outline, int side) {
    BufferedImage shape = Outlines.draw(outline, faceSide(side), side, RIM);
    float[] rim = new float[4 * side * side];
    for (int i = 0; i < side * side; i++) {
      float alpha = (shape.getRGB(i % side, i / side) >>> 24) / 255f;
      rim[4 * i] = METAL * alpha;
      rim[4 * i + 1] = METAL * alpha;
      rim[4 * i + 2] = METAL * alpha;
      rim[4 * i + 3] = alpha;
    }
    return rim;
  }

  private static void lay(float[] face, float[] under, int side) {
    int faceSide = faceSide(side);
    int border = (side - faceSide) / 2;
    for (int y = 0; y < faceSide; y++) {
      int in = 4 * y * faceSide;
      int out = 4 * ((y + border) * side + border);
      for (int x = 0; x < faceSide; x++, in += 4, out += 4) {
        float rest = 1 - face[in + 3];
        for (int c = 0; c < 4; c++) {
          under[out + c] = face[in + c] + rest * under[out + c];
        }
      }
    }
  }

  /** A face's texels in the middle of a larger texture, nothing around them. */
  static float[] centred(float[] face, int faceSide, int side) {
    float[] whole = new float[4 * side * side];
    int border = (side - faceSide) / 2;
    for (int y = 0; y < faceSide; y++) {
      System.arraycopy(
          face, 4 * y * faceSide, whole, 4 * ((y + border) * side + border), 4 * faceSide);
    }
    return whole;
  }

  /** Lays a picture over a face, no farther than the face reaches. */
  private static void cover(float[] face, BufferedImage over) {
    float[] above = MipMap.premultiplied(over);
    for (int i = 0; i < face.length; i += 4) {
      float share = above[i + 3];
      for (int c = 0; c < 3; c++) {
        face[i + c] = face[i + c] * (1 - share) + above[i + c] * face[i + 3];
      }
    }
  }

  /** Width of the border around the face's square, as a share of the square. */
  double margin() {
    return margin;
  }

  /** Side of the texture, texels. */
  int side() {
    return front != null ? front.width() : glow != null ? glow.width() : side(clean.getWidth());
  }

  /** The front in its rim: premultiplied linear albedo; null if nothing stands there. */
  @Nullable MipMap front() {
    return front;
  }

  /**
   * Light that is thrown on the front, for a light of 1: what comes back from it, or, where {@link
   * #front()} is null, the irradiance itself. Null for none.
   */
  @Nullable MipMap glow() {
    return glow;
  }

  /** The alteration; null for none. */
  @Nullable Alteration alteration() {
    return alteration;
  }

  /** What the front throws back to headlights, white sheeting 1; null if it throws back nothing. */
  @Nullable MipMap sheeting() {
    if (alteration instanceof Phantom) {
      return null;
    }
    if (sheeting == null) {
      int faceSide = clean.getWidth();
      float[] back = Sheeting.of(faceSide, outline, alteration, MipMap.premultiplied(clean));
      if (snow != null) {
        for (int i = 0; i < faceSide * faceSide; i++) {
          float free = 1 - (snow.getRGB(i % faceSide, i / faceSide) >>> 24) / 255f;
          for (int c = 0; c < 3; c++) {
            back[4 * i + c] *= free;
          }
        }
      }
      int side = side(faceSide);
      sheeting = MipMap.of(side, side, centred(back, faceSide, side));
    }
    return sheeting;
  }

  /** Where it is altered, as alpha; null where it is not. */
  @Nullable MipMap mask() {
    if (mask == null && alteration != null) {
      mask = mask(alteration);
    }
    return mask;
  }

  private @Nullable MipMap mask(Alteration altering) {
    if (altering instanceof Phantom) {
      return glow;
    }
    int faceSide = clean.getWidth();
    int side = side(faceSide);
    float[] altered = new float[4 * faceSide * faceSide];
    BufferedImage grey = AlterationPainter.mask(faceSide, outline, altering);
    for (int i = 0; i < faceSide * faceSide; i++) {
      altered[4 * i + 3] = grey.getRaster().getSample(i % faceSide, i / faceSide, 0) / 255f;
    }
    return MipMap.of(side, side, centred(altered, faceSide, side));
  }

  /** The back, grey: premultiplied linear albedo; null if nothing stands there. */
  @Nullable MipMap back() {
    if (alteration instanceof Phantom) {
      return back;
    }
    int side = side(clean.getWidth());
    return MipMap.of(side, side, rim);
  }
}
