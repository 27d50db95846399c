package io.stopline.campaign.detectorguard;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Clean drives out of somebody's frames: each folder of frames that were filmed one after the other
 * is a drive; single photographs are driven through one by one.
 *
 * @param kind which of the two they are
 * @param drives in the order of their names
 * @param why for people: what tells that
 */
public record CleanDrives(Kind kind, List<CleanDrive> drives, String why) {

  /** What frames are. */
  public enum Kind {
    /** Filmed one after the other. */
    FILM,
    /** Photographs of their own. */
    STILLS
  }

  /** Neighbours of a film differ less than this share of what its distant frames do. */
  private static final double ALIKE = 0.6;

  /** Nor by more than this, grey levels; two places of one road may well look more alike. */
  private static final double MOST_DIFFERENT = 25;

  private static final int COMPARED = 12;
  private static final int THUMB_WIDTH = 32;
  private static final int THUMB_HEIGHT = 18;
  private static final int LEAST_FILM = 6;
  private static final Pattern NUMBERS = Pattern.compile("\\d+|\\D+");

  public CleanDrives {
    drives = List.copyOf(drives);
  }

  /**
   * Makes drives of frames.
   *
   * @param told what they are; null to look at them
   * @param limit of photographs, or of frames of film, that are used: evenly spread photographs,
   *     the first frames of each film
   * @param seed of what a camera adds to drives through photographs
   * @throws UnusableDatasetException if there are no frames
   */
  public static CleanDrives of(RoadData data, @Nullable Kind told, int limit, long seed) {
    if (data.frames().isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' has no frames to calibrate on; name a folder of frames".formatted(data.name()));
    }
    Map<String, List<RoadFrame>> folders = new TreeMap<>();
    for (RoadFrame frame : data.frames()) {
      folders
          .computeIfAbsent(String.valueOf(frame.file().getParent()), f -> new ArrayList<>())
          .add(frame);
    }
    folders.values().forEach(f -> f.sort(byNumbers()));
    Kind kind = told;
    String why = "as told";
    if (kind == null) {
      boolean film =
          folders.values().stream().filter(CleanDrives::isFilm).count() * 2 > folders.size();
      kind = film ? Kind.FILM : Kind.STILLS;
      why =
          film
              ? "neighbours look alike; --frames stills says otherwise"
              : "neighbours do not look alike; --frames film says otherwise";
    }
    List<CleanDrive> drives = new ArrayList<>();
    if (kind == Kind.STILLS) {
      for (RoadFrame still : data.spread(limit).frames()) {
        drives.add(CleanDrive.through(still, RandomStream.derive(seed, drives.size())));
      }
    } else {
      int each = Math.max(LEAST_FILM, limit / folders.size());
      folders.forEach(
          (folder, frames) ->
              drives.add(
                  CleanDrive.filmed(folder, frames.subList(0, Math.min(each, frames.size())))));
    }
    return new CleanDrives(kind, drives, why);
  }

  /** The same for another reason. */
  public CleanDrives because(String reason) {
    return new CleanDrives(kind, drives, reason);
  }

  /** Number of all frames. */
  public int frames() {
    return drives.stream().mapToInt(CleanDrive::frames).sum();
  }

  /** For people: {@code 3 drives of 412 frames that were filmed}. */
  public String words() {
    String n = drives.size() == 1 ? "" : "s";
    return kind == Kind.FILM
        ? "%d film%s of %d frames, each in the order of its names (%s)"
            .formatted(drives.size(), n, frames(), why)
        : "drives through %d photograph%s of their own, %d frames in all (%s)"
            .formatted(drives.size(), n, frames(), why);
  }

  /** Frames that were filmed one after the other are more alike than those far apart. */
  private static boolean isFilm(List<RoadFrame> frames) {
    int n = frames.size();
    if (n < LEAST_FILM
        || frames.stream()
            .anyMatch(
                f -> f.width() != frames.get(0).width() || f.height() != frames.get(0).height())) {
      return false;
    }
    int pairs = Math.min(COMPARED, n / 2);
    double near = 0;
    double far = 0;
    for (int p = 0; p < pairs; p++) {
      int i = (int) ((long) p * (n - 1) / pairs);
      byte[] here = thumb(frames.get(i));
      near += difference(here, thumb(frames.get(i + 1)));
      far += difference(here, thumb(frames.get((i + n / 2) % n)));
    }
    return near <= MOST_DIFFERENT * pairs && near <= ALIKE * far;
  }

  private static byte[] thumb(RoadFrame frame) {
    Image image = frame.image();
    FrameScaler scaler = new FrameScaler(THUMB_WIDTH, THUMB_HEIGHT, FrameFit.STRETCH);
    scaler.begin(image);
    byte[] rgb = new byte[3 * THUMB_WIDTH * THUMB_HEIGHT];
    byte[] row = new byte[3 * THUMB_WIDTH];
    for (int y = 0; y < THUMB_HEIGHT; y++) {
      scaler.row(image, y, row);
      System.arraycopy(row, 0, rgb, row.length * y, row.length);
    }
    return rgb;
  }

  private static double difference(byte[] a, byte[] b) {
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return (double) sum / a.length;
  }

  /** {@code frame9} before {@code frame10}. */
  private static Comparator<RoadFrame> byNumbers() {
    return Comparator.comparing(RoadFrame::name, CleanDrives::compare);
  }

  static int compare(String a, String b) {
    Matcher first = NUMBERS.matcher(a);
    Matcher second = NUMBERS.matcher(b);
    while (first.find()) {
      if (!second.find()) {
        return 1;
      }
      String x = first.group();
      String y = second.group();
      boolean numbers = Character.isDigit(x.charAt(0)) && Character.isDigit(y.charAt(0));
      int order = numbers ? new BigInteger(x).compareTo(new BigInteger(y)) : x.compareTo(y);
      if (order != 0) {
        return order;
      }
    }
    return second.find() ? -1 : a.compareTo(b);
  }
}
