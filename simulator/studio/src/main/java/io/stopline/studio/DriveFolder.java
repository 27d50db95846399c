package io.stopline.studio;

import io.stopline.agent.AgentIdentity;
import io.stopline.agent.IncidentEncoder;
import io.stopline.config.Bundle;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.export.ExportFormat;
import io.stopline.evaluation.export.FrameExport;
import io.stopline.evaluation.export.FrameSet;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.studio.camera.Film;
import io.stopline.studio.camera.InOrder;
import io.stopline.studio.camera.TruthJson;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.MessageCodec;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A drive as files: frames, ground truth, masks of alterations, the scenario. */
final class DriveFolder {

  private static final String TRUTH = "ground-truth.jsonl";
  private static final String SCENARIO = "scenario.yaml";
  private static final String MASKS = "masks";
  private static final String INCIDENTS = "incidents";

  /** What an earlier drive left; nothing else is ever deleted. */
  private static final Pattern OURS =
      Pattern.compile(
          "frame-\\d{4,}(-sign-\\d+)?\\.(jpg|png)|ground-truth\\.jsonl|scenario\\.yaml|coco(-detections)?\\.json|openlabel\\.json|incident-\\d+\\.json");

  private final Path folder;

  private DriveFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder.
   *
   * @param force take one that is not empty, and delete an earlier drive in it
   * @throws BadInputException if it is not empty, or no folder
   */
  static DriveFolder open(Path folder, boolean force) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadInputException("--out '%s' is a file; name a folder".formatted(folder));
    }
    Files.createDirectories(folder);
    DriveFolder opened = new DriveFolder(folder);
    if (!isEmpty(folder)) {
      if (!force) {
        throw new BadInputException(
            "--out '%s' is not empty; name another folder, or give --force to replace an earlier drive in it"
                .formatted(folder));
      }
      opened.clear();
    }
    return opened;
  }

  /** What a frame is called. */
  static String frameName(int frame) {
    return "frame-%04d.jpg".formatted(frame);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static void deleteOurs(Path folder) throws IOException {
    List<Path> old;
    try (Stream<Path> files = Files.list(folder)) {
      old = files.filter(f -> OURS.matcher(f.getFileName().toString()).matches()).toList();
    }
    for (Path file : old) {
      Files.delete(file);
    }
  }

  /**
   * Writes everything.
   *
   * @param labels names of the classes, for the ground truth
   */
  void write(DriveRenderer drive, Film film, List<String> labels, int threads, Progress progress)
      throws IOException {
    wholly(
        () -> {
          WholeFile.write(
              folder.resolve(SCENARIO),
              ScenarioFile.textAt(
                  folder.resolve(SCENARIO),
                  drive.scenario(),
                  List.of("The drive of this folder, every value written out.")));
          StringBuilder truth = new StringBuilder();
          InOrder.run(
              threads,
              film.frames(),
              frame -> masks(drive, film, frame),
              (frame, masks) -> {
                write(frameName(frame), film.jpeg(frame));
                masks.forEach(
                    (sign, mask) ->
                        write("%s/frame-%04d-sign-%d.png".formatted(MASKS, frame, sign), mask));
                truth.append(TruthJson.of(film.truth(frame), labels)).append('\n');
                progress.step();
              });
          WholeFile.write(folder.resolve(TRUTH), truth.toString());
        });
  }

  /**
   * Writes drives through photographs, their frames numbered one drive after the other.
   *
   * @param labels names of the classes, for the ground truth
   */
  void writeStills(List<Still> stills, List<String> labels, Progress progress) throws IOException {
    wholly(
        () -> {
          StringBuilder truth = new StringBuilder();
          int number = 0;
          for (Still still : stills) {
            for (int frame = 0; frame < still.film().frames(); frame++, number++) {
              String name = frameName(number);
              write(name, still.film().jpeg(frame));
              truth
                  .append(
                      TruthJson.of(still.film().truth(frame), labels)
                          .put("file", name)
                          .put("photograph", still.name()))
                  .append('\n');
              progress.step();
            }
          }
          WholeFile.write(folder.resolve(TRUTH), truth.toString());
        });
  }

  /**
   * Writes incidents as an agent sends them, to be replayed.
   *
   * @param bundle whose guard raised them
   */
  void writeIncidents(List<Incident> incidents, Bundle bundle) throws IOException {
    if (incidents.isEmpty()) {
      return;
    }
    MessageCodec codec = new MessageCodec();
    IncidentEncoder encoder =
        new IncidentEncoder(
            AgentIdentity.onDesk(
                "drive", Version.current(), new BundleIdentity(bundle.name(), bundle.sha256())),
            codec);
    wholly(
        () -> {
          for (int i = 0; i < incidents.size(); i++) {
            write(
                "%s/incident-%d.json".formatted(INCIDENTS, i + 1),
                codec.encode(encoder.message(incidents.get(i), i + 1)));
          }
        });
  }

  /**
   * Writes the frames' truth and what was found in them for other tools.
   *
   * @return what was written, and read back
   */
  List<FrameExport.Written> export(FrameSet frames, Set<ExportFormat> formats) throws IOException {
    List<FrameExport.Written> written = new ArrayList<>();
    wholly(() -> written.addAll(FrameExport.write(frames, formats, folder)));
    return written;
  }

  /** Half a drive is none: where one file cannot be written, those before it are removed. */
  private void wholly(Writing writing) throws IOException {
    boolean done = false;
    try {
      writing.run();
      done = true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!done) {
        clear();
      }
    }
  }

  /** For threads that may throw nothing checked. */
  private void write(String name, byte[] bytes) {
    try {
      WholeFile.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void clear() throws IOException {
    deleteOurs(folder);
    for (String part : List.of(MASKS, INCIDENTS)) {
      Path within = folder.resolve(part);
      if (Files.isDirectory(within)) {
        deleteOurs(within);
        if (isEmpty(within)) {
          Files.delete(within);
        }
      }
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** PNG by sign. */
  private static Map<Integer, byte[]> masks(DriveRenderer drive, Film film, int frame) {
    Map<Integer, byte[]> masks = new LinkedHashMap<>();
    for (SignTruth sign : film.truth(frame).signs()) {
      if (drive.scenario().signs().get(sign.sign()).alteration() != null) {
        masks.put(sign.sign(), greyPng(drive.alterationMask(frame, sign.sign())));
      }
    }
    return masks;
  }

  private static byte[] greyPng(Image mask) {
    BufferedImage grey =
        new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) grey.getRaster().getDataBuffer()).getData();
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        pixels[y * mask.width() + x] = mask.data()[mask.index(x, y)];
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(grey, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }
}
