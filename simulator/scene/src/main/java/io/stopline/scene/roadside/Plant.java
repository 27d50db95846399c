package io.stopline.scene.roadside;

import io.stopline.scene.light.Daylight;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * The shape of a tree or a bush, without light: which way each visible leaf faces, how deep it sits
 * in the crown, and of which tone it is. Made once and lit for each drive. Immutable.
 */
final class Plant {

  static final int SIDE = 512;

  /** Trees and bushes that all drives choose from. */
  private static final class Shared {
    static final Plant[] TREES = new Plant[6];
    static final Plant[] BUSHES = new Plant[3];

    static {
      for (int i = 0; i < TREES.length; i++) {
        TREES[i] = new Plant(100 + i, true);
      }
      for (int i = 0; i < BUSHES.length; i++) {
        BUSHES[i] = new Plant(200 + i, false);
      }
    }
  }

  private static final int BARE = 0;
  private static final int WOOD = 1;
  private static final int LEAF = 2;

  private final byte[] kind = new byte[SIDE * SIDE];
  private final float[] depth = new float[SIDE * SIDE];

  /** Right, down and towards the viewer, in 1/127. */
  private final byte[] normals = new byte[3 * SIDE * SIDE];

  /** How much light reaches the place, and the leaf's own tone, both 0..255. */
  private final byte[] open = new byte[SIDE * SIDE];

  private final byte[] tone = new byte[SIDE * SIDE];

  private Plant(long seed, boolean tree) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 41));
    Arrays.fill(depth, -1e9f);
    double crownX = 0.5;
    double crownY = tree ? random.uniform(0.36, 0.42) : 0.68;
    double halfX = tree ? random.uniform(0.30, 0.42) : 0.44;
    double halfY = tree ? crownY - 0.03 : 0.36;
    if (tree) {
      wood(random, crownX, crownY, halfX, halfY);
    }
    int clusters = tree ? 95 : 70;
    for (int i = 0; i < clusters; i++) {
      double a = random.uniform(0, 2 * Math.PI);
      double up = random.uniform(-1, 1);
      double r = Math.cbrt(random.uniform(0.12, 1));
      double level = Math.sqrt(1 - up * up);
      // Crowns bulge above and are flat below.
      double cy = crownY - up * r * halfY * (up < 0 ? 0.82 : 0.92);
      double belly = 1 - 0.35 * Math.max(0, up);
      double cx = crownX + Math.cos(a) * level * r * halfX * 0.86 * belly;
      double cz = Math.sin(a) * level * r * halfX * 0.86;
      double size = random.uniform(0.05, 0.105) * (tree ? 1 : 1.05);
      cluster(random, cx, cy, cz, size, crownX, crownY, halfX, halfY);
    }
  }

  private void wood(RandomStream random, double crownX, double crownY, double halfX, double halfY) {
    double lean = random.uniform(-0.02, 0.02);
    limb(random, crownX + lean, 0.995, crownX, crownY + 0.2 * halfY, 0.022, 0.012);
    for (int i = 0; i < 9; i++) {
      double from = random.uniform(crownY + 0.1 * halfY, crownY + halfY * 0.9);
      double x = crownX + random.uniform(-0.8, 0.8) * halfX;
      limb(random, crownX, from, x, from - random.uniform(0.1, 0.8) * halfY, 0.009, 0.003);
    }
  }

  private void limb(
      RandomStream random, double x0, double y0, double x1, double y1, double w0, double w1) {
    double bend = random.uniform(-0.02, 0.02);
    for (double t = 0; t <= 1; t += 0.002) {
      double x = x0 + (x1 - x0) * t + bend * 4 * t * (1 - t);
      double y = y0 + (y1 - y0) * t;
      double w = w0 + (w1 - w0) * t;
      int row = (int) (y * SIDE);
      for (int px = (int) ((x - w) * SIDE); px <= (x + w) * SIDE; px++) {
        double across = (px + 0.5 - x * SIDE) / (w * SIDE);
        if (row >= 0 && row < SIDE && px >= 0 && px < SIDE && Math.abs(across) <= 1) {
          int grain = (int) (120 + 70 * random.nextDouble());
          put(px, row, -0.02f, WOOD, across, 0, Math.sqrt(1 - across * across), 0.6, grain);
        }
      }
    }
  }

  private void cluster(
      RandomStream random,
      double cx,
      double cy,
      double cz,
      double size,
      double crownX,
      double crownY,
      double halfX,
      double halfY) {
    int leaves = (int) (random.uniform(300, 380) * size / 0.075);
    int shade = random.nextInt(60);
    for (int i = 0; i < leaves; i++) {
      double a = random.uniform(0, 2 * Math.PI);
      double up = random.uniform(-1, 1);
      double r = Math.pow(random.nextDouble(), 0.4);
      double level = Math.sqrt(1 - up * up);
      double dx = Math.cos(a) * level * r;
      double dy = -up * r * 0.8;
      double dz = Math.sin(a) * level * r;
      double x = cx + dx * size;
      double y = cy + dy * size;
      double z = cz + dz * size;
      double ox = (x - crownX) / halfX;
      double oy = (y - crownY) / halfY;
      double oz = z / halfX;
      double outside = Math.sqrt(ox * ox + oy * oy + oz * oz);
      double nx = 0.55 * dx + 0.6 * ox + random.uniform(-0.35, 0.35);
      double ny = 0.55 * dy + 0.6 * oy + random.uniform(-0.35, 0.35);
      double nz = 0.55 * dz + 0.6 * oz + random.uniform(-0.35, 0.35) + 0.1;
      double n = Math.max(1e-6, Math.sqrt(nx * nx + ny * ny + nz * nz));
      double light =
          Math.max(0.10, Math.min(1, 0.25 + 0.75 * Math.pow(Math.min(1, outside), 2.2)))
              * (0.72 - 0.34 * dy)
              * (0.55 + 0.45 * r);
      int own = Math.max(0, Math.min(255, 70 + shade + random.nextInt(120)));
      leaf(random, x, y, z, nx / n, ny / n, nz / n, light, own);
    }
  }

  private void leaf(
      RandomStream random,
      double x,
      double y,
      double z,
      double nx,
      double ny,
      double nz,
      double light,
      int own) {
    double longer = random.uniform(1.4, 3.0);
    double shorter = longer * random.uniform(0.35, 0.8);
    double turn = random.uniform(0, Math.PI);
    double c = Math.cos(turn);
    double s = Math.sin(turn);
    int reach = (int) Math.ceil(longer);
    int mx = (int) (x * SIDE);
    int my = (int) (y * SIDE);
    for (int py = my - reach; py <= my + reach; py++) {
      for (int px = mx - reach; px <= mx + reach; px++) {
        double u = ((px - mx) * c + (py - my) * s) / longer;
        double v = ((py - my) * c - (px - mx) * s) / shorter;
        if (u * u + v * v <= 1 && px >= 1 && py >= 1 && px < SIDE - 1 && py < SIDE - 1) {
          put(px, py, (float) z, LEAF, nx, ny, nz, light, own);
        }
      }
    }
  }

  private void put(
      int x, int y, float z, int what, double nx, double ny, double nz, double light, int own) {
    int i = y * SIDE + x;
    if (z < depth[i]) {
      return;
    }
    depth[i] = z;
    kind[i] = (byte) what;
    normals[3 * i] = (byte) Math.round(127 * nx);
    normals[3 * i + 1] = (byte) Math.round(127 * ny);
    normals[3 * i + 2] = (byte) Math.round(127 * nz);
    open[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, light)));
    tone[i] = (byte) own;
  }

  /** How many shapes of trees there are. */
  static int trees() {
    return Shared.TREES.length;
  }

  static Plant tree(int index) {
    return Shared.TREES[index];
  }

  static int bushes() {
    return Shared.BUSHES.length;
  }

  static Plant bush(int index) {
    return Shared.BUSHES[index];
  }

  /**
   * The plant in a drive's light, its left side to the road's left.
   *
   * @param green linear albedo of its leaves
   */
  Sprite lit(Daylight day, double[] green) {
    double[] sun = day.toSun();
    float[] rgba = new float[4 * SIDE * SIDE];
    double[] bark = {0.075, 0.066, 0.055};
    for (int i = 0; i < SIDE * SIDE; i++) {
      if (kind[i] == BARE) {
        continue;
      }
      double nx = normals[3 * i] / 127.0;
      double ny = normals[3 * i + 1] / 127.0;
      double nz = normals[3 * i + 2] / 127.0;
      // The viewer looks ahead, so that what faces him faces back along the road.
      double facing = nx * sun[0] + ny * sun[1] - nz * sun[2];
      double reached = (open[i] & 255) / 255.0;
      double direct = Math.max(0, (facing + 0.25) / 1.25) * reached * Math.sqrt(reached);
      double through = kind[i] == LEAF ? 0.30 * Math.max(0, -facing) * reached : 0;
      double ambient = (0.55 - 0.45 * ny) * reached;
      double own = 0.62 + 0.76 * (tone[i] & 255) / 255.0;
      for (int c = 0; c < 3; c++) {
        double albedo = (kind[i] == LEAF ? green[c] : bark[c]) * own;
        double glow = through * (c == 1 ? 1.1 : c == 0 ? 0.9 : 0.25);
        rgba[4 * i + c] =
            (float) (albedo * (day.sun(c) * (direct * 1.5 + glow) + day.sky(c) * ambient));
      }
      rgba[4 * i + 3] = 1;
    }
    return new Sprite(SIDE, rgba);
  }
}
