package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.stopline.config.files.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes labelled frames and reads them back before it says so. Stateless. */
public final class FrameExport {

  /** Ground truth in COCO's format. */
  public static final String COCO = "coco.json";

  /** Detections in COCO's results format. */
  public static final String COCO_DETECTIONS = "coco-detections.json";

  /** Truth and detections in OpenLABEL's format. */
  public static final String OPENLABEL = "openlabel.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A file that was written and read back.
   *
   * @param file its name in the folder
   * @param frames in it, empty ones included
   * @param truths boxes of what is true in it; null where the file is about detections alone
   * @param detections boxes of what was found in it; null where the file is about truth alone
   * @param leftOut detections that the format has no place for: those without a label
   */
  public record Written(
      String file,
      int frames,
      @Nullable Integer truths,
      @Nullable Integer detections,
      int leftOut) {

    /** For people. */
    public String describe() {
      StringBuilder text = new StringBuilder("%s: %d frames".formatted(file, frames));
      if (truths != null) {
        text.append(", %d true boxes".formatted(truths));
      }
      if (detections != null) {
        text.append(", %d detections".formatted(detections));
      }
      if (leftOut > 0) {
        text.append(" (%d without a label are left out)".formatted(leftOut));
      }
      return text.toString();
    }
  }

  private FrameExport() {}

  /** Which files {@link #write} makes. */
  public static List<String> files(Set<ExportFormat> formats, boolean judged) {
    List<String> files = new ArrayList<>();
    if (formats.contains(ExportFormat.COCO)) {
      files.add(COCO);
      if (judged) {
        files.add(COCO_DETECTIONS);
      }
    }
    if (formats.contains(ExportFormat.OPENLABEL)) {
      files.add(OPENLABEL);
    }
    return List.copyOf(files);
  }

  /**
   * Writes frames in each format, each file whole or not at all.
   *
   * @param folder made if there is none; files of the same names are replaced
   * @throws IOException if a file cannot be written, or has something else in it afterwards
   */
  public static List<Written> write(FrameSet set, Set<ExportFormat> formats, Path folder)
      throws IOException {
    List<Written> written = new ArrayList<>();
    int frames = set.frames().size();
    int truths = set.frames().stream().mapToInt(f -> f.truth().size()).sum();
    int found = set.frames().stream().mapToInt(f -> f.detected().size()).sum();
    for (ExportFormat format : formats.isEmpty() ? formats : EnumSet.copyOf(formats)) {
      switch (format) {
        case COCO -> {
          Path truth = folder.resolve(COCO);
          write(truth, CocoText.truth(set));
          ReadBack.cocoTruth(set, truth);
          written.add(new Written(COCO, frames, truths, null, 0));
          if (set.judged()) {
            Path detections = folder.resolve(COCO_DETECTIONS);
            JsonNode results = CocoText.detections(set);
            write(detections, results);
            ReadBack.cocoDetections(set, truth, detections);
            written.add(
                new Written(COCO_DETECTIONS, frames, null, results.size(), found - results.size()));
          }
        }
        case OPENLABEL -> {
          Path file = folder.resolve(OPENLABEL);
          write(file, OpenLabelText.of(set));
          ReadBack.openLabel(set, file);
          written.add(
              new Written(OPENLABEL, frames, truths, set.judged() ? (Integer) found : null, 0));
        }
        default -> throw new IllegalStateException("nobody writes format " + format);
      }
    }
    return List.copyOf(written);
  }

  /** What was written, for a report. */
  public static ArrayNode toJson(List<Written> written) {
    ArrayNode files = JSON.createArrayNode();
    for (Written one : written) {
      files
          .addObject()
          .put("file", one.file())
          .put("frames", one.frames())
          .put("trueBoxes", one.truths())
          .put("detections", one.detections())
          .put("leftOut", one.leftOut());
    }
    return files;
  }

  private static void write(Path file, JsonNode json) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(json));
  }
}
