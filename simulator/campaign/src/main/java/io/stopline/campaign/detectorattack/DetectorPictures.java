package io.stopline.campaign.detectorattack;

import io.stopline.campaign.detectorattack.ObjectRecord.Attacked;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.robustness.DetectorExample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Attacked objects and their surroundings with the boxes that a detector reports, for people. */
public final class DetectorPictures {

  /** Sides of a picture, px. */
  private static final int SIDE = 360;

  /** How much of the surroundings is shown, in sides of the box, on each side. */
  private static final double AROUND = 1.2;

  private static final Color RIGHT = new Color(0x1fa34a);
  private static final Color OTHER = new Color(0xe0261c);

  private DetectorPictures() {}

  /**
   * Draws some objects: those with which the goal was reached first, at most two of a frame.
   *
   * @param frames of the data
   * @param labels of the detector
   * @param limit at most so many
   */
  public static List<DetectorExample> of(
      DetectorAttackRun run, List<RoadFrame> frames, List<String> labels, int limit) {
    List<DetectorAttackRun.Case> chosen = new ArrayList<>();
    for (boolean won : new boolean[] {true, false}) {
      for (DetectorAttackRun.Case each : run.cases()) {
        long same =
            chosen.stream().filter(c -> c.object().frame() == each.object().frame()).count();
        // Some that stood are shown too, where there are any.
        int most = won ? limit - Math.min(2, stood(run)) : limit;
        if (each.attack().wins() == won && same < 2 && chosen.size() < most) {
          chosen.add(each);
        }
      }
    }
    return chosen.stream().map(c -> example(run, c, frames, labels)).toList();
  }

  private static int stood(DetectorAttackRun run) {
    return (int) run.cases().stream().filter(c -> !c.attack().wins()).count();
  }

  private static DetectorExample example(
      DetectorAttackRun run,
      DetectorAttackRun.Case each,
      List<RoadFrame> frames,
      List<String> labels) {
    AttackedObject object = each.object();
    Attacked attack = each.attack();
    RoadFrame frame = frames.get(object.frame());
    Image clean = frame.image();
    Image attacked = clean.copy();
    attack.overlay().onto(attacked);
    double threshold = run.plan().threshold();
    List<Detection> before = counted(run.clean().get(object.frame()), threshold);
    List<Detection> after = counted(run.attacked().get(object.frame()), threshold);
    return new DetectorExample(
        frame.name(),
        labels.get(object.label()),
        attack.wins(),
        words(object, before, labels),
        words(object, after, labels),
        draw(clean, object, before, labels),
        draw(attacked, object, after, labels));
  }

  private static List<Detection> counted(List<Detection> seen, double threshold) {
    return seen.stream().filter(d -> d.probability() >= threshold).toList();
  }

  /** What is seen at the object, surest first. */
  static String words(AttackedObject object, List<Detection> seen, List<String> labels) {
    List<String> there =
        seen.stream()
            .filter(d -> object.box().intersectionOverUnion(d.region()) >= Fate.TOUCHES)
            .limit(3)
            .map(d -> named(d, labels))
            .toList();
    return there.isEmpty() ? "nothing" : String.join(", ", there);
  }

  private static String named(Detection d, List<String> labels) {
    return String.format(Locale.ROOT, "%s %.2f", labels.get(d.label()), d.probability());
  }

  private static byte[] draw(
      Image frame, AttackedObject object, List<Detection> seen, List<String> labels) {
    Region box = object.box();
    double side = Math.max(box.width(), box.height()) * (1 + 2 * AROUND);
    double left = box.x() + box.width() / 2.0 - side / 2;
    double top = box.y() + box.height() / 2.0 - side / 2;
    double scale = SIDE / side;
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.DARK_GRAY);
    g.fillRect(0, 0, SIDE, SIDE);
    Graphics2D inside = (Graphics2D) g.create();
    inside.scale(scale, scale);
    inside.translate(-left, -top);
    Region cut = box.expandedWithin(AROUND + 1, frame.width(), frame.height());
    inside.drawImage(buffered(frame, cut), cut.x(), cut.y(), null);
    inside.dispose();
    g.setColor(Color.WHITE);
    g.setStroke(
        new BasicStroke(
            1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 4, new float[] {5, 4}, 0));
    rectangle(g, box, left, top, scale);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
    g.setStroke(new BasicStroke(2.5f));
    for (Detection d : seen) {
      if (box.intersectionOverUnion(d.region()) < Fate.TOUCHES) {
        continue; // of something else
      }
      g.setColor(d.label() == object.label() ? RIGHT : OTHER);
      rectangle(g, d.region(), left, top, scale);
      int x = (int) Math.max(2, Math.min(SIDE - 60, (d.region().x() - left) * scale));
      int y = (int) Math.max(14, Math.min(SIDE - 4, (d.region().y() - top) * scale - 3));
      g.drawString(named(d, labels), x, y);
    }
    g.dispose();
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(picture, "png", png);
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rectangle(Graphics2D g, Region r, double left, double top, double scale) {
    g.drawRect(
        (int) Math.round((r.x() - left) * scale),
        (int) Math.round((r.y() - top) * scale),
        (int) Math.round(r.width() * scale),
        (int) Math.round(r.height() * scale));
  }

  private static BufferedImage buffered(Image frame, Region cut) {
    BufferedImage buffered =
        new BufferedImage(cut.width(), cut.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < cut.height(); y++) {
      for (int x = 0; x < cut.width(); x++) {
        buffered.setRGB(x, y, frame.rgb(cut.x() + x, cut.y() + y));
      }
    }
    return buffered;
  }
}
