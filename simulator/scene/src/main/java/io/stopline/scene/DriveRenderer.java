package io.stopline.scene;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.camera.Pixel;
import io.stopline.scene.camera.Shutter;
import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.plane.FaceTexture;
import io.stopline.scene.plane.Faces;
import io.stopline.scene.plane.Plate;
import io.stopline.scene.plane.PlatePainter;
import io.stopline.scene.plane.PlateTruth;
import io.stopline.scene.plane.PlateView;
import io.stopline.scene.roadside.Backdrop;
import io.stopline.scene.roadside.PhotoBackdrop;
import io.stopline.scene.roadside.Rain;
import io.stopline.scene.roadside.Roadside;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.sensor.Jpeg;
import io.stopline.scene.sensor.LensFilm;
import io.stopline.scene.sensor.Sensor;
import io.stopline.scene.sign.SignArt;
import io.stopline.scene.texture.Band;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Films a drive. The same scenario gives the same bytes, in whatever order and on however many
 * threads its frames are made. Immutable, so thread-safe.
 */
public final class DriveRenderer {

  /** Rows that are composited together: few enough to stay in a core's cache. */
  private static final int ROWS = 16;

  private static final long WEAR_STREAM = 0x57_65_61_72L;

  private final Scenario scenario;
  private final Shutter shutter;
  private final Daylight day;
  private final Backdrop backdrop;
  private final Sensor sensor;
  private final List<Plate> plates;
  private final List<FaceTexture> faces;

  private DriveRenderer(
      Scenario scenario,
      Shutter shutter,
      Daylight day,
      Backdrop backdrop,
      Sensor sensor,
      List<Plate> plates,
      List<FaceTexture> faces) {
    this.scenario = scenario;
    this.shutter = shutter;
    this.day = day;
    this.backdrop = backdrop;
    this.sensor = sensor;
    this.plates = List.copyOf(plates);
    this.faces = List.copyOf(faces);
  }

  /**
   * Prepares a drive: draws its signs, makes its roadside. Takes some tenths of a second.
   *
   * @throws IllegalArgumentException if the camera's distortion folds its picture over, or a file
   *     is no picture
   * @throws java.io.UncheckedIOException if a photograph cannot be read
   */
  public static DriveRenderer of(Scenario scenario) {
    Shutter shutter = new Shutter(scenario);
    Daylight day = daylight(scenario);
    Backdrop backdrop = backdrop(scenario, shutter, day);
    Sensor sensor =
        new Sensor(scenario.camera(), shutter.lens(), scenario.seed(), day.sensitivity());
    List<Plate> plates = new ArrayList<>();
    List<FaceTexture> faces = new ArrayList<>();
    for (Sign sign : scenario.signs()) {
      SignArt art = SignArt.of(sign.signClass());
      Plate plate = new Plate(sign, art.outline());
      long seed = RandomStream.derive(scenario.seed(), WEAR_STREAM + plates.size());
      plates.add(plate);
      double highest = highest(plate, shutter, scenario.frames());
      faces.add(Faces.of(sign, art, highest, scenario.weather().snow(), seed));
    }
    return new DriveRenderer(scenario, shutter, day, backdrop, sensor, plates, faces);
  }

  private static Daylight daylight(Scenario scenario) {
    Light light = scenario.light();
    double sight = Rain.visibility(light.visibilityMetres(), scenario.weather().rain());
    return new Daylight(light.seeing(sight), scenario.camera().exposureStops());
  }

  private static Backdrop backdrop(Scenario scenario, Shutter shutter, Daylight day) {
    if (scenario.background() instanceof Background.Photographs photographs) {
      return new PhotoBackdrop(scenario, photographs, shutter.lens(), day);
    }
    if (scenario.background() instanceof Background.Procedural) {
      return new Roadside(scenario, shutter, day);
    }
    throw new IllegalArgumentException(
        "scenario '%s': nothing films a background %s"
            .formatted(scenario.name(), scenario.background()));
  }

  /** How high the sign gets on the picture while any of it is in view, px. */
  private static double highest(Plate plate, Shutter shutter, int frames) {
    double highest = 0;
    for (int frame = 0; frame < frames; frame++) {
      PlateView seen = plate.seenFrom(shutter.view(frame, 0));
      if (seen.isAhead()) {
        double[] e = PlateTruth.extent(seen);
        if (PlateTruth.box(e, shutter.lens()) != null) {
          highest = Math.max(highest, Math.max(e[3] - e[1], e[2] - e[0]));
        }
      }
    }
    return highest;
  }

  /**
   * The same drive with another alteration on a sign. Cheap: everything but that sign's texture is
   * shared, except where a phantom takes the sign's place or gives it back.
   *
   * @param sign its index in the scenario
   * @param alteration null for none
   * @throws IndexOutOfBoundsException if there is no such sign
   */
  public DriveRenderer withAlteration(int sign, @Nullable Alteration alteration) {
    Sign other = scenario.signs().get(sign).with(alteration);
    List<Sign> signs = new ArrayList<>(scenario.signs());
    signs.set(sign, other);
    List<Plate> newPlates = new ArrayList<>(plates);
    newPlates.set(sign, plates.get(sign).with(other));
    List<FaceTexture> newFaces = new ArrayList<>(faces);
    newFaces.set(sign, faces.get(sign).with(alteration));
    Scenario changed = scenario.with(signs);
    // A phantom has no pole: what stands behind the signs changes with it.
    boolean same = other.isPhantom() == scenario.signs().get(sign).isPhantom();
    Backdrop behind = same ? backdrop : backdrop(changed, shutter, day);
    return new DriveRenderer(changed, shutter, day, behind, sensor, newPlates, newFaces);
  }

  /** The drive. */
  public Scenario scenario() {
    return scenario;
  }

  /** Number of frames. */
  public int frames() {
    return scenario.frames();
  }

  /**
   * A frame as the sensor gives it, before JPEG: 8-bit sRGB.
   *
   * @param frame 0..{@link #frames()}−1
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public Image render(int frame) {
    byte[] rgb = new byte[3 * width() * height()];
    render(frame, rgb);
    return Image.of(width(), height(), rgb);
  }

  /**
   * As {@link #render(int)}, into given memory.
   *
   * @param rgb takes the densely packed pixels, at least {@code 3 · width · height} bytes
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public void render(int frame, byte[] rgb) {
    paint(frame, new Region(0, 0, width(), height()), rgb, false);
  }

  /**
   * A part of a frame: exactly the pixels that {@link #render(int)} has there, at the cost of the
   * part.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   * @throws IllegalArgumentException if the window is not inside the frame
   */
  public Image renderWindow(int frame, Region window) {
    if (!window.isInside(width(), height())) {
      throw new IllegalArgumentException(
          "%s is not inside the frame of %d×%d px".formatted(window, width(), height()));
    }
    byte[] rgb = new byte[3 * window.width() * window.height()];
    paint(frame, window, rgb, false);
    return Image.of(window.width(), window.height(), rgb);
  }

  /**
   * A frame as the camera sends it: a JPEG of the scenario's quality.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public byte[] jpeg(int frame) {
    BufferedImage picture = new BufferedImage(width(), height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    paint(frame, new Region(0, 0, width(), height()), bgr, true);
    return Jpeg.encode(picture, scenario.camera().jpegQuality());
  }

  private void paint(int frame, Region window, byte[] pixels, boolean blueFirst) {
    View view = view(frame);
    Backdrop.Shown behind = backdrop.seenFrom(view);
    List<PlatePainter> painters = new ArrayList<>();
    for (int sign : farthestFirst(view)) {
      PlatePainter painter =
          PlatePainter.of(faces.get(sign), plates.get(sign), shutter, frame, day);
      if (painter != null) {
        painters.add(painter);
      }
    }
    List<LensFilm> films = films();
    Rain.@Nullable Shown drops = drops(frame);
    int stride = 3 * window.width();
    Band band = new Band(window.x(), window.width(), Math.min(ROWS, window.height()));
    for (int y = 0; y < window.height(); y += ROWS) {
      band.moveTo(window.y() + y, Math.min(ROWS, window.height() - y));
      behind.paint(band);
      for (PlatePainter painter : painters) {
        painter.paint(band);
      }
      if (drops != null) {
        drops.paint(band);
      }
      for (LensFilm film : films) {
        film.paint(band);
      }
      sensor.develop(band, frame, pixels, y * stride, stride, blueFirst);
    }
  }

  private Rain.@Nullable Shown drops(int frame) {
    return scenario.weather().rain() > 0
        ? new Rain(scenario, day)
            .seenFrom(shutter.view(frame, -0.5), frame, shutter.exposureSeconds())
        : null;
  }

  private List<LensFilm> films() {
    List<LensFilm> films = new ArrayList<>();
    for (Sign sign : scenario.signs()) {
      if (sign.alteration() instanceof LensDots dots) {
        films.add(new LensFilm(dots, width(), height(), day));
      }
    }
    return films;
  }

  private List<Integer> farthestFirst(View view) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < plates.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -plates.get(i).seenFrom(view).distance()));
    return order;
  }

  /**
   * What is on a frame, to a small part of a pixel, at the middle of the exposure.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public GroundTruth truth(int frame) {
    View view = view(frame);
    List<PlateView> seen = new ArrayList<>();
    for (Plate plate : plates) {
      seen.add(plate.seenFrom(view));
    }
    List<SignTruth> signs = new ArrayList<>();
    for (int i = 0; i < plates.size(); i++) {
      PlateView plate = seen.get(i);
      if (plate.isAhead() && plate.isFront()) {
        double[] extent = PlateTruth.extent(plate);
        Region box = PlateTruth.box(extent, shutter.lens());
        List<PlateView> nearer =
            seen.stream()
                .filter(o -> o.isAhead() && o.distance() < plate.distance())
                .filter(o -> !o.plate().sign().isPhantom())
                .toList();
        double visible = box == null ? 0 : PlateTruth.visibleShare(plate, nearer, shutter.lens());
        if (box != null && visible > 0) {
          signs.add(
              new SignTruth(
                  i,
                  scenario.signs().get(i).isPhantom() ? -1 : scenario.signs().get(i).signClass(),
                  box,
                  PlateTruth.corners(plate),
                  plate.distance(),
                  extent[3] - extent[1],
                  visible,
                  pretended(scenario.signs().get(i))));
        }
      }
    }
    return new GroundTruth(frame, shutter.seconds(frame), shutter.along(frame), signs);
  }

  /**
   * The outline of a sign on a frame, clipped to it, at the middle of the exposure; what stands
   * before the sign is not taken out.
   *
   * @param sign its index in the scenario
   * @return closed polygons; none where the sign's face is not in the frame
   * @throws IndexOutOfBoundsException if there is no such frame or sign
   */
  public List<List<Pixel>> outline(int frame, int sign) {
    PlateView plate = plates.get(sign).seenFrom(view(frame));
    return plate.isAhead() && plate.isFront()
        ? PlateTruth.outline(plate, shutter.lens())
        : List.of();
  }

  private static int pretended(Sign sign) {
    return sign.alteration() instanceof Phantom p && p.art() == Phantom.Art.SIGN
        ? sign.signClass()
        : -1;
  }

  /**
   * Where a frame shows a sign's alteration: white where altered, black elsewhere, as large as the
   * frame. Signs that stand before this one are not taken out of it. Dots on the lens are shown
   * over the whole frame.
   *
   * @param sign its index in the scenario
   * @throws IndexOutOfBoundsException if there is no such frame or sign
   */
  public Image alterationMask(int frame, int sign) {
    view(frame);
    byte[] grey = new byte[width() * height()];
    PlatePainter painter = PlatePainter.of(faces.get(sign), plates.get(sign), shutter, frame, day);
    if (scenario.signs().get(sign).alteration() instanceof LensDots dots) {
      new LensFilm(dots, width(), height(), day).mask(grey);
    } else if (painter != null) {
      painter.mask(grey, width(), height());
    }
    byte[] rgb = new byte[3 * grey.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = grey[i / 3];
    }
    return Image.of(width(), height(), rgb);
  }

  /**
   * The part of a frame that a sign's alteration can change: outside it the frame is that of the
   * clean sign, to the last bit. A phantom has no clean sign to compare with.
   *
   * @param sign its index in the scenario
   * @return null if the frame shows nothing of the sign's plate
   * @throws IndexOutOfBoundsException if there is no such frame or sign
   */
  public @Nullable Region alterable(int frame, int sign) {
    view(frame);
    if (scenario.signs().get(sign).alteration() instanceof LensDots) {
      return new Region(0, 0, width(), height());
    }
    PlatePainter painter = PlatePainter.of(faces.get(sign), plates.get(sign), shutter, frame, day);
    return painter == null ? null : painter.bounds(width(), height());
  }

  private View view(int frame) {
    if (frame < 0 || frame >= frames()) {
      throw new IndexOutOfBoundsException(
          "frame " + frame + " of a drive of " + frames() + " frames");
    }
    return shutter.view(frame, 0);
  }

  private int width() {
    return scenario.camera().width();
  }

  private int height() {
    return scenario.camera().height();
  }
}
