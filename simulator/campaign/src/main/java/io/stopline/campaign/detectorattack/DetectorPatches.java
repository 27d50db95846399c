package io.stopline.campaign.detectorattack;

import io.stopline.campaign.detectorattack.ObjectRecord.Attacked;
import io.stopline.config.files.WholeFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The patches and stickers that reached an attack's goal, as pictures that a detector can learn
 * from ({@code train-detector --patches}): what is painted, and nothing of the frame around it.
 */
public final class DetectorPatches {

  /** What is smaller is the rounded edge of something. */
  private static final int LEAST_SIDE = 4;

  private DetectorPatches() {}

  /**
   * Writes one PNG a patch or sticker, named by its object's number and its own.
   *
   * @param frames of the data
   * @param folder made if it is not there
   * @return how many were written
   * @throws IOException if one cannot be written
   */
  public static int write(DetectorAttackRun run, List<RoadFrame> frames, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    int written = 0;
    for (DetectorAttackRun.Case each : run.cases()) {
      if (each.attack().wins()) {
        int number = 0;
        for (Image print : prints(each.attack(), frames.get(each.object().frame()).image(), run)) {
          Path file = folder.resolve("%05d-%d.png".formatted(each.object().id(), number++));
          WholeFile.write(file, ImageFiles.encodePng(print));
          written++;
        }
      }
    }
    return written;
  }

  private static List<Image> prints(Attacked attack, Image frame, DetectorAttackRun run) {
    Overlay overlay = attack.overlay();
    if (run.plan().setting().shape() == PatchSetting.Shape.PATCH) {
      return isLarge(overlay.region()) ? List.of(overlay.pixels()) : List.of();
    }
    return parts(overlay, frame).stream()
        .filter(DetectorPatches::isLarge)
        .map(r -> overlay.pixels().view(r).copy())
        .toList();
  }

  private static boolean isLarge(Region region) {
    return Math.min(region.width(), region.height()) >= LEAST_SIDE;
  }

  /** Rectangles of the overlay around changed pixels that touch, also at a corner. */
  private static List<Region> parts(Overlay overlay, Image frame) {
    int width = overlay.region().width();
    int height = overlay.region().height();
    boolean[] open = new boolean[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int before = frame.rgb(overlay.region().x() + x, overlay.region().y() + y);
        open[y * width + x] = overlay.pixels().rgb(x, y) != before;
      }
    }
    List<Region> parts = new ArrayList<>();
    Deque<Integer> next = new ArrayDeque<>();
    for (int i = 0; i < open.length; i++) {
      if (open[i]) {
        open[i] = false;
        next.push(i);
        parts.add(part(open, next, width, height));
      }
    }
    return parts;
  }

  private static Region part(boolean[] open, Deque<Integer> next, int width, int height) {
    int left = width;
    int top = height;
    int right = -1;
    int bottom = -1;
    while (!next.isEmpty()) {
      int at = next.pop();
      int x = at % width;
      int y = at / width;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      for (int j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (int i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
          if (open[j * width + i]) {
            open[j * width + i] = false;
            next.push(j * width + i);
          }
        }
      }
    }
    return new Region(left, top, right - left + 1, bottom - top + 1);
  }
}
