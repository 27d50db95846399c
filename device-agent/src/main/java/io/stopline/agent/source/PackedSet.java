package io.stopline.agent.source;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a packed data set in the order of its {@code index.csv}: PNG sheets of 30 columns of
 * square cells. Each track of the index is a track; where the index names none, each cell is one.
 */
public final class PackedSet implements FrameSource {

  private static final int COLUMNS = 30;
  private static final long MAX_SHEET_BYTES = 256L << 20;

  private record Cell(String sheet, int number, String track) {}

  private final Path folder;
  private final boolean loop;
  private final PictureDecoder decoder;
  private final List<Cell> cells;
  private int position;
  private int round;
  private String sheetName = "";
  private @Nullable Image sheet;
  private volatile boolean closed;

  /**
   * Reads the index.
   *
   * @param folder holds {@code index.csv} and the sheets that it names
   * @throws IOException if the index is missing or malformed
   */
  public PackedSet(Path folder, boolean loop, PictureDecoder decoder) throws IOException {
    this.folder = folder;
    this.loop = loop;
    this.decoder = decoder;
    this.cells = readIndex(folder.resolve("index.csv"));
  }

  /** Whether a folder looks like a packed set. */
  public static boolean isPackedSet(Path folder) {
    return Files.isRegularFile(folder.resolve("index.csv"));
  }

  private static List<Cell> readIndex(Path index) throws IOException {
    List<String> lines = Files.readAllLines(index, StandardCharsets.UTF_8);
    List<String> header = lines.isEmpty() ? List.of() : Arrays.asList(lines.get(0).split(",", -1));
    int sheet = header.indexOf("sheet");
    int number = header.indexOf("cell");
    int label = header.indexOf("class");
    int track = header.indexOf("track");
    if (sheet < 0 || number < 0 || label < 0 || track < 0) {
      throw new IOException(
          index
              + " line 1: columns sheet, cell, class and track are needed; make it with data pack");
    }
    List<Cell> cells = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String[] fields = lines.get(i).split(",", -1);
      try {
        String name = fields[sheet];
        int cell = Integer.parseInt(fields[number]);
        if (cell < 0 || !name.matches("[A-Za-z0-9._-]+\\.png")) {
          throw new IllegalArgumentException("cell below 0 or no sheet name");
        }
        String trackName =
            fields[track].isEmpty() ? name + ":" + cell : fields[label] + "/" + fields[track];
        cells.add(new Cell(name, cell, trackName));
      } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(
            "%s line %d is malformed (%s); make it anew with data pack"
                .formatted(index, i + 1, e.getMessage()),
            e);
      }
    }
    if (cells.isEmpty()) {
      throw new IOException(index + " lists no cell; make it anew with data pack");
    }
    return cells;
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public @Nullable Picture next() throws IOException {
    if (position == cells.size()) {
      position = 0;
      round++;
    }
    if (closed || (round > 0 && !loop)) {
      return null;
    }
    Cell cell = cells.get(position++);
    Image from = sheet(cell.sheet());
    int side = from.width() / COLUMNS;
    int x = cell.number() % COLUMNS * side;
    int y = cell.number() / COLUMNS * side;
    if (side < 1 || y + side > from.height()) {
      throw new BadPictureException(
          "%s holds no cell %d; make the set anew with data pack"
              .formatted(folder.resolve(cell.sheet()), cell.number()));
    }
    return new Picture(
        from.view(new Region(x, y, side, side)).copy(),
        System.nanoTime(),
        round == 0 ? cell.track() : cell.track() + "#" + round);
  }

  private Image sheet(String wanted) throws BadPictureException {
    Image current = sheet;
    if (current != null && sheetName.equals(wanted)) {
      return current;
    }
    Path file = folder.resolve(wanted);
    byte[] encoded;
    try {
      if (Files.size(file) > MAX_SHEET_BYTES) {
        throw new BadPictureException(file + " has more than " + MAX_SHEET_BYTES + " bytes");
      }
      encoded = Files.readAllBytes(file);
    } catch (BadPictureException e) {
      throw e;
    } catch (IOException e) {
      throw new BadPictureException(file + " cannot be read: " + e.getMessage());
    }
    Image decoded = Decoding.decode(decoder, encoded, file.toString());
    sheet = decoded;
    sheetName = wanted;
    return decoded;
  }

  @Override
  public void close() {
    closed = true;
  }
}
