package io.stopline.evaluation.placing;

import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Csv;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Puts each of some photographed signs into a photographed road, beside the carriageway, and writes
 * all roads as a data set: {@code images/}, {@code boxes.csv}, {@code classes.csv}. The same seed
 * gives the same pictures. Composites: neither light nor pole is adapted.
 */
public final class PlacedScenes {

  /** Smallest and largest height of a sign, as a share of the picture's. */
  private static final double SMALLEST = 0.16;

  private static final double LARGEST = 0.36;

  /** How often a sign stands on the right. */
  private static final double RIGHT = 0.75;

  /** Tries to find a place that covers no labelled object. */
  private static final int TRIES = 100;

  private final String label;
  private final long seed;

  /**
   * @param label of the signs
   * @param seed of places and sizes
   */
  public PlacedScenes(String label, long seed) {
    this.label = label;
    this.seed = seed;
  }

  /**
   * Writes the data set.
   *
   * @param signs each is put into one of the roads, evenly spread
   * @param roads all are written, those without a sign too; what they show already is labelled with
   *     the same name
   * @param out a new or empty folder
   * @param step is called after each road
   * @throws IOException if something cannot be written
   */
  public void write(List<SignCutout> signs, List<RoadFrame> roads, Path out, Runnable step)
      throws IOException {
    Files.createDirectories(out.resolve("images"));
    StringBuilder boxes = new StringBuilder("image,left,top,right,bottom,class\n");
    for (int i = 0; i < roads.size(); i++) {
      RoadFrame road = roads.get(i);
      Image picture = road.image().copy();
      List<Region> objects = new ArrayList<>();
      road.signs().stream().map(SignBox::region).forEach(objects::add);
      for (int k = 0; k < signs.size(); k++) {
        if ((int) ((k + 0.5) * roads.size() / signs.size()) == i) {
          SignCutout sign = signs.get(k);
          Region place = place(sign.box(), picture, objects, k);
          sign.paint(picture.data(), picture.width(), place);
          objects.add(place);
        }
      }
      String name = String.format(Locale.ROOT, "%03d.png", i);
      write(picture, out.resolve("images").resolve(name));
      for (Region r : objects) {
        boxes.append(
            "%s,%d,%d,%d,%d,0\n"
                .formatted(name, r.x(), r.y(), r.x() + r.width() - 1, r.y() + r.height() - 1));
      }
      step.run();
    }
    WholeFile.write(out.resolve("classes.csv"), "id,name\n0," + Csv.quote(label) + "\n");
    WholeFile.write(out.resolve("boxes.csv"), boxes.toString());
  }

  private Region place(Region box, Image road, List<Region> taken, int number) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, number));
    Region place = null;
    for (int t = 0; t < TRIES; t++) {
      double share = SMALLEST * Math.pow(LARGEST / SMALLEST, random.uniform(0, 1));
      int h = (int) Math.round(share * road.height());
      int w = Math.max(1, (int) Math.round(h * box.width() / (double) box.height()));
      double x =
          road.width()
              * (random.uniform(0, 1) < RIGHT
                  ? random.uniform(0.62, 0.82)
                  : random.uniform(0.18, 0.34));
      double y = road.height() * random.uniform(0.28, 0.48);
      place =
          new Region(
              (int) Math.max(0, Math.min(road.width() - w, Math.round(x - w / 2.0))),
              (int) Math.max(0, Math.min(road.height() - h, Math.round(y - h / 2.0))),
              w,
              h);
      Region found = place;
      if (taken.stream().noneMatch(r -> r.intersectionOverUnion(found) > 0)) {
        return place;
      }
    }
    throw new IllegalStateException(
        "a road of %d×%d px has no room for a sign beside %d others"
            .formatted(road.width(), road.height(), taken.size()));
  }

  private static void write(Image picture, Path file) throws IOException {
    BufferedImage drawn =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        drawn.setRGB(x, y, picture.rgb(x, y));
      }
    }
    WholeFile.write(
        file,
        stream -> {
          if (!ImageIO.write(drawn, "png", stream)) {
            throw new IOException("this Java runtime cannot write PNG files");
          }
        });
  }
}
