package io.stopline.scene.plane;

import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.texture.MipMap;
import io.stopline.scene.texture.Noise;
import org.jspecify.annotations.Nullable;

/** What a phantom is thrown on, and what comes back of it. Belongs to one call. */
final class PhantomSurface {

  private static final int NOISE_SIDE = 128;
  private static final long GRAIN = 0x77616c6cL;

  /** Left clear around the texture, texels. */
  private static final int CLEAR = 2;

  private final int side;
  private final @Nullable MipMap front;
  private final MipMap glow;

  /**
   * @param side of the texture, texels, power of two
   * @param thrown light, four numbers a texel of the face
   */
  PhantomSurface(Phantom phantom, int side, float[] thrown, int faceSide) {
    this.side = side;
    float[] light = FaceTexture.centred(thrown, faceSide, side);
    if (phantom.surface() == Phantom.Surface.SCENE) {
      front = null;
      glow = MipMap.of(side, side, light);
      return;
    }
    float[] albedo = albedo(phantom.surface());
    for (int i = 0; i < light.length; i++) {
      light[i] *= i % 4 == 3 ? 1 : albedo[i];
    }
    front = MipMap.of(side, side, albedo);
    glow = MipMap.of(side, side, light);
  }

  private float[] albedo(Phantom.Surface surface) {
    boolean board = surface == Phantom.Surface.BOARD;
    float[] colour = board ? new float[] {0.62f, 0.60f, 0.55f} : new float[] {0.36f, 0.35f, 0.33f};
    float rough = board ? 0.015f : 0.06f;
    float[] grain = Noise.tile(NOISE_SIDE, 8, 5, 0.75, GRAIN);
    float[] rgba = new float[4 * side * side];
    for (int y = CLEAR; y < side - CLEAR; y++) {
      for (int x = CLEAR; x < side - CLEAR; x++) {
        int o = 4 * (y * side + x);
        float shade = 1 + rough * Noise.at(grain, NOISE_SIDE, (double) x / side, (double) y / side);
        for (int c = 0; c < 3; c++) {
          rgba[o + c] = colour[c] * shade;
        }
        rgba[o + 3] = 1;
      }
    }
    return rgba;
  }

  /** Premultiplied linear albedo; null for the scene itself. */
  @Nullable MipMap front() {
    return front;
  }

  /** What comes back of the light, or, on the scene itself, the light. */
  MipMap glow() {
    return glow;
  }
}
