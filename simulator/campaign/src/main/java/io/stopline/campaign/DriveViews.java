package io.stopline.campaign;

import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Views of a sign in a rendered drive, and in drives like it: other noise and roadside, the sun and
 * the exposure a little different, the sign turned a little. A view is rendered at the cost of its
 * crop, goes through JPEG as a whole frame would, and is cut out as an agent's region proposer
 * does, give or take. Thread-safe.
 */
final class DriveViews implements SignViews {

  /** Drives like the actual one. */
  private static final int OTHERS = 1;

  /** Blocks of a JPEG with halved colours. */
  private static final int BLOCK = 16;

  /** Golden ratio: successive multiples of it fill 0..1 evenly (Weyl 1916). */
  private static final double GOLDEN = 0.6180339887498949;

  private final int sign;
  private final long seed;

  /** The actual drive first. */
  private final List<Filmed> drives = new ArrayList<>();

  /** A drive and where the sign is in its near frames. */
  private record Filmed(DriveRenderer renderer, List<SignTruth> truths, List<Integer> frames) {}

  /** Views of the drive alone, for judging. */
  DriveViews(DriveRenderer drive, int sign) {
    this(drive, sign, 0, 0);
  }

  /**
   * Views for a search.
   *
   * @param sign its index in the scenario
   * @param seed of the drives like this one, and of the crops' edges
   * @throws IllegalArgumentException if the sign is never near
   */
  DriveViews(DriveRenderer drive, int sign, long seed) {
    this(drive, sign, seed, OTHERS);
  }

  private DriveViews(DriveRenderer drive, int sign, long seed, int others) {
    this.sign = sign;
    this.seed = seed;
    Filmed actual = filmed(drive);
    if (actual.frames.isEmpty()) {
      throw new IllegalArgumentException(
          "sign %d of scenario '%s' is never %.0f px high and well inside the frame; drive nearer"
              .formatted(sign, drive.scenario().name(), SignCrop.NEAR_PIXELS));
    }
    drives.add(actual);
    for (int i = 0; i < others; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, 0xd71fe + i));
      Filmed other = filmed(DriveRenderer.of(like(drive.scenario(), random)));
      if (!other.frames.isEmpty()) {
        drives.add(other);
      }
    }
  }

  private Filmed filmed(DriveRenderer drive) {
    List<SignTruth> truths = new ArrayList<>();
    List<Integer> frames = new ArrayList<>();
    for (int f = 0; f < drive.frames(); f++) {
      for (SignTruth t : drive.truth(f).signs()) {
        if (t.sign() == sign && SignCrop.isNear(t)) {
          truths.add(t);
          frames.add(f);
        }
      }
    }
    return new Filmed(drive, truths, frames);
  }

  private Scenario like(Scenario s, RandomStream random) {
    Camera c = s.camera();
    Camera camera =
        new Camera(
            c.width(),
            c.height(),
            c.horizontalFieldOfViewDegrees(),
            c.framesPerSecond(),
            c.heightMetres() + 0.05 * random.nextGaussian(),
            c.pitchDegrees() + 0.2 * random.nextGaussian(),
            c.distortionK1(),
            c.distortionK2(),
            within(c.exposureMillis() * StrictMath.exp(0.2 * random.nextGaussian()), 0, 40),
            within(c.exposureStops() + 0.25 * random.nextGaussian(), -3, 3),
            within(c.noise() * StrictMath.exp(0.2 * random.nextGaussian()), 0, 10),
            c.shakeDegrees(),
            (int) within(c.jpegQuality() + 3 * random.nextGaussian(), 1, 100),
            c.lineMicros(),
            c.infraredCut());
    Light l = s.light();
    Light light =
        new Light(
            within(l.sunElevationDegrees() + 6 * random.nextGaussian(), 2, 90),
            l.sunAzimuthDegrees() + 20 * random.nextGaussian(),
            within(l.overcast() + 0.15 * random.nextGaussian(), 0, 1),
            l.visibilityMetres(),
            l.lux(),
            l.headlights());
    Vehicle v = s.vehicle();
    List<Sign> signs = new ArrayList<>(s.signs());
    Sign original = signs.get(sign);
    signs.set(
        sign,
        new Sign(
            original.signClass(),
            original.photograph(),
            original.alongMetres(),
            original.lateralMetres(),
            original.heightMetres(),
            original.sizeMetres(),
            original.yawDegrees() + 2 * random.nextGaussian(),
            original.rollDegrees() + 0.7 * random.nextGaussian(),
            original.wear(),
            original.alteration()));
    return new Scenario(
        s.name() + ", and like it",
        random.nextLong(),
        camera,
        v,
        light,
        s.background(),
        signs,
        s.weather());
  }

  private static double within(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }

  @Override
  public List<Integer> nearFrames() {
    return List.copyOf(drives.get(0).frames);
  }

  @Override
  public double heightPixels(int frame) {
    return drives.get(0).truths.get(place(frame)).heightPixels();
  }

  private int place(int frame) {
    int place = drives.get(0).frames.indexOf(frame);
    if (place < 0) {
      throw new IllegalArgumentException("the sign is not near in frame " + frame);
    }
    return place;
  }

  @Override
  public Viewer open() {
    return new Sight();
  }

  private final class Sight implements Viewer {
    private final DriveRenderer[] altered = new DriveRenderer[drives.size()];
    private @Nullable Alteration alteration;

    @Override
    public void show(@Nullable Alteration wanted) {
      alteration = wanted;
      // Textures are made when a drive is first looked at.
      Arrays.fill(altered, null);
    }

    @Override
    public Image sample(long number) {
      // Three of four views are of the actual drive.
      int others = drives.size() - 1;
      int which = others == 0 || number % 4 != 3 ? 0 : 1 + (int) (number / 4 % others);
      Filmed drive = drives.get(which);
      double at = (number + 0.5) * GOLDEN;
      int i = (int) ((at - Math.floor(at)) * drive.frames.size());
      return crop(which, i, RandomStream.derive(seed, number));
    }

    @Override
    public Image frame(int frame, long draw) {
      return crop(0, place(frame), draw);
    }

    private Image crop(int which, int i, long draw) {
      Filmed drive = drives.get(which);
      DriveRenderer renderer = altered[which];
      if (renderer == null) {
        renderer = drive.renderer.withAlteration(sign, alteration);
        altered[which] = renderer;
      }
      Camera camera = drive.renderer.scenario().camera();
      Region region =
          draw == 0
              ? SignCrop.around(drive.truths.get(i), camera.width(), camera.height())
              : proposed(drive.truths.get(i), camera, draw);
      int left = region.x() / BLOCK * BLOCK;
      int top = region.y() / BLOCK * BLOCK;
      int right = Math.min(camera.width(), blocks(region.x() + region.width()));
      int bottom = Math.min(camera.height(), blocks(region.y() + region.height()));
      Region window = new Region(left, top, right - left, bottom - top);
      Image seen =
          JpegRound.trip(renderer.renderWindow(drive.frames.get(i), window), camera.jpegQuality());
      return seen.view(
          new Region(region.x() - left, region.y() - top, region.width(), region.height()));
    }
  }

  private static int blocks(int end) {
    return (end + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** The region that an agent's proposer would name, give or take, on its grid of 2 px. */
  private static Region proposed(SignTruth truth, Camera camera, long draw) {
    Region ideal = SignCrop.around(truth, camera.width(), camera.height());
    RandomStream random = new RandomStream(draw);
    double spread = 0.8 + 0.015 * Math.max(ideal.width(), ideal.height());
    int left = Math.max(0, grid(ideal.x() + spread * random.nextGaussian()));
    int top = Math.max(0, grid(ideal.y() + spread * random.nextGaussian()));
    int right = grid(ideal.x() + ideal.width() + spread * random.nextGaussian());
    int bottom = grid(ideal.y() + ideal.height() + spread * random.nextGaussian());
    right = Math.max(left + 8, Math.min(camera.width(), right));
    bottom = Math.max(top + 8, Math.min(camera.height(), bottom));
    return new Region(left, top, right - left, bottom - top);
  }

  private static int grid(double edge) {
    return 2 * (int) Math.round(edge / 2);
  }
}
