package io.stopline.evaluation.road;

import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.Sha256;
import io.stopline.sdk.image.Region;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * Road frames of one split.
 *
 * @param name the folder's name
 * @param split its name; {@link #ALL} where all were asked for
 * @param classNames one name a class, in order of the labels
 * @param frames in order of their names, frames without a sign included
 * @param sha256 over names, boxes and bytes of the pictures, lower-case hexadecimal
 * @param warnings what a reader of figures on these frames should know
 */
public record RoadData(
    String name,
    String split,
    List<String> classNames,
    List<RoadFrame> frames,
    String sha256,
    List<String> warnings) {

  /** The name of the split that has every frame. */
  public static final String ALL = "all";

  public RoadData {
    classNames = List.copyOf(classNames);
    frames = List.copyOf(frames);
    warnings = List.copyOf(warnings);
  }

  static RoadData of(
      String name,
      String split,
      List<String> classNames,
      List<RoadFrame> frames,
      List<String> warnings) {
    return new RoadData(name, split, classNames, frames, digest(frames), warnings);
  }

  /** Evenly spread frames; all where there are no more than the limit. */
  public RoadData spread(int limit) {
    return limit >= frames.size() ? this : take(SampleList.spread(limit, frames.size()));
  }

  /**
   * Some of the frames.
   *
   * @param numbers positions in {@link #frames}
   */
  public RoadData take(List<Integer> numbers) {
    return of(name, split, classNames, numbers.stream().map(frames::get).toList(), warnings);
  }

  private static String digest(List<RoadFrame> frames) {
    MessageDigest digest = Sha256.digest();
    for (RoadFrame frame : frames) {
      StringBuilder text = new StringBuilder(frame.name()).append('\n').append(frame.sha256());
      for (SignBox sign : frame.signs()) {
        Region r = sign.region();
        text.append(
            "\n%d,%d,%d,%d,%d".formatted(r.x(), r.y(), r.width(), r.height(), sign.label()));
      }
      digest.update(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
