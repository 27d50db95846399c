package io.stopline.campaign.track;

import io.stopline.campaign.JpegRound;
import io.stopline.campaign.SignCrop;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.camera.Pixel;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A sign of a rendered drive. Exact crops are those of the renderer and the JPEG codec, at the cost
 * of the crop. Thread-safe.
 */
final class RenderedScene implements TrackScene {

  /** Blocks of a JPEG with halved colours, px. */
  private static final int BLOCK = 16;

  /** How far around the exact margin is painted, so that what a finder cuts out is inside, px. */
  private static final int ROOM = BLOCK;

  /** Over which the renderer spreads the samples of a pixel, px. */
  private static final double APERTURE = 1.3;

  private final DriveRenderer drive;
  private final int sign;
  private final int label;
  private final Shape outline;
  private final List<Near> near = new ArrayList<>();

  private final boolean[] inside;

  /** Made when they are first asked for: a search looks at some of the frames. */
  private final Map<Integer, FrameView> views = new ConcurrentHashMap<>();

  private final DriveRenderer black;
  private final DriveRenderer white;

  private record Near(int frame, SignTruth truth, Region window) {}

  RenderedScene(DriveRenderer filmed, int sign) {
    this.drive = filmed.withAlteration(sign, null);
    this.sign = sign;
    this.label = drive.scenario().signs().get(sign).signClass();
    this.outline = SignArt.of(label).outline();
    this.inside = CellWeights.inside(outline);
    this.black = drive.withAlteration(sign, Film.sheet(false));
    this.white = drive.withAlteration(sign, Film.sheet(true));
    for (int f = 0; f < drive.frames(); f++) {
      for (SignTruth truth : drive.truth(f).signs()) {
        if (truth.sign() == sign && SignCrop.isNear(truth)) {
          Region crop = SignCrop.around(truth, camera().width(), camera().height());
          near.add(new Near(f, truth, window(crop, ROOM)));
        }
      }
    }
    if (near.isEmpty()) {
      throw new IllegalArgumentException(
          "sign %d of scenario '%s' is never %.0f px high and well inside the frame; drive nearer"
              .formatted(sign, drive.scenario().name(), SignCrop.NEAR_PIXELS));
    }
  }

  private Camera camera() {
    return drive.scenario().camera();
  }

  /** Whole blocks about a region. */
  private Region window(Region region, int room) {
    int left = Math.max(0, (region.x() - room) / BLOCK * BLOCK);
    int top = Math.max(0, (region.y() - room) / BLOCK * BLOCK);
    int right = Math.min(camera().width(), blocks(region.x() + region.width() + room));
    int bottom = Math.min(camera().height(), blocks(region.y() + region.height() + room));
    return new Region(left, top, right - left, bottom - top);
  }

  private static int blocks(int end) {
    return (end + BLOCK - 1) / BLOCK * BLOCK;
  }

  private Image jpeg(Image image) {
    return JpegRound.trip(image, camera().jpegQuality());
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
    return near.size();
  }

  @Override
  public double heightPixels(int frame) {
    return near.get(frame).truth.heightPixels();
  }

  @Override
  public int draws() {
    return 3;
  }

  @Override
  public FrameView view(int frame) {
    return views.computeIfAbsent(frame, f -> look(near.get(f)));
  }

  private FrameView look(Near n) {
    Region window = n.window;
    FaceMap map = new FaceMap(n.truth.corners(), window.x(), window.y());
    return new FrameView(
        drive.renderWindow(n.frame, window),
        black.renderWindow(n.frame, window),
        white.renderWindow(n.frame, window),
        CellWeights.of(window.width(), window.height(), map, APERTURE, inside, true),
        this::jpeg);
  }

  @Override
  public Region cut(int frame, @Nullable RandomStream random) {
    Near n = near.get(frame);
    Region region = found(n.truth, random);
    int left = Math.max(region.x(), n.window.x());
    int top = Math.max(region.y(), n.window.y());
    int right = Math.min(region.x() + region.width(), n.window.x() + n.window.width());
    int bottom = Math.min(region.y() + region.height(), n.window.y() + n.window.height());
    return new Region(left - n.window.x(), top - n.window.y(), right - left, bottom - top);
  }

  /** What a finder names, give or take, on its grid of 2 px. */
  private Region found(SignTruth truth, @Nullable RandomStream random) {
    Region ideal = SignCrop.around(truth, camera().width(), camera().height());
    if (random == null) {
      return ideal;
    }
    double spread = 0.8 + 0.015 * Math.max(ideal.width(), ideal.height());
    int left = Math.max(0, grid(ideal.x() + spread * random.nextGaussian()));
    int top = Math.max(0, grid(ideal.y() + spread * random.nextGaussian()));
    int right = grid(ideal.x() + ideal.width() + spread * random.nextGaussian());
    int bottom = grid(ideal.y() + ideal.height() + spread * random.nextGaussian());
    right = Math.max(left + 8, Math.min(camera().width(), right));
    bottom = Math.max(top + 8, Math.min(camera().height(), bottom));
    return new Region(left, top, right - left, bottom - top);
  }

  private static int grid(double edge) {
    return 2 * (int) Math.round(edge / 2);
  }

  @Override
  public List<Image> crops(@Nullable Alteration alteration, long draw) {
    DriveRenderer altered = drive.withAlteration(sign, alteration);
    List<Image> crops = new ArrayList<>();
    for (Near n : near) {
      RandomStream random = draw == 0 ? null : new RandomStream(RandomStream.derive(draw, n.frame));
      Region region = found(n.truth, random);
      Region window = window(region, 0);
      crops.add(
          jpeg(altered.renderWindow(n.frame, window))
              .view(
                  new Region(
                      region.x() - window.x(),
                      region.y() - window.y(),
                      region.width(),
                      region.height())));
    }
    return crops;
  }

  /** From a window's pixels to the face: the homography that its square's four corners fix. */
  static final class FaceMap implements CellWeights.ToFace {
    private final double[] h;
    private final double left;
    private final double top;

    FaceMap(List<Pixel> corners, int left, int top) {
      this.left = left;
      this.top = top;
      h = inverse(ofUnitSquare(corners));
    }

    /** From (u, v) to pixels (Heckbert 1989, section 2.2.3), row by row. */
    private static double[] ofUnitSquare(List<Pixel> p) {
      double x0 = p.get(0).x();
      double y0 = p.get(0).y();
      double x1 = p.get(1).x();
      double y1 = p.get(1).y();
      double x2 = p.get(2).x();
      double y2 = p.get(2).y();
      double x3 = p.get(3).x();
      double y3 = p.get(3).y();
      double dx1 = x1 - x2;
      double dy1 = y1 - y2;
      double dx2 = x3 - x2;
      double dy2 = y3 - y2;
      double sx = x0 - x1 + x2 - x3;
      double sy = y0 - y1 + y2 - y3;
      double det = dx1 * dy2 - dx2 * dy1;
      double g = (sx * dy2 - dx2 * sy) / det;
      double k = (dx1 * sy - sx * dy1) / det;
      return new double[] {
        x1 - x0 + g * x1, x3 - x0 + k * x3, x0, y1 - y0 + g * y1, y3 - y0 + k * y3, y0, g, k, 1
      };
    }

    private static double[] inverse(double[] m) {
      return new double[] {
        m[4] * m[8] - m[5] * m[7],
        m[2] * m[7] - m[1] * m[8],
        m[1] * m[5] - m[2] * m[4],
        m[5] * m[6] - m[3] * m[8],
        m[0] * m[8] - m[2] * m[6],
        m[2] * m[3] - m[0] * m[5],
        m[3] * m[7] - m[4] * m[6],
        m[1] * m[6] - m[0] * m[7],
        m[0] * m[4] - m[1] * m[3]
      };
    }

    @Override
    public void map(double x, double y, double[] face) {
      double px = x + left;
      double py = y + top;
      double w = h[6] * px + h[7] * py + h[8];
      face[0] = (h[0] * px + h[1] * py + h[2]) / w;
      face[1] = (h[3] * px + h[4] * py + h[5]) / w;
    }
  }
}
