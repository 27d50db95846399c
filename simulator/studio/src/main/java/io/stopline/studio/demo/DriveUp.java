package io.stopline.studio.demo;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import org.jspecify.annotations.Nullable;

/**
 * A vehicle drives up to one sign: every frame from a seed, the same but for the sign's face
 * whatever is stuck on it. Immutable; frames may be rendered by several threads.
 *
 * <p>The camera shakes a little, blurs a little, and has noise and an exposure of its own.
 */
public final class DriveUp {

  /** Size of a frame, px. */
  public static final int WIDTH = 1280;

  public static final int HEIGHT = 720;

  /** Frames of one drive. */
  public static final int FRAMES = 60;

  private static final double FARTHEST = 20;
  private static final double NEAREST = 124;

  private final long seed;
  private final BufferedImage backdrop;
  private final double offsetX;
  private final double offsetY;
  private final double lean;
  private final double exposure;
  private final double warmth;
  private final double noise;
  private final double blur;
  private final double shake;

  /** The drive of a seed. */
  public DriveUp(long seed) {
    this.seed = seed;
    RandomStream random = new RandomStream(RandomStream.derive(seed, 3));
    backdrop = Backdrop.draw(WIDTH, HEIGHT, seed);
    offsetX = random.uniform(4.1, 4.6);
    offsetY = random.uniform(0.6, 0.95);
    lean = random.uniform(-2.5, 2.5);
    exposure = random.uniform(0.72, 1.0);
    warmth = random.uniform(-0.03, 0.03);
    noise = random.uniform(1.2, 3.2);
    blur = random.uniform(0.5, 0.9);
    shake = random.uniform(0.3, 1.2);
  }

  /**
   * Where the sign is in a frame.
   *
   * @param x its centre, px
   * @param y its centre, px
   * @param size its side, px
   */
  public record Pose(double x, double y, double size) {}

  /** Where the sign stands in frame 0..{@value #FRAMES}−1. */
  public Pose pose(int frame) {
    double farthest = 1 / FARTHEST;
    double distance = farthest + (1 / NEAREST - farthest) * frame / (FRAMES - 1.0);
    double size = 1 / distance;
    RandomStream random = new RandomStream(RandomStream.derive(seed, 1000 + frame));
    return new Pose(
        Backdrop.VANISHING_X * WIDTH + offsetX * size + shake * random.nextGaussian(),
        Backdrop.VANISHING_Y * HEIGHT - offsetY * size + shake * random.nextGaussian(),
        size);
  }

  /**
   * Films one frame.
   *
   * @param frame 0..{@value #FRAMES}−1
   * @param face what the sign looks like in this frame; its alpha is its outline
   */
  public BufferedImage film(int frame, SignPicture face) {
    return film(frame, face, new Region(0, 0, WIDTH, HEIGHT));
  }

  /** Films the road without a sign. */
  public BufferedImage filmEmpty(int frame) {
    return film(frame, null, new Region(0, 0, WIDTH, HEIGHT));
  }

  /** Films what is seen through a window of a frame; cheaper than the whole. */
  BufferedImage film(int frame, @Nullable SignPicture face, Region window) {
    BufferedImage scene =
        new BufferedImage(window.width(), window.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = scene.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.translate(-window.x(), -window.y());
    RandomStream random = new RandomStream(RandomStream.derive(seed, 5000 + frame));
    // The backdrop is a little larger than the frame, so that its edge is never seen.
    int dx = (int) Math.round(Math.max(-4, Math.min(4, shake * random.nextGaussian())));
    int dy = (int) Math.round(Math.max(-4, Math.min(4, shake * random.nextGaussian())));
    g.drawImage(backdrop, dx - 4, dy - 4, WIDTH + 8, HEIGHT + 8, null);
    if (face != null) {
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      Pose pose = pose(frame);
      g.setColor(new Color(124, 126, 128));
      g.setStroke(new BasicStroke((float) Math.max(1, pose.size * 0.08)));
      g.draw(new Line2D.Double(pose.x, pose.y, pose.x, pose.y + pose.size * 3.1));
      drawSign(g, pose, face);
    }
    g.dispose();
    expose(scene, frame);
    return scene;
  }

  private void drawSign(Graphics2D g, Pose pose, SignPicture face) {
    BufferedImage picture = face.near(pose.size);
    AffineTransform place = AffineTransform.getTranslateInstance(pose.x, pose.y);
    place.rotate(Math.toRadians(lean));
    place.scale(pose.size / picture.getWidth(), pose.size / picture.getHeight());
    place.translate(-picture.getWidth() / 2.0, -picture.getHeight() / 2.0);
    g.drawImage(picture, place, null);
  }

  /** What lens and sensor make of it: blur, light, noise. */
  private void expose(BufferedImage scene, int frame) {
    int[] pixels = ((DataBufferInt) scene.getRaster().getDataBuffer()).getData();
    int[] blurred = new int[pixels.length];
    // A small separable kernel (a, 1 − 2a, a), fixed point.
    int a = (int) Math.round(256 * 0.25 * blur);
    smooth(pixels, blurred, 1, a);
    smooth(blurred, pixels, scene.getWidth(), a);
    RandomStream random = new RandomStream(RandomStream.derive(seed, 9000 + frame));
    double light = exposure * (1 + 0.01 * random.nextGaussian());
    int red = (int) (65536 * light * (1 + warmth));
    int green = (int) (65536 * light);
    int blue = (int) (65536 * light * (1 - warmth));
    // Noise from a table: a Gaussian for each of a million pixels would take most of the time.
    int[] grain = new int[4096];
    for (int i = 0; i < grain.length; i++) {
      grain[i] = (int) Math.round(65536 * noise * random.nextGaussian());
    }
    for (int i = 0; i < pixels.length; i++) {
      int p = pixels[i];
      long bits = random.nextLong();
      int r = clamp(((p >> 16 & 0xff) * red + grain[(int) (bits & 4095)]) >> 16);
      int gr = clamp(((p >> 8 & 0xff) * green + grain[(int) (bits >> 12 & 4095)]) >> 16);
      int b = clamp(((p & 0xff) * blue + grain[(int) (bits >> 24 & 4095)]) >> 16);
      pixels[i] = r << 16 | gr << 8 | b;
    }
  }

  private static void smooth(int[] from, int[] to, int step, int a) {
    int n = from.length;
    int middle = 256 - 2 * a;
    for (int i = 0; i < n; i++) {
      int p = from[Math.max(0, i - step)];
      int q = from[i];
      int s = from[Math.min(n - 1, i + step)];
      // Red and blue in one word, green in another: each lane has room for eight bits more.
      int redBlue =
          ((p & 0xff00ff) * a + (q & 0xff00ff) * middle + (s & 0xff00ff) * a) >>> 8 & 0xff00ff;
      int green = ((p & 0xff00) * a + (q & 0xff00) * middle + (s & 0xff00) * a) >>> 8 & 0xff00;
      to[i] = redBlue | green;
    }
  }

  private static int clamp(int v) {
    return Math.max(0, Math.min(255, v));
  }
}
