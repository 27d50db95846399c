package io.stopline.studio;

import io.stopline.evaluation.road.JudgedFind;
import io.stopline.evaluation.road.JudgedFrame;
import io.stopline.evaluation.road.MatchedFind;
import io.stopline.evaluation.road.RoadEvaluation;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Road frames with what was found in them, for people. */
final class RoadPictures {

  private static final int CELL = 128;
  private static final int CAPTION = 34;
  private static final int COLUMNS = 10;
  private static final int MOST_CELLS = 80;

  /** How much of the surroundings a cell of the sheet shows, in sides of the box. */
  private static final double AROUND = 0.5;

  private static final Color ACCEPTED = new Color(0x1fa34a);
  private static final Color SUSPECT = new Color(0xe0261c);
  private static final Color ABSTAINED = new Color(0xf0a818);
  private static final Color DROPPED = new Color(0x9a9a9a);

  private RoadPictures() {}

  /**
   * Draws the false finds with the highest scores, each with its surroundings, frame and scores.
   *
   * @return how many are on the sheet
   * @throws IOException if the file cannot be written
   */
  static int sheet(RoadEvaluation result, Path file) throws IOException {
    record Cell(JudgedFrame frame, JudgedFrame.Entry find) {}
    List<Cell> cells = new ArrayList<>();
    for (JudgedFrame frame : result.frames()) {
      for (JudgedFrame.Entry find : frame.finds()) {
        if (find.matched().kind().isFalse()) {
          cells.add(new Cell(frame, find));
        }
      }
    }
    cells.sort(Comparator.comparingDouble(c -> -c.find().matched().score()));
    List<Cell> shown = cells.subList(0, Math.min(MOST_CELLS, cells.size()));
    int rows = Math.max(1, (shown.size() + COLUMNS - 1) / COLUMNS);
    BufferedImage sheet =
        new BufferedImage(COLUMNS * CELL, rows * (CELL + CAPTION), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = graphics(sheet, 11);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    for (int i = 0; i < shown.size(); i++) {
      Cell cell = shown.get(i);
      int x = i % COLUMNS * CELL;
      int y = Math.floorDiv(i, COLUMNS) * (CELL + CAPTION);
      Region box = cell.find().matched().find().box();
      Image image = cell.frame().frame().image();
      double side = Math.max(box.width(), box.height()) * (1 + 2 * AROUND);
      double left = box.x() + box.width() / 2.0 - side / 2;
      double top = box.y() + box.height() / 2.0 - side / 2;
      double scale = (CELL - 2) / side;
      Graphics2D clip = (Graphics2D) g.create(x, y, CELL - 2, CELL - 2);
      clip.setColor(Color.BLACK);
      clip.fillRect(0, 0, CELL, CELL);
      clip.scale(scale, scale);
      clip.translate(-left, -top);
      clip.drawImage(buffered(image), 0, 0, null);
      clip.setColor(Color.YELLOW);
      clip.setStroke(new BasicStroke((float) (1 / scale)));
      clip.drawRect(box.x(), box.y(), box.width(), box.height());
      clip.dispose();
      g.setColor(Color.BLACK);
      g.drawString(cell.frame().frame().name(), x + 2, y + CELL + 11);
      g.drawString(scores(cell.find()), x + 2, y + CELL + 24);
    }
    g.dispose();
    PngFile.write(sheet, file);
    return shown.size();
  }

  private static String scores(JudgedFrame.Entry find) {
    MatchedFind matched = find.matched();
    String kind = matched.kind().name().toLowerCase(Locale.ROOT);
    return matched.find().probability() >= 1 && matched.score() >= 1
        ? kind
        : String.format(
            Locale.ROOT, "%.2f heat %.2f %s", matched.score(), matched.find().probability(), kind);
  }

  /**
   * Draws a frame: true boxes in white, what was proposed in the colour of its verdict.
   *
   * @param labels names of the classes, by index
   * @throws IOException if the file cannot be written
   */
  static void frame(JudgedFrame frame, List<String> labels, Path file) throws IOException {
    BufferedImage picture = buffered(frame.frame().image());
    Graphics2D g = graphics(picture, Math.max(12, picture.getWidth() / 85));
    float line = Math.max(1.5f, picture.getWidth() / 600f);
    g.setColor(Color.WHITE);
    g.setStroke(
        new BasicStroke(
            line / 2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 4, new float[] {4, 3}, 0));
    for (SignBox sign : frame.frame().signs()) {
      Region r = sign.region();
      g.drawRect(r.x(), r.y(), r.width() - 1, r.height() - 1);
    }
    g.setStroke(new BasicStroke(line));
    List<Region> tags = new ArrayList<>();
    for (JudgedFrame.Entry find : frame.proposed()) {
      Region r = find.judged().find().box();
      g.setColor(colour(find.judged().verdict()));
      g.drawRect(r.x(), r.y(), r.width() - 1, r.height() - 1);
      tag(g, r, words(find.judged(), labels), picture, tags);
    }
    g.dispose();
    PngFile.write(picture, file);
  }

  /**
   * A box that is drawn.
   *
   * @param decision what a guard says of it; null where none was asked
   */
  record Box(Region region, String words, @Nullable Verdict decision) {}

  /**
   * Draws boxes into a frame.
   *
   * @throws IOException if the file cannot be written
   */
  static void boxes(Image image, List<Box> boxes, Path file) throws IOException {
    BufferedImage picture = buffered(image);
    Graphics2D g = graphics(picture, Math.max(12, picture.getWidth() / 85));
    g.setStroke(new BasicStroke(Math.max(1.5f, picture.getWidth() / 600f)));
    List<Region> tags = new ArrayList<>();
    for (Box box : boxes) {
      Region r = box.region();
      Verdict decision = box.decision();
      g.setColor(decision == null ? ACCEPTED : colour(decision));
      g.drawRect(r.x(), r.y(), r.width() - 1, r.height() - 1);
      tag(g, r, box.words(), picture, tags);
    }
    g.dispose();
    PngFile.write(picture, file);
  }

  private static String words(JudgedFind find, List<String> labels) {
    Verdict verdict = find.verdict();
    String label =
        verdict.label() >= 0 && verdict.label() < labels.size()
            ? "%s %.2f".formatted(labels.get(verdict.label()), verdict.probability())
            : "";
    String decision = verdict.decision().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return label.isEmpty() ? decision : label + " · " + decision;
  }

  private static Color colour(Verdict verdict) {
    return switch (verdict.decision()) {
      case ACCEPT -> ACCEPTED;
      case SUSPECT -> SUSPECT;
      case ABSTAIN -> ABSTAINED;
      case NO_SIGN -> DROPPED;
    };
  }

  /** Writes words on a plate above or below a box, where there is no other. */
  private static void tag(
      Graphics2D g, Region box, String words, BufferedImage picture, List<Region> tags) {
    int width = g.getFontMetrics().stringWidth(words) + 8;
    int height = g.getFontMetrics().getHeight();
    int x = Math.max(0, Math.min(picture.getWidth() - width, box.x()));
    int y = box.y() - height - 2;
    if (y < 0 || meets(tags, new Region(x, y, width, height))) {
      y = box.y() + box.height() + 2;
    }
    while (meets(tags, new Region(x, y, width, height)) && y + 2 * height < picture.getHeight()) {
      y += height;
    }
    tags.add(new Region(x, y, width, height));
    g.fillRect(x, y, width, height);
    g.setColor(Color.WHITE);
    g.drawString(words, x + 4, y + g.getFontMetrics().getAscent());
  }

  private static boolean meets(List<Region> tags, Region tag) {
    return tags.stream().anyMatch(t -> t.intersectionOverUnion(tag) > 0);
  }

  private static Graphics2D graphics(BufferedImage picture, int size) {
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
    return g;
  }

  private static BufferedImage buffered(Image image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        buffered.setRGB(x, y, image.rgb(x, y));
      }
    }
    return buffered;
  }
}
