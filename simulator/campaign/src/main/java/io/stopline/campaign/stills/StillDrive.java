package io.stopline.campaign.stills;

import io.stopline.config.images.ImageFiles;
import io.stopline.scene.camera.Lens;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.sensor.Jpeg;
import io.stopline.scene.sensor.Sensor;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Srgb;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A drive through a photograph: frame <i>k</i> of {@value #FRAMES} is the picture scaled by {@code
 * 1.5^(k/35)} about the place where roads vanish, so that everything grows and moves outwards as
 * from a vehicle. Frames are {@value #MILLIS} ms apart and as large as the picture. The same
 * picture, camera and seed give the same frames. Immutable, so thread-safe.
 */
public final class StillDrive {

  /** Frames of a pass. */
  public static final int FRAMES = 36;

  /** Time from frame to frame, ms. */
  public static final int MILLIS = 33;

  /** How much larger the last frame shows everything than the first. */
  public static final double ZOOM = 1.5;

  /** Where roads vanish, as shares of width and height. */
  private static final double VANISHING_X = 0.5;

  private static final double VANISHING_Y = 0.55;

  private static final long DRIFT_STREAM = 0x4472_6966_74L;

  /** Frames that are kept as files where the camera makes no JPEG. */
  private static final int KEPT_QUALITY = 95;

  /** Rows that go through the sensor together. */
  private static final int ROWS = 16;

  private final Image picture;
  private final StillCamera camera;
  private final @Nullable Sensor sensor;
  private final double[] driftX = new double[FRAMES];
  private final double[] driftY = new double[FRAMES];

  /** A drive through a picture as it is. */
  public StillDrive(Image picture) {
    this(picture, StillCamera.NONE, 0);
  }

  /**
   * @param camera what is added to the frames
   * @param seed of drift and noise
   */
  public StillDrive(Image picture, StillCamera camera, long seed) {
    this.picture = picture;
    this.camera = camera;
    this.sensor = camera.hasSensor() ? sensor(picture, camera, seed) : null;
    RandomStream random = new RandomStream(RandomStream.derive(seed, DRIFT_STREAM));
    drift(driftX, random);
    drift(driftY, random);
  }

  private static Sensor sensor(Image picture, StillCamera camera, long seed) {
    Camera standard = Camera.standard();
    Camera used =
        new Camera(
            picture.width(),
            picture.height(),
            standard.horizontalFieldOfViewDegrees(),
            standard.framesPerSecond(),
            standard.heightMetres(),
            standard.pitchDegrees(),
            0,
            0,
            standard.exposureMillis(),
            camera.exposureStops(),
            camera.noise(),
            standard.shakeDegrees(),
            standard.jpegQuality());
    return new Sensor(used, new Lens(used), seed);
  }

  /** A slow and a faster sway, together within the drift. */
  private void drift(double[] into, RandomStream random) {
    double slow = random.uniform(0, 2 * Math.PI);
    double fast = random.uniform(0, 2 * Math.PI);
    for (int k = 0; k < FRAMES; k++) {
      double t = 2 * Math.PI * k / (FRAMES - 1);
      into[k] =
          camera.driftPixels()
              * (0.7 * StrictMath.sin(t + slow) + 0.3 * StrictMath.sin(3.7 * t + fast));
    }
  }

  /** Width of every frame, px. */
  public int width() {
    return picture.width();
  }

  /** Height of every frame, px. */
  public int height() {
    return picture.height();
  }

  /** When a frame is taken, seconds after the first. */
  public static double seconds(int frame) {
    return frame * MILLIS / 1000.0;
  }

  /** How long a pass lasts, minutes. */
  public static double minutes() {
    return FRAMES * MILLIS / 60_000.0;
  }

  /**
   * A frame.
   *
   * @param frame 0..{@value #FRAMES}−1
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public Image frame(int frame) {
    byte[] rgb = new byte[Math.multiplyExact(3 * width(), height())];
    paint(frame, rgb, false);
    Image image = Image.of(width(), height(), rgb);
    return camera.jpegQuality() == 0
        ? image
        : ImageFiles.decode(jpeg(frame), "frame " + frame + " of a still");
  }

  /**
   * A frame as a camera sends it; of high quality where the camera is set to make no JPEG.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public byte[] jpeg(int frame) {
    BufferedImage buffered = new BufferedImage(width(), height(), BufferedImage.TYPE_3BYTE_BGR);
    paint(frame, ((DataBufferByte) buffered.getRaster().getDataBuffer()).getData(), true);
    return Jpeg.encode(buffered, camera.jpegQuality() == 0 ? KEPT_QUALITY : camera.jpegQuality());
  }

  /**
   * Where something of the picture is in a frame, clipped to the frame.
   *
   * @param box in the picture, px
   * @return null if nothing of it is in the frame
   */
  public @Nullable Region region(Region box, int frame) {
    double[] e = edges(box, frame);
    int left = (int) Math.max(0, Math.round(e[0]));
    int top = (int) Math.max(0, Math.round(e[1]));
    int right = (int) Math.min(width(), Math.round(e[2]));
    int bottom = (int) Math.min(height(), Math.round(e[3]));
    return left < right && top < bottom ? new Region(left, top, right - left, bottom - top) : null;
  }

  /**
   * Left, top, right and bottom of something of the picture in a frame, px, not clipped.
   *
   * @param box in the picture, px
   */
  public double[] edges(Region box, int frame) {
    double s = scale(frame);
    double cx = VANISHING_X * width();
    double cy = VANISHING_Y * height();
    double dx = driftX[frame];
    double dy = driftY[frame];
    return new double[] {
      cx + (box.x() - cx) * s + dx,
      cy + (box.y() - cy) * s + dy,
      cx + (box.x() + box.width() - cx) * s + dx,
      cy + (box.y() + box.height() - cy) * s + dy
    };
  }

  /** Share of something's area that lies within a frame, 0..1. */
  public double visibleShare(Region box, int frame) {
    double[] e = edges(box, frame);
    double w = Math.min(width(), e[2]) - Math.max(0, e[0]);
    double h = Math.min(height(), e[3]) - Math.max(0, e[1]);
    return w <= 0 || h <= 0 ? 0 : w * h / ((e[2] - e[0]) * (e[3] - e[1]));
  }

  private static double scale(int frame) {
    if (frame < 0 || frame >= FRAMES) {
      throw new IndexOutOfBoundsException(
          "frame %d of a still; there are %d".formatted(frame, FRAMES));
    }
    return StrictMath.pow(ZOOM, frame / (FRAMES - 1.0));
  }

  /** Columns or rows of the picture that a column or row of a frame lies between. */
  private static final class Axis {
    final int[] at;
    final float[] fraction;

    /**
     * @param centre that keeps its place, px
     */
    Axis(int size, double centre, double scale, double drift) {
      at = new int[size];
      fraction = new float[size];
      for (int i = 0; i < size; i++) {
        double source = centre + (i + 0.5 - drift - centre) / scale - 0.5;
        int below = (int) Math.floor(source);
        // Where the drift shows what the picture does not have, there is nothing: black.
        boolean outside = source < -0.5 || source > size - 0.5;
        at[i] = outside ? -1 : Math.max(0, Math.min(size - 2, below));
        fraction[i] = outside ? 0 : (float) Math.max(0, Math.min(1, source - at[i]));
      }
    }
  }

  private void paint(int frame, byte[] pixels, boolean blueFirst) {
    double s = scale(frame);
    int w = width();
    int h = height();
    Axis columns = new Axis(w, VANISHING_X * w, s, driftX[frame]);
    Axis rows = new Axis(h, VANISHING_Y * h, s, driftY[frame]);
    if (sensor == null) {
      float[] row = new float[3 * w];
      for (int y = 0; y < h; y++) {
        sample(columns, rows, y, row);
        int o = 3 * w * y;
        for (int i = 0; i < row.length; i += 3) {
          pixels[o + i] = (byte) Math.round(row[blueFirst ? i + 2 : i]);
          pixels[o + i + 1] = (byte) Math.round(row[i + 1]);
          pixels[o + i + 2] = (byte) Math.round(row[blueFirst ? i : i + 2]);
        }
      }
      return;
    }
    float gain = (float) StrictMath.pow(2, camera.exposureStops());
    Band band = new Band(0, w, Math.min(ROWS, h));
    float[] row = new float[3 * w];
    for (int top = 0; top < h; top += ROWS) {
      band.moveTo(top, Math.min(ROWS, h - top));
      for (int y = top; y < band.bottom(); y++) {
        sample(columns, rows, y, row);
        int o = band.index(0, y);
        for (int i = 0; i < row.length; i++) {
          band.rgb()[o + i] = gain * linear(row[i]);
        }
      }
      sensor.develop(band, frame, pixels, 3 * w * top, 3 * w, blueFirst);
    }
  }

  /** Linear light of a value between two 8-bit ones. */
  private static float linear(float value) {
    int below = Math.min(254, (int) value);
    float from = Srgb.linear(below);
    return from + (Srgb.linear(below + 1) - from) * (value - below);
  }

  /** One row of a frame, bilinear, 0..255. */
  private void sample(Axis columns, Axis rows, int y, float[] row) {
    byte[] data = picture.data();
    if (rows.at[y] < 0) {
      Arrays.fill(row, 0);
      return;
    }
    int upper = picture.index(0, rows.at[y]);
    int lower = upper + (height() > 1 ? picture.rowStride() : 0);
    int step = width() > 1 ? 3 : 0;
    float fy = rows.fraction[y];
    for (int x = 0; x < columns.at.length; x++) {
      int o = 3 * x;
      if (columns.at[x] < 0) {
        row[o] = 0;
        row[o + 1] = 0;
        row[o + 2] = 0;
        continue;
      }
      int i = upper + 3 * columns.at[x];
      int j = lower + 3 * columns.at[x];
      float fx = columns.fraction[x];
      for (int c = 0; c < 3; c++) {
        float a = data[i + c] & 0xff;
        float b = data[j + c] & 0xff;
        float above = a + ((data[i + step + c] & 0xff) - a) * fx;
        float below = b + ((data[j + step + c] & 0xff) - b) * fx;
        row[o + c] = above + (below - above) * fy;
      }
    }
  }
}
