package io.stopline.attacks.detection;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;

/**
 * What an attacker wants to be found, or not, at one place of a frame.
 *
 * @param kind hide, create or mislabel
 * @param place box of the object that is there, or that is to be seen there; px of the frame
 * @param label of the object that is there; {@link #ANY} if there is none (create)
 * @param wanted label that is to be found; {@link #ANY} for none (hide) or any wrong one (mislabel)
 * @param overlap intersection over union with the place from which a detection is said to be there,
 *     above 0 and at most 1
 */
public record DetectionGoal(Kind kind, Region place, int label, int wanted, double overlap) {

  /** No label, or any. */
  public static final int ANY = -1;

  /** The overlap that average precision is usually counted with. */
  public static final double USUAL_OVERLAP = 0.5;

  /** Kinds of goals. */
  public enum Kind {
    /** No box of the object's label on the object. */
    HIDE,
    /** A box of the wanted label where nothing is. */
    CREATE,
    /** The most probable box on the object has another label, or the wanted one. */
    MISLABEL
  }

  /**
   * @throws IllegalArgumentException naming the value that does not fit the kind
   */
  public DetectionGoal {
    if ((kind == Kind.CREATE) != (label == ANY)
        || (kind == Kind.CREATE && wanted == ANY)
        || (kind == Kind.HIDE && wanted != ANY)
        || (label != ANY && label == wanted)
        || label < ANY
        || wanted < ANY) {
      throw new IllegalArgumentException(
          "goal %s with label %d and wanted label %d; hide takes the label alone, create the wanted one alone, mislabel the label and another one or ANY"
              .formatted(kind, label, wanted));
    }
    if (!(overlap > 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "goal overlap is %s; it must be above 0 and at most 1".formatted(overlap));
    }
  }

  /** That the object is not found. */
  public static DetectionGoal hide(Region object, int label) {
    return new DetectionGoal(Kind.HIDE, object, label, ANY, USUAL_OVERLAP);
  }

  /** That something is found where nothing is. */
  public static DetectionGoal create(Region place, int wanted) {
    return new DetectionGoal(Kind.CREATE, place, ANY, wanted, USUAL_OVERLAP);
  }

  /**
   * That an object is taken for another.
   *
   * @param wanted label, or {@link #ANY}
   */
  public static DetectionGoal mislabel(Region object, int label, int wanted) {
    return new DetectionGoal(Kind.MISLABEL, object, label, wanted, USUAL_OVERLAP);
  }

  /**
   * Whether a frame's detections are what is wanted.
   *
   * @param threshold detections with a lower probability are taken for none
   */
  public boolean reached(List<Detection> detections, double threshold) {
    double right = right(detections);
    double wrong = wrong(detections);
    return switch (kind) {
      case HIDE -> right < threshold;
      case CREATE -> wrong >= threshold;
      case MISLABEL -> wrong >= threshold && wrong > right;
    };
  }

  /**
   * How far detections are from the goal, for attacks that ask for scores: −1..1, less is better
   * for the attacker. Needs detections below the threshold to say more than yes or no.
   *
   * @param threshold as for {@link #reached}
   */
  public double margin(List<Detection> detections, double threshold) {
    double right = right(detections);
    return switch (kind) {
      case HIDE -> right - threshold;
      case CREATE -> threshold - nearest(detections);
      case MISLABEL -> Math.max(threshold, right) - nearest(detections);
    };
  }

  /** The greatest probability of the object's own label on it; 0 if it is not found. */
  private double right(List<Detection> detections) {
    double best = 0;
    for (Detection d : detections) {
      if (d.label() == label && d.region().intersectionOverUnion(place) >= overlap) {
        best = Math.max(best, d.probability());
      }
    }
    return best;
  }

  /** The greatest probability of a wanted label there; 0 if none is found. */
  private double wrong(List<Detection> detections) {
    double best = 0;
    for (Detection d : detections) {
      if (isWanted(d.label()) && d.region().intersectionOverUnion(place) >= overlap) {
        best = Math.max(best, d.probability());
      }
    }
    return best;
  }

  /** The same, where a box that is not quite there counts in part. */
  private double nearest(List<Detection> detections) {
    double best = 0;
    for (Detection d : detections) {
      if (isWanted(d.label())) {
        double there = Math.min(1, d.region().intersectionOverUnion(place) / overlap);
        best = Math.max(best, d.probability() * there);
      }
    }
    return best;
  }

  /** Whether an attacker wants this label to be found. */
  boolean isWanted(int found) {
    return wanted == ANY ? found != label : found == wanted;
  }
}
