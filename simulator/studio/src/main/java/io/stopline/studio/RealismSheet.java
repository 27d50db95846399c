package io.stopline.studio;

import io.stopline.campaign.Realism;
import io.stopline.campaign.RealismResult;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renderings of every class, beside photographs of the same class if there are any. Both are shown
 * at the 32×32 px that models read, enlarged without smoothing.
 */
final class RealismSheet {

  private static final int SIDE = 32;
  private static final int ZOOM = 1;
  private static final int CELL = SIDE * ZOOM;

  /** Of a label, from the upper edge of its cell. */
  private static final int BASELINE = CELL / 2 + 5;

  private static final int GAP = 2;
  private static final int EACH = 2;
  private static final int LABEL = 22;
  private static final int COLUMNS = 3;
  private static final int HEADER = 18;
  private static final int BETWEEN = 8;

  private final RealismResult result;
  private final @Nullable Dataset photographs;

  RealismSheet(RealismResult result, @Nullable Dataset photographs) {
    this.result = result;
    this.photographs = photographs;
  }

  /** The sheet. */
  Image draw() {
    int classes = result.classNames().size();
    int rows = (classes + COLUMNS - 1) / COLUMNS;
    int group = EACH * (CELL + GAP);
    int column = LABEL + group + (photographs == null ? 0 : BETWEEN + group) + 2 * BETWEEN;
    BufferedImage sheet =
        new BufferedImage(
            COLUMNS * column, HEADER + rows * (CELL + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    graphics.setColor(Color.DARK_GRAY);
    for (int k = 0; k < COLUMNS; k++) {
      int x = k * column + LABEL;
      graphics.drawString("rendered", x, HEADER - 5);
      if (photographs != null) {
        graphics.drawString("GTSRB", x + group + BETWEEN, HEADER - 5);
      }
    }
    for (int c = 0; c < classes; c++) {
      int x = c / rows * column;
      int y = HEADER + c % rows * (CELL + GAP);
      graphics.drawString(String.valueOf(c), x + 3, y + BASELINE);
      place(graphics, rendered(c), x + LABEL, y);
      place(graphics, photographed(c), x + LABEL + group + BETWEEN, y);
    }
    graphics.dispose();
    return image(sheet);
  }

  private static void place(Graphics2D graphics, List<Image> crops, int x, int y) {
    for (int i = 0; i < crops.size(); i++) {
      graphics.drawImage(shrunk(crops.get(i)), x + i * (CELL + GAP), y, CELL, CELL, null);
    }
  }

  private List<Image> rendered(int signClass) {
    return result.renderings().stream()
        .filter(r -> r.signClass() == signClass)
        .limit(EACH)
        .map(Realism.Rendering::crop)
        .toList();
  }

  /** The middle frame of signs that are evenly spread over the class's signs. */
  private List<Image> photographed(int signClass) {
    if (photographs == null) {
      return List.of();
    }
    List<Sample> all = new ArrayList<>();
    for (String split : photographs.splitNames()) {
      if (!split.equals("test")) {
        photographs.split(split).samples().stream()
            .filter(s -> s.label() == signClass && s.frame() == 20)
            .forEach(all::add);
      }
    }
    List<Image> picked = new ArrayList<>();
    for (int i = 0; i < Math.min(EACH, all.size()); i++) {
      picked.add(all.get((int) ((i + 0.5) * all.size() / Math.min(EACH, all.size()))).image());
    }
    return picked;
  }

  /** Every pixel of the small picture is the mean of those that it stands for. */
  private static BufferedImage shrunk(Image image) {
    BufferedImage small = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    int fine = 8;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int[] sum = new int[3];
        for (int k = 0; k < fine * fine; k++) {
          double across = (k % fine + 0.5) / fine;
          double down = (Math.floorDiv(k, fine) + 0.5) / fine;
          int sx = (int) ((x + across) * image.width() / SIDE);
          int sy = (int) ((y + down) * image.height() / SIDE);
          int rgb = image.rgb(sx, sy);
          sum[0] += (rgb >> 16) & 0xff;
          sum[1] += (rgb >> 8) & 0xff;
          sum[2] += rgb & 0xff;
        }
        int n = fine * fine;
        small.setRGB(x, y, ((sum[0] / n) << 16) | ((sum[1] / n) << 8) | (sum[2] / n));
      }
    }
    return small;
  }

  private static Image image(BufferedImage picture) {
    Image image = Image.black(picture.getWidth(), picture.getHeight());
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int rgb = picture.getRGB(x, y);
        int i = image.index(x, y);
        image.data()[i] = (byte) (rgb >> 16);
        image.data()[i + 1] = (byte) (rgb >> 8);
        image.data()[i + 2] = (byte) rgb;
      }
    }
    return image;
  }
}
