package io.stopline.evaluation;

import io.stopline.config.files.StorageException;
import io.stopline.config.files.WholeFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Packs images of signs into a {@link PackedDataset}: one PNG sheet a class with equal cells. Takes
 * every layout that {@link Dataset#open} reads but a packed set, with the same classes, splits and
 * tracks. Images are resized bilinearly to the cell.
 */
public final class DataPacker {

  /** One image to be packed. */
  private record Source(
      Supplier<Image> pixels,
      int label,
      String file,
      String split,
      String track,
      String frame,
      String originalColumns) {}

  /** One image that lies in a sheet. */
  private record Cell(String sheet, int cell, Source source) {}

  /**
   * What was packed.
   *
   * @param classes number of classes
   * @param trainImages images under {@code train}
   * @param testImages images under {@code test}
   * @param trainSha256 over the raw RGB cells in index order; of nothing if there are none
   * @param testSha256 the same for the test images
   * @param notes what must be known before figures on the set are believed
   */
  public record Summary(
      int classes,
      int trainImages,
      int testImages,
      String trainSha256,
      String testSha256,
      List<String> notes) {

    public Summary {
      notes = List.copyOf(notes);
    }
  }

  private final PackedLayout layout;

  /**
   * @param cellSide width and height of a cell, px, 8..1024
   * @throws IllegalArgumentException if the side is out of range
   */
  public DataPacker(int cellSide) {
    if (cellSide < 8) {
      throw new IllegalArgumentException(
          "cells of %d px are too small to show a sign; use at least 8".formatted(cellSide));
    }
    this.layout = new PackedLayout(cellSide, cellSide, PackedLayout.DEFAULT.columns());
  }

  /** How many images there are to pack, for progress. */
  public long count(Path from) {
    Found found = find(from);
    return found.train.size() + (long) found.test.size();
  }

  /**
   * Packs, then reads everything back and compares it with what was meant to be written.
   *
   * @param from the images
   * @param to the packed set; created, must be missing or empty
   * @param progress is told after each image how many more are done
   * @throws UnusableDatasetException if the layout is unknown, an image is damaged or the target
   *     cannot be written
   */
  public Summary pack(Path from, Path to, LongConsumer progress) {
    Found found = find(from);
    Path target = to.toAbsolutePath().normalize();
    // Written beside its place and moved there when it is whole: no half a data set is ever found.
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      prepare(target, partial);
      boolean done = false;
      try {
        List<Cell> train = packPart(found.train, partial.resolve("train"), progress);
        List<Cell> test = packPart(found.test, partial.resolve("test"), progress);
        writeSplits(train, partial.resolve("split.csv"));
        writeClasses(found, partial.resolve("classes.csv"));
        layout.write(partial);
        Summary summary =
            new Summary(
                found.classNames.size(),
                train.size(),
                test.size(),
                verify(partial, train),
                verify(partial, test),
                found.notes);
        Files.move(partial, target);
        done = true;
        return summary;
      } finally {
        if (!done) {
          deleteTree(partial);
        }
      }
    } catch (StorageException e) {
      throw new UnusableDatasetException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "packed set '%s' cannot be written (%s); check free space and permissions"
              .formatted(to, e.getMessage()),
          e);
    }
  }

  // --- finding the images ------------------------------------------------------------------------

  private record Found(
      List<String> classNames, List<Source> train, List<Source> test, List<String> notes) {}

  private static Found find(Path from) {
    SignLayouts.checkFolder(from);
    if (PackedDataset.isOne(from)) {
      throw new UnusableDatasetException("'%s' is packed already".formatted(from));
    }
    SignListing listing = SignLayouts.read(from);
    List<PlacedSign> placed = PlacedSign.of(listing.signs());
    List<Source> train = new ArrayList<>();
    List<Source> test = new ArrayList<>();
    for (PlacedSign each : placed) {
      (each.split().equals(SplitRule.TEST) ? test : train).add(source(each));
    }
    return new Found(listing.classNames(), train, test, FolderDataset.notes(listing, placed));
  }

  private static Source source(PlacedSign placed) {
    ListedSign sign = placed.sign();
    boolean test = placed.split().equals(SplitRule.TEST);
    ListedSign.Place place = sign.place();
    // A validation part may have the file names of the training part.
    boolean ofPart = !sign.part().equals(SplitRule.TRAIN) && !test;
    return new Source(
        sign.pixels(),
        sign.label(),
        ofPart ? sign.part() + "/" + sign.file() : sign.file(),
        placed.split(),
        test ? "" : placed.track(),
        test ? "" : sign.hasTrack() ? "%05d".formatted(sign.frame()) : "0",
        place == null
            ? ",,,,,"
            : "%d,%d,%d,%d,%d,%d"
                .formatted(
                    place.width(),
                    place.height(),
                    place.left(),
                    place.top(),
                    place.right(),
                    place.bottom()));
  }

  // --- writing -----------------------------------------------------------------------------------

  private static void prepare(Path to, Path partial) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> there = Files.list(to)) {
        if (there.findAny().isPresent()) {
          throw new UnusableDatasetException(
              "'%s' is not empty; name a new folder for the packed set".formatted(to));
        }
      }
      Files.delete(to);
    }
    if (Files.exists(partial)) {
      throw new UnusableDatasetException(
          "'%s' is left from a run that was killed, or one is running; delete it if none is"
              .formatted(partial));
    }
    Files.createDirectories(partial);
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private List<Cell> packPart(List<Source> sources, Path folder, LongConsumer progress)
      throws IOException {
    List<Cell> cells = new ArrayList<>();
    if (sources.isEmpty()) {
      return cells;
    }
    Files.createDirectories(folder);
    Map<Integer, List<Source>> byClass = new TreeMap<>();
    for (Source source : sources) {
      byClass.computeIfAbsent(source.label, c -> new ArrayList<>()).add(source);
    }
    for (Map.Entry<Integer, List<Source>> entry : byClass.entrySet()) {
      String sheetName = "%02d.png".formatted(entry.getKey());
      List<Cell> ofClass = place(sheetName, entry.getValue());
      int last = ofClass.stream().mapToInt(Cell::cell).max().orElse(0);
      long height = (last / layout.columns() + 1L) * layout.cellHeight();
      Image.checkSize((long) layout.columns() * layout.cellWidth(), height);
      Image sheet = Image.black(layout.columns() * layout.cellWidth(), (int) height);
      for (Cell cell : ofClass) {
        Image image = render(cell.source);
        Image target = sheet.view(layout.cell(cell.cell));
        for (int y = 0; y < image.height(); y++) {
          System.arraycopy(
              image.data(),
              image.index(0, y),
              target.data(),
              target.index(0, y),
              3 * image.width());
        }
        progress.accept(1);
      }
      ImageFiles.writePng(sheet, folder.resolve(sheetName));
      cells.addAll(ofClass);
    }
    StringBuilder index =
        new StringBuilder(
            "sheet,cell,class,file,orig_w,orig_h,roi_x1,roi_y1,roi_x2,roi_y2,track,frame\n");
    for (Cell cell : cells) {
      Source source = cell.source;
      index
          .append("%s,%d,%d,".formatted(cell.sheet, cell.cell, source.label))
          .append(Csv.quote(source.file))
          .append(',')
          .append(source.originalColumns)
          .append(',')
          .append(Csv.quote(source.track))
          .append(',')
          .append(source.frame)
          .append('\n');
    }
    WholeFile.write(folder.resolve("index.csv"), index.toString());
    return cells;
  }

  /**
   * Gives each image its cell. Where every track has at most a row's worth of frames, numbered
   * within a row, a track is a row and a frame its column, so that a sheet can be read by eye.
   */
  private List<Cell> place(String sheet, List<Source> sources) {
    boolean rows =
        sources.stream()
            .allMatch(
                s ->
                    !s.track.isEmpty()
                        && s.track.matches("\\d+")
                        && s.frame.matches("\\d{1,9}")
                        && Integer.parseInt(s.frame) < layout.columns());
    List<Cell> cells = new ArrayList<>();
    String track = null;
    int row = -1;
    for (Source source : sources) {
      if (!rows) {
        cells.add(new Cell(sheet, cells.size(), source));
        continue;
      }
      if (!source.track.equals(track)) {
        track = source.track;
        row++;
      }
      cells.add(new Cell(sheet, row * layout.columns() + Integer.parseInt(source.frame), source));
    }
    return cells;
  }

  private Image render(Source source) {
    Image image = source.pixels.get();
    return image.width() == layout.cellWidth() && image.height() == layout.cellHeight()
        ? image
        : BilinearResize.resize(image, layout.cellWidth(), layout.cellHeight());
  }

  private static void writeSplits(List<Cell> train, Path file) throws IOException {
    // Whether the starting models saw these signs is not known, and so never claimed.
    StringBuilder text = new StringBuilder("class,track,split,seen_by_starting_models\n");
    Set<String> written = new HashSet<>();
    for (Cell cell : train) {
      Source source = cell.source;
      if (written.add(source.label + "/" + source.track)) {
        text.append(
            "%d,%s,%s,unknown\n".formatted(source.label, Csv.quote(source.track), source.split));
      }
    }
    WholeFile.write(file, text.toString());
  }

  private static void writeClasses(Found found, Path file) throws IOException {
    StringBuilder text = new StringBuilder("id,name,train,test\n");
    for (int i = 0; i < found.classNames.size(); i++) {
      int label = i;
      text.append(
          "%d,%s,%d,%d\n"
              .formatted(
                  i,
                  Csv.quote(found.classNames.get(i)),
                  found.train.stream().filter(s -> s.label == label).count(),
                  found.test.stream().filter(s -> s.label == label).count()));
    }
    WholeFile.write(file, text.toString());
  }

  // --- reading back ------------------------------------------------------------------------------

  /** Reads a part back as any user of the set would, and compares every pixel with its source. */
  private String verify(Path to, List<Cell> written) {
    PackedDataset packed = PackedDataset.read(to);
    boolean test = !written.isEmpty() && written.get(0).source.track.isEmpty();
    Map<String, Sample> samples = new TreeMap<>();
    for (String split : packed.splitNames()) {
      if (split.equals(SplitRule.TEST) == test) {
        packed.split(split).samples().forEach(s -> samples.put(s.label() + "/" + s.file(), s));
      }
    }
    List<Sample> inOrder = new ArrayList<>();
    for (Cell cell : written) {
      String key = cell.source.label + "/" + cell.source.file;
      Sample sample = samples.get(key);
      if (sample == null
          || !Arrays.equals(sample.image().copy().data(), render(cell.source).copy().data())) {
        throw new UnusableDatasetException(
            "packed set '%s' does not read back as it was written (%s); the disk may be full or failing"
                .formatted(to, key));
      }
      inOrder.add(sample);
    }
    return new Split(test ? SplitRule.TEST : SplitRule.TRAIN, inOrder, List.of()).sha256();
  }
}
