package io.stopline.scene.scenario;

import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A drive up to one road sign, drawn from a seed: camera, light, pose, speed and wear as a day on
 * German roads brings them.
 */
public final class Approach {

  /** Classes of the German traffic sign benchmark. */
  public static final int CLASSES = 43;

  /** How high the main sign is in the first frame, px. */
  static final double FIRST_HEIGHT_PIXELS = 14;

  private static final double NEAREST_METRES = 8;
  private static final double LONGEST_SECONDS = 6;
  private static final double SHORTEST_SECONDS = 2;

  private Approach() {}

  /**
   * A drive of 2–6 s from where the sign is 14 px high to where it is 8 m away or leaves the
   * picture. The main sign is the first of the scenario's signs; at most one other stands farther
   * off.
   *
   * @param signClass of the German traffic sign benchmark, 0..42
   * @param seed the same seed gives the same drive; another class with it another drive
   * @throws IllegalArgumentException if there is no such class
   */
  public static Scenario to(int signClass, long seed) {
    if (signClass < 0 || signClass >= CLASSES) {
      throw new IllegalArgumentException(
          "sign class " + signClass + " is unknown; give one of 0.." + (CLASSES - 1));
    }
    RandomStream random = new RandomStream(RandomStream.derive(seed, 1000 + signClass));
    Camera camera = camera(random);
    double size = sizeMetres(signClass);
    double focal =
        camera.width()
            / 2.0
            / StrictMath.tan(StrictMath.toRadians(camera.horizontalFieldOfViewDegrees() / 2));
    double far = focal * size / FIRST_HEIGHT_PIXELS;
    double lateral = random.uniform(2.9, 4.2);
    double near = Math.max(NEAREST_METRES, (lateral + 0.5 * size) * focal / (camera.width() / 2.0));
    double way = far - near;
    double speed =
        random.uniform(
            Math.max(8, way / LONGEST_SECONDS),
            Math.min(20, Math.max(way / SHORTEST_SECONDS, way / LONGEST_SECONDS + 0.1)));
    Vehicle vehicle = new Vehicle(speed, 0, way, curvature(random));
    List<Sign> signs = new ArrayList<>();
    signs.add(sign(signClass, far, lateral, random));
    if (random.nextDouble() < 0.4) {
      int other = (signClass + 1 + random.nextInt(CLASSES - 1)) % CLASSES;
      boolean right = random.nextDouble() < 0.7;
      double beside = right ? random.uniform(2.9, 4.2) : -3.5 - random.uniform(2.9, 4.2);
      signs.add(sign(other, far + random.uniform(18, 60), beside, random));
    }
    return new Scenario(
        "approach to class " + signClass + ", seed " + seed,
        RandomStream.derive(seed, 2000 + signClass),
        camera,
        vehicle,
        light(random),
        new Background.Procedural(),
        signs);
  }

  /**
   * The drive of {@link #to} when a sign is hard to read: in rain, under snow, in fog, at night
   * with headlights, by a camera that gets too little light or before a sprayed wall, each as
   * likely.
   *
   * @param signClass of the German traffic sign benchmark, 0..42
   * @param seed the same seed gives the same drive
   * @throws IllegalArgumentException if there is no such class
   */
  public static Scenario hardToRead(int signClass, long seed) {
    Scenario dry = to(signClass, seed);
    RandomStream random = new RandomStream(RandomStream.derive(seed, 3000 + signClass));
    Light light = dry.light();
    return switch (random.nextInt(6)) {
      case 0 -> dry.with(clouded(light)).with(new Weather(random.uniform(2, 40), 0));
      case 1 -> dry.with(clouded(light)).with(new Weather(0, random.uniform(0.02, 0.3)));
      case 2 -> dry.with(clouded(light).seeing(random.uniform(80, 400)));
      case 3 -> {
        double lux = StrictMath.exp(random.uniform(StrictMath.log(0.3), StrictMath.log(10)));
        yield dry.with(new Light(2, light.sunAzimuthDegrees(), 1, 8000, lux, 1));
      }
      case 4 -> dry.with(clouded(light)).with(dim(dry.camera(), random));
      default -> dry.before(new Background.Procedural(random.uniform(0.1, 0.9)));
    };
  }

  private static Camera dim(Camera c, RandomStream random) {
    return new Camera(
        c.width(),
        c.height(),
        c.horizontalFieldOfViewDegrees(),
        c.framesPerSecond(),
        c.heightMetres(),
        c.pitchDegrees(),
        c.distortionK1(),
        c.distortionK2(),
        c.exposureMillis(),
        random.uniform(-2, -0.5),
        random.uniform(1.5, 3.5),
        c.shakeDegrees(),
        c.jpegQuality(),
        c.lineMicros(),
        c.infraredCut());
  }

  private static Light clouded(Light light) {
    return new Light(
        light.sunElevationDegrees(), light.sunAzimuthDegrees(), 1, light.visibilityMetres());
  }

  /**
   * Larger side of a German sign for roads with up to 80 km/h (size 2 of the VzKat 2017): discs
   * 0.60 m, triangles and octagon 0.90 m, the square of the priority road 0.60 m, which is 0.85 m
   * from corner to corner.
   *
   * @param signClass of the German traffic sign benchmark, 0..42
   */
  public static double sizeMetres(int signClass) {
    if (signClass == 12) {
      return 0.85;
    }
    boolean triangle = signClass == 11 || signClass == 13 || (signClass >= 18 && signClass <= 31);
    return triangle || signClass == 14 ? 0.9 : 0.6;
  }

  private static Camera camera(RandomStream random) {
    Camera c = Camera.standard();
    return new Camera(
        c.width(),
        c.height(),
        random.uniform(48, 56),
        c.framesPerSecond(),
        random.uniform(1.2, 1.5),
        random.uniform(-0.8, 0.8),
        random.uniform(-0.09, -0.02),
        random.uniform(0, 0.015),
        random.uniform(1.5, 6),
        0.3 * within(random.nextGaussian(), 2.5),
        random.uniform(0.5, 1.8),
        random.uniform(0.01, 0.05),
        80 + random.nextInt(16));
  }

  private static double curvature(RandomStream random) {
    return random.nextDouble() < 0.4 ? 0 : random.uniform(-1, 1) / 400;
  }

  private static Light light(RandomStream random) {
    double overcast = random.nextDouble();
    double visibility = StrictMath.exp(random.uniform(StrictMath.log(1500), StrictMath.log(30000)));
    return new Light(random.uniform(15, 60), random.uniform(0, 360), overcast, visibility);
  }

  private static Sign sign(int signClass, double along, double lateral, RandomStream random) {
    return new Sign(
        signClass,
        null,
        along,
        lateral,
        random.uniform(2.0, 2.6),
        sizeMetres(signClass),
        5 * within(random.nextGaussian(), 2.5),
        1.5 * within(random.nextGaussian(), 2.5),
        0.6 * random.nextDouble() * random.nextDouble(),
        null);
  }

  private static double within(double value, double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }
}
