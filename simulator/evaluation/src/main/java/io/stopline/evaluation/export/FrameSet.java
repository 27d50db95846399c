package io.stopline.evaluation.export;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every format is written from.
 *
 * @param name for people
 * @param command that made it
 * @param version of Stopline that made it
 * @param labels all classes that the models know, in their order
 * @param judged whether anybody looked for objects; without, nothing is said of detections at all
 * @param camera of all frames; null where it is not known
 * @param frames in order, empty ones included
 */
public record FrameSet(
    String name,
    String command,
    String version,
    List<String> labels,
    boolean judged,
    @Nullable PinholeCamera camera,
    List<ExportedFrame> frames) {

  /**
   * @throws IllegalArgumentException if something was detected though nobody looked
   */
  public FrameSet {
    labels = List.copyOf(labels);
    frames = List.copyOf(frames);
    if (!judged && frames.stream().anyMatch(f -> !f.detected().isEmpty())) {
      throw new IllegalArgumentException("something was detected, so somebody looked");
    }
  }

  /** The models' labels, then other labels of what is in the frames, in the order of the frames. */
  public List<String> categories() {
    Set<String> names = new LinkedHashSet<>(labels);
    for (ExportedFrame frame : frames) {
      frame.truth().forEach(t -> names.add(t.label()));
      for (Detected d : frame.detected()) {
        if (d.label() != null) {
          names.add(d.label());
        }
      }
    }
    return List.copyOf(names);
  }
}
