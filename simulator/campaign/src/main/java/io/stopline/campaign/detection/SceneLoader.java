package io.stopline.campaign.detection;

import io.stopline.evaluation.Csv;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.road.Find;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.evaluation.road.SignMatcher;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.SceneFrame;
import io.stopline.training.detection.SceneFrame.SceneSign;
import io.stopline.training.detection.SceneSource.HardPlace;
import io.stopline.training.detection.SignCell;
import io.stopline.training.detection.SignCell.Outline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a detector learns from into memory. Stateless. */
final class SceneLoader {

  /** A detector that is so sure of what is no sign has something to learn. */
  private static final double HARD = 0.3;

  private SceneLoader() {}

  /** By which frames of a size are scaled down, so that a detector's input holds them. */
  static int factor(int width, int height, DetectorArchitecture architecture) {
    double exact =
        Math.max(
            width / (double) architecture.input().width(),
            height / (double) architecture.input().height());
    return Math.max(1, (int) Math.round(exact));
  }

  /** All frames of a split, at the size at which the detector will see them. */
  static List<SceneFrame> frames(RoadData data, DetectorArchitecture architecture) {
    return data.frames().parallelStream().map(frame -> frame(frame, architecture)).toList();
  }

  private static SceneFrame frame(RoadFrame frame, DetectorArchitecture architecture) {
    return frame(frame.name(), frame.image(), frame.signs(), architecture);
  }

  /** A frame at the size at which the detector will see it. */
  static SceneFrame frame(
      String name, Image image, List<SignBox> boxes, DetectorArchitecture architecture) {
    List<SceneSign> signs =
        boxes.stream()
            .map(
                s ->
                    new SceneSign(
                        s.region().x(),
                        s.region().y(),
                        s.region().x() + s.region().width(),
                        s.region().y() + s.region().height(),
                        s.label()))
            .toList();
    return SceneFrame.of(name, image, factor(image.width(), image.height(), architecture), signs);
  }

  /**
   * Signs to paste: the training tracks of a data set that says where in each image the sign lies.
   *
   * @param without tracks, as {@code class/track}
   * @param outlines of classes; others are round
   */
  static List<SignCell> cells(Dataset data, Set<String> without, Map<Integer, Outline> outlines) {
    List<SignCell> cells = new ArrayList<>();
    for (Sample sample : data.split("train").samples()) {
      Sample.Bounds bounds = sample.bounds();
      if (bounds != null && !without.contains(sample.track())) {
        cells.add(
            new SignCell(
                sample.image(),
                bounds.left(),
                bounds.top(),
                bounds.right(),
                bounds.bottom(),
                sample.label(),
                outlines.getOrDefault(sample.label(), Outline.ROUND)));
      }
    }
    if (cells.isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' does not say where in its images the signs lie (columns orig_w, orig_h, roi_x1, roi_y1, roi_x2, roi_y2 of index.csv), so none can be pasted; pack it with 'stopline data pack'"
              .formatted(data.name()));
    }
    return cells;
  }

  /** Tracks of a table with the columns {@code class} and {@code track}. */
  static Set<String> tracks(@Nullable Path file) {
    Set<String> tracks = new HashSet<>();
    if (file != null) {
      for (Csv.Row row : Csv.read(file, "class", "track")) {
        tracks.add(row.number("class") + "/" + row.text("track"));
      }
    }
    return tracks;
  }

  /**
   * Places of training frames where a detector sees a sign and there is none.
   *
   * @param file of the detector; null for none
   * @throws IOException if it cannot be read
   */
  static List<HardPlace> hard(@Nullable Path file, RoadData data, DetectorArchitecture architecture)
      throws IOException {
    List<HardPlace> places = new ArrayList<>();
    if (file == null) {
      return places;
    }
    try (Finds finds = new Finds(file)) {
      for (int f = 0; f < data.frames().size(); f++) {
        RoadFrame frame = data.frames().get(f);
        double factor = factor(frame.width(), frame.height(), architecture);
        for (Find find : finds.in(frame.image())) {
          Region box = find.box();
          if (find.probability() >= HARD && onNothing(box, frame.signs())) {
            places.add(
                new HardPlace(
                    f,
                    (box.x() + box.width() / 2.0) / factor,
                    (box.y() + box.height() / 2.0) / factor));
          }
        }
      }
    }
    return places;
  }

  /** Whether a box has nothing to do with any sign. */
  static boolean onNothing(Region box, List<SignBox> signs) {
    return signs.stream()
        .allMatch(s -> s.region().intersectionOverUnion(box) < SignMatcher.TOUCHING_OVERLAP);
  }
}
