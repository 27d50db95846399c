package io.stopline.evaluation.road;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.ImageSize;
import io.stopline.config.images.UnusableImageException;
import io.stopline.evaluation.FolderTree;
import io.stopline.evaluation.ListedSign;
import io.stopline.evaluation.SignLayout;
import io.stopline.evaluation.SignListing;
import io.stopline.evaluation.SplitNames;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Road frames with boxes, read as images of signs: each box is cut out with a tenth of its sides as
 * margin on each side, as GTSRB's images have it, where the picture goes that far. What a frame's
 * boxes mark as not to be judged, and what is smaller than 12 px, is left out and counted. Pictures
 * are decoded when a sign is asked for; their headers are read for their sizes.
 */
public final class CutSigns implements SignLayout {

  private static final double MARGIN = 0.1;

  /** GTSRB's smallest signs are about as small; below, nobody can tell one from another. */
  private static final int SMALLEST_SIDE = 12;

  /** Nearly every header ends within. */
  private static final int HEADER_BYTES = 64 << 10;

  private static final Set<String> PARTS = Set.of("train", "validation", "calibration", "test");

  /** For {@link java.util.ServiceLoader}. */
  public CutSigns() {}

  @Override
  public String description() {
    return "road frames with boxes, which are cut out: YOLO (images/, labels/*.txt, data.yaml), COCO (annotations*.json and pictures), GTSDB (gt.txt), boxes.csv";
  }

  @Override
  public boolean recognises(FolderTree folder) {
    // Names of classes lie beside the pictures, so the folder of an archive is left to be opened.
    boolean wrapper =
        folder.images().isEmpty()
            && folder.others().isEmpty()
            && folder.folders().size() == 1
            && SplitNames.known(folder.folders().get(0).name()) == null;
    // Road layouts list the folder anew, which takes long where there are many images.
    return !wrapper
        && folder.all().anyMatch(CutSigns::mayHaveBoxes)
        && RoadDatasets.layout(folder.path()) != null;
  }

  /** Whether a folder has a file that could say boxes in any of the layouts. */
  private static boolean mayHaveBoxes(FolderTree folder) {
    return folder.others().stream()
        .map(file -> String.valueOf(file.getFileName()))
        .anyMatch(
            name -> name.endsWith(".txt") || name.endsWith(".json") || name.equals("boxes.csv"));
  }

  @Override
  public SignListing read(FolderTree folder) {
    RoadLayout layout = RoadDatasets.layout(folder.path());
    if (layout == null) {
      throw new IllegalArgumentException("'%s' holds no road frames".formatted(folder.path()));
    }
    RoadListing listing = layout.read(folder.path());
    List<ListedSign> signs = new ArrayList<>();
    int small = 0;
    int others = 0;
    for (ListedFrame frame : listing.frames()) {
      if (frame.boxes().isEmpty()) {
        continue;
      }
      ImageSize size = size(frame.file());
      int number = 0;
      for (ListedBox listed : frame.boxes()) {
        SignBox box = listed.in(size.width(), size.height());
        number++;
        if (!box.known()) {
          others++;
        } else if (box.side() < SMALLEST_SIDE) {
          small++;
        } else {
          signs.add(sign(folder, frame, number, box, size));
        }
      }
    }
    List<String> notes = new ArrayList<>(listing.warnings());
    notes.add(
        "signs cut out of road frames by their boxes, with a margin of %.0f %% of the box on each side"
            .formatted(100 * MARGIN));
    if (small > 0) {
      notes.add(
          "%,d boxes are smaller than %d px and were left out".formatted(small, SMALLEST_SIDE));
    }
    if (others > 0) {
      notes.add("%,d boxes are marked as not to be judged and were left out".formatted(others));
    }
    return new SignListing(listing.classNames(), signs, notes);
  }

  private static ListedSign sign(
      FolderTree folder, ListedFrame frame, int number, SignBox box, ImageSize size) {
    Region tight = box.region();
    Region cut = withMargin(tight, size);
    return new ListedSign(
        box.label(),
        part(folder, frame),
        "",
        0,
        "%s#%d".formatted(frame.name().replace('/', '_'), number),
        crop(frame.file(), cut, size),
        new ListedSign.Place(
            cut.width(),
            cut.height(),
            tight.x() - cut.x(),
            tight.y() - cut.y(),
            tight.x() - cut.x() + tight.width() - 1,
            tight.y() - cut.y() + tight.height() - 1));
  }

  private static String part(FolderTree folder, ListedFrame frame) {
    if (frame.split().equals(RoadData.ALL)) {
      return "train";
    }
    if (!PARTS.contains(frame.split())) {
      throw new UnusableDatasetException(
          "data set '%s': picture '%s' is in split '%s'; signs are in train, validation, calibration or test"
              .formatted(folder.path(), frame.name(), frame.split()));
    }
    return frame.split();
  }

  private static Region withMargin(Region box, ImageSize size) {
    int x = (int) Math.round(MARGIN * box.width());
    int y = (int) Math.round(MARGIN * box.height());
    int left = Math.max(0, box.x() - x);
    int top = Math.max(0, box.y() - y);
    int right = Math.min(size.width(), box.x() + box.width() + x);
    int bottom = Math.min(size.height(), box.y() + box.height() + y);
    return new Region(left, top, right - left, bottom - top);
  }

  /** A copy: a view would keep the whole picture in memory. */
  private static Supplier<Image> crop(Path file, Region cut, ImageSize size) {
    return () -> {
      Image picture;
      try {
        picture = ImageFiles.read(file);
      } catch (UnusableImageException e) {
        throw new UnusableDatasetException(
            "data set: " + e.getMessage() + "; take it out of the data set or fetch it again", e);
      }
      if (picture.width() != size.width() || picture.height() != size.height()) {
        throw new UnusableDatasetException(
            "picture '%s' has %d×%d px, but had %s×%s px when it was listed; open the data set anew"
                .formatted(file, picture.width(), picture.height(), size.width(), size.height()));
      }
      return picture.view(cut).copy();
    };
  }

  private static ImageSize size(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      try {
        return ImageFiles.size(header, file.toString());
      } catch (UnusableImageException e) {
        if (header.length < HEADER_BYTES) {
          throw e;
        }
        // A photograph may carry a preview before its size.
        return ImageFiles.size(Files.readAllBytes(file), file.toString());
      }
    } catch (UnusableImageException e) {
      throw new UnusableDatasetException(
          "data set: " + e.getMessage() + "; take it out of the data set or fetch it again", e);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "picture '%s' cannot be read (%s); check that it is there and may be read"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
