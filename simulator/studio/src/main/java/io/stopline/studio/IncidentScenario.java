package io.stopline.studio;

import io.stopline.config.images.ImageFiles;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.telemetry.IncidentMessage;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A drive that shows again what an incident tells of: the sign's best crop as its face, on the path
 * that fits the regions and times of the evidence. Everything else (frame size, lens, light) the
 * incident does not tell; it is set such that the face comes out as it was recorded.
 *
 * @param scenario whose only sign has the photograph at {@code photograph}
 * @param fit of the path
 * @param bestFrame of the scenario: the one that shows the sign as large as the best crop does
 * @param comment for people: where it comes from and what is assumed
 */
record IncidentScenario(Scenario scenario, TrackFit fit, int bestFrame, List<String> comment) {

  /** Frame sizes that cameras usually have, px. */
  private static final int[][] USUAL_SIZES = {
    {1280, 720},
    {640, 360},
    {640, 480},
    {800, 600},
    {960, 540},
    {1024, 768},
    {1280, 960},
    {1920, 1080},
    {1920, 1200},
    {2560, 1440},
    {3840, 2160}
  };

  private static final double FIELD_OF_VIEW = Camera.standard().horizontalFieldOfViewDegrees();
  private static final double LENS_HEIGHT = Camera.standard().heightMetres();

  /** Before the track began nothing was found; a few frames more let the tracker settle. */
  private static final double LEAD_SECONDS = 0.3;

  private static final double LONGEST_LEAD_SECONDS = 4;
  private static final int EXPOSURE_ROUNDS = 4;

  IncidentScenario {
    comment = List.copyOf(comment);
  }

  /**
   * Makes the scenario and writes its photograph.
   *
   * @param signClass what the sign is shown as: its outline and size
   * @param frameSize width and height of the camera's frames, px; empty to find out
   * @param photograph where its face is written as PNG
   * @throws BadInputException if the regions do not fit into the frames
   */
  static IncidentScenario of(
      IncidentMessage incident, int signClass, int[] frameSize, Path photograph)
      throws IOException {
    List<IncidentMessage.Evidence> evidence = incident.evidence();
    Shape outline = SignArt.of(signClass).outline();
    Rectangle2D bounds = outline.getBounds2D();
    double metres = Approach.sizeMetres(signClass);

    List<TrackFit.Sighting> sightings = new ArrayList<>();
    for (IncidentMessage.Evidence e : evidence) {
      sightings.add(TrackFit.Sighting.of(seconds(incident, e), region(e)));
    }
    int[] size = frameSize(evidence, frameSize, sightings, metres, bounds);
    double focal = focal(size[0]);
    TrackFit fit = TrackFit.of(sightings, focal, size[0], size[1], metres, bounds);

    double first = sightings.stream().mapToDouble(TrackFit.Sighting::seconds).min().orElse(0);
    double last = sightings.stream().mapToDouble(TrackFit.Sighting::seconds).max().orElse(0);
    // Second 0 of the sightings is when the track was first seen.
    double begin = Math.max(-LEAD_SECONDS, first - LONGEST_LEAD_SECONDS);
    double startDistance = fit.distanceMetres() - begin * fit.speedMetresPerSecond();
    double endDistance =
        Math.max(
            fit.distanceMetres() - last * fit.speedMetresPerSecond(),
            nearest(fit, focal, size, metres));
    double rate = framesPerSecond(evidence);
    double way = Math.max(startDistance - endDistance, 10 * fit.speedMetresPerSecond() / rate);
    startDistance = endDistance + way;

    IncidentMessage.Evidence best = best(incident);
    Image crop = ImageFiles.decode(best.crop().toByteArray(), "the incident's best crop");
    Face face = Face.cutFrom(crop, TrackFit.Sighting.of(0, region(best)), region(best), bounds);
    Scenario scenario =
        new Scenario(
            "incident " + incident.id(),
            incident.id().getMostSignificantBits() ^ incident.id().getLeastSignificantBits(),
            camera(size, rate, 0),
            new Vehicle(round(fit.speedMetresPerSecond()), 0, round(way), 0),
            // From all sides, so that light and shade come from the photograph alone.
            new Light(45, 180, 1, 30_000),
            new Background.Procedural(),
            List.of(
                new Sign(
                    signClass,
                    photograph.toAbsolutePath().normalize(),
                    round(startDistance),
                    round(fit.lateralMetres()),
                    round(Math.max(0.2, Math.min(12, LENS_HEIGHT + fit.aboveMetres()))),
                    metres,
                    0,
                    0,
                    0,
                    null)));
    double bestTime = seconds(incident, best) - begin;
    int frame = (int) Math.max(0, Math.min(scenario.frames() - 1L, Math.round(bestTime * rate)));
    Scenario exposed = exposed(scenario, face, photograph, frame);
    return new IncidentScenario(exposed, fit, frame, comment(incident, signClass, fit, size, best));
  }

  private static double seconds(IncidentMessage incident, IncidentMessage.Evidence e) {
    return Math.max(0, Duration.between(incident.firstSeen(), e.capturedAt()).toNanos() / 1e9);
  }

  private static Region region(IncidentMessage.Evidence e) {
    return new Region(e.region().x(), e.region().y(), e.region().width(), e.region().height());
  }

  /** Of the usual sizes that hold all regions the one whose middle the sign seems to come from. */
  private static int[] frameSize(
      List<IncidentMessage.Evidence> evidence,
      int[] given,
      List<TrackFit.Sighting> sightings,
      double metres,
      Rectangle2D bounds) {
    int right =
        evidence.stream().mapToInt(e -> e.region().x() + e.region().width()).max().orElse(0);
    int bottom =
        evidence.stream().mapToInt(e -> e.region().y() + e.region().height()).max().orElse(0);
    int[] best = given;
    double least = Double.POSITIVE_INFINITY;
    for (int[] size : given.length == 0 ? USUAL_SIZES : new int[][] {given}) {
      if (right <= size[0] && bottom <= size[1]) {
        double error =
            TrackFit.of(sightings, focal(size[0]), size[0], size[1], metres, bounds).errorPixels();
        // The first one is the most usual: another must be clearly better.
        if (error < least - 0.5) {
          least = error;
          best = size;
        }
      }
    }
    if (least == Double.POSITIVE_INFINITY) {
      throw new BadInputException(
          "the incident's regions reach to (%d, %d) px, which no frame size tried has; give it with --frame-size"
              .formatted(right, bottom));
    }
    return best;
  }

  private static double focal(int width) {
    return width / 2.0 / Math.tan(Math.toRadians(FIELD_OF_VIEW / 2));
  }

  /** How near the sign may come without leaving the picture. */
  private static double nearest(TrackFit fit, double focal, int[] size, double metres) {
    double across = (Math.abs(fit.lateralMetres()) + metres / 2) * focal / (size[0] / 2.0);
    double up = (Math.abs(fit.aboveMetres()) + metres / 2) * focal / (size[1] / 2.0);
    return Math.max(4, Math.max(across, up));
  }

  /** Frames a second, from frame numbers and times. */
  private static double framesPerSecond(List<IncidentMessage.Evidence> evidence) {
    IncidentMessage.Evidence first = evidence.get(0);
    IncidentMessage.Evidence last = evidence.get(evidence.size() - 1);
    double seconds = Duration.between(first.capturedAt(), last.capturedAt()).toNanos() / 1e9;
    double rate = (last.frame() - first.frame()) / seconds;
    return rate >= 5 && rate <= 60 ? Math.round(10 * rate) / 10.0 : 30;
  }

  /** The evidence that shows most: the largest of those that the guard suspected. */
  private static IncidentMessage.Evidence best(IncidentMessage incident) {
    Comparator<IncidentMessage.Evidence> suspectFirst =
        Comparator.comparing(e -> e.decision() == IncidentMessage.Decision.SUSPECT);
    return incident.evidence().stream()
        .max(suspectFirst.thenComparing(e -> (long) e.region().width() * e.region().height()))
        .orElseThrow(() -> new BadInputException("the incident has no evidence"));
  }

  /** A camera that adds as little as possible to what the crop went through already. */
  private static Camera camera(int[] size, double rate, double stops) {
    return new Camera(
        size[0], size[1], FIELD_OF_VIEW, rate, LENS_HEIGHT, 0, 0, 0, 1, stops, 0.3, 0, 96);
  }

  /** Sets exposure and colours of the face such that the camera shows it as it was recorded. */
  private static Scenario exposed(Scenario scenario, Face face, Path photograph, int frame)
      throws IOException {
    double[] wanted = face.meanLight();
    double[] gain = {1, 1, 1};
    double stops = 0;
    Scenario current = scenario;
    for (int round = 0; round < EXPOSURE_ROUNDS; round++) {
      face.write(photograph, gain);
      DriveRenderer drive = DriveRenderer.of(current);
      List<SignTruth> signs = drive.truth(frame).signs();
      if (signs.isEmpty()) {
        return current;
      }
      double[] shown = Face.meanLight(drive.renderWindow(frame, signs.get(0).box()));
      double change = 1;
      double[] ratio = new double[3];
      for (int c = 0; c < 3; c++) {
        ratio[c] = Math.max(0.1, Math.min(10, (wanted[c] + 1e-3) / (shown[c] + 1e-3)));
        change *= Math.cbrt(ratio[c]);
      }
      for (int c = 0; c < 3; c++) {
        gain[c] = Math.max(0.5, Math.min(1.5, gain[c] * ratio[c] / change));
      }
      stops = Math.max(-3, Math.min(3, stops + Math.log(change) / Math.log(2)));
      Camera camera = scenario.camera();
      current =
          new Scenario(
              scenario.name(),
              scenario.seed(),
              camera(
                  new int[] {camera.width(), camera.height()},
                  camera.framesPerSecond(),
                  round(stops)),
              scenario.vehicle(),
              scenario.light(),
              scenario.background(),
              scenario.signs());
    }
    face.write(photograph, gain);
    return current;
  }

  private static double round(double value) {
    return Math.round(value * 1e3) / 1e3;
  }

  private static List<String> comment(
      IncidentMessage incident,
      int signClass,
      TrackFit fit,
      int[] size,
      IncidentMessage.Evidence best) {
    return List.of(
        "Made from incident %s of device '%s', raised %s."
            .formatted(incident.id(), incident.device(), incident.raisedAt()),
        signClass == incident.label()
            ? "class: %d ('%s', p = %.2f) is what the models said, which is not necessarily the truth; put the true class if you know it."
                .formatted(signClass, incident.labelName(), incident.probability())
            : "class: %d was given by hand; the models said %d ('%s', p = %.2f)."
                .formatted(
                    signClass, incident.label(), incident.labelName(), incident.probability()),
        "Its face is the crop of frame %d. Distance, speed and place fit %d regions to %.1f px rms,"
            .formatted(best.frame(), incident.evidence().size(), fit.errorPixels()),
        "for a sign of the class's usual size and a level camera of %d×%d px and %.0f°, which the incident does not tell."
            .formatted(size[0], size[1], FIELD_OF_VIEW));
  }
}
