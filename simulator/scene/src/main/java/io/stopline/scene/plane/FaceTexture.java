package io.stopline.scene.plane;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.texture.MipMap;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of a sign: its face in its grey rim, and its back. The texture reaches beyond the
 * face's square by {@link #MARGIN} of its side, to hold the rim. Immutable.
 */
public final class FaceTexture {

  /** Width of the border around the face's square, as a share of the square. */
  static final double MARGIN = 1 / 14.0;

  /** How far the rim shows beyond the outline, as a share of the sign's size. */
  private static final double RIM = 0.014;

  /** Bare aluminium, as linear albedo. */
  private static final float METAL = 0.30f;

  private final Shape outline;
  private final BufferedImage clean;
  private final float[] rim;
  private final MipMap front;
  private final @Nullable Alteration alteration;

  /** Made when it is first asked for: whoever tries many alterations asks for no mask. */
  private volatile @Nullable MipMap mask;

  private FaceTexture(
      Shape outline, BufferedImage clean, float[] rim, @Nullable Alteration alteration) {
    this.outline = outline;
    this.clean = clean;
    this.rim = rim;
    int side = side(clean.getWidth());
    float[] texels = rim.clone();
    lay(MipMap.premultiplied(AlterationPainter.paint(clean, outline, alteration)), texels, side);
    front = MipMap.of(side, side, texels);
    this.alteration = alteration;
  }

  /**
   * @param clean the face without alteration; its side is {@link #faceSide(int)} of some texture
   */
  static FaceTexture of(BufferedImage clean, Shape outline, @Nullable Alteration alteration) {
    return new FaceTexture(outline, clean, rim(outline, side(clean.getWidth())), alteration);
  }

  /** The same face with another alteration; null for none. */
  public FaceTexture with(@Nullable Alteration alteration) {
    return new FaceTexture(outline, clean, rim, alteration);
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

  /** The front in its rim: premultiplied linear albedo. */
  MipMap front() {
    return front;
  }

  /** Where it is altered, as alpha; null where it is not. */
  @Nullable MipMap mask() {
    if (mask == null && alteration != null) {
      mask = mask(alteration);
    }
    return mask;
  }

  private MipMap mask(Alteration altering) {
    int side = front.width();
    float[] altered = new float[4 * side * side];
    BufferedImage grey = AlterationPainter.mask(clean.getWidth(), outline, altering);
    int border = (side - clean.getWidth()) / 2;
    for (int y = 0; y < clean.getHeight(); y++) {
      for (int x = 0; x < clean.getWidth(); x++) {
        altered[4 * ((y + border) * side + x + border) + 3] =
            grey.getRaster().getSample(x, y, 0) / 255f;
      }
    }
    return MipMap.of(side, side, altered);
  }

  /** The back, grey: premultiplied linear albedo. */
  MipMap back() {
    return MipMap.of(front.width(), front.height(), rim);
  }
}
