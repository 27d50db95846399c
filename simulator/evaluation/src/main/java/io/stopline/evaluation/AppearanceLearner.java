package io.stopline.evaluation;

import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.CellFeatures;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns an {@link AppearanceTable} from clean tracks: ferns with random questions (Özuysal et al.
 * 2010), whose votes are the bounded weights of a multinomial logistic regression, found by
 * stochastic gradient descent (Adagrad, Duchi et al. 2011) on crops that are cut, lit, blurred and
 * sized otherwise than they were, half of them covered in places by rectangles. The same tracks,
 * groups and settings give the same table. Belongs to one thread.
 */
public final class AppearanceLearner {

  /**
   * How to learn.
   *
   * @param side cells a side of the grid
   * @param ferns how many
   * @param perFern questions a fern
   * @param reach a fern's questions lie at most so many cells from its middle
   * @param bound largest absolute vote, in units of log odds, above 0
   * @param steps how many crops are learnt from
   * @param coveredShare at most this share of a crop is covered, 0..1
   * @param ceiling lead of another group, in log odds, that is as odd as can be
   * @param seed decides every draw
   */
  public record Settings(
      int side,
      int ferns,
      int perFern,
      int reach,
      double bound,
      int steps,
      double coveredShare,
      double ceiling,
      long seed) {

    /** As the shipped table was learnt. */
    public static Settings standard(long seed) {
      return new Settings(24, 800, 6, 4, 0.5, 400_000, 0.08, 10, seed);
    }

    /** The same with another number of steps. */
    public Settings withSteps(int number) {
      return new Settings(side, ferns, perFern, reach, bound, number, coveredShare, ceiling, seed);
    }
  }

  /**
   * What was learnt.
   *
   * @param table ready to judge by
   * @param data from which it was made
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, to be written to a file
  public record Learnt(AppearanceTable table, byte[] data) {}

  private static final int LARGEST_VOTE = 127;
  private static final float RATE = 0.03f;

  private final Settings settings;
  private final List<String> groups;
  private final int[] groupOf;
  private final List<List<Track>> byClass = new ArrayList<>();
  private final RandomStream random;
  private final CellFeatures cells;

  /**
   * @param groups names; every one needs at least one track
   * @param groupOf the group of each class
   * @param tracks clean, with labels below the number of classes
   * @throws UnusableDatasetException if a group has no track
   */
  public AppearanceLearner(
      Settings settings, List<String> groups, int[] groupOf, List<Track> tracks) {
    this.settings = settings;
    this.groups = List.copyOf(groups);
    this.groupOf = groupOf.clone();
    random = new RandomStream(settings.seed());
    cells = new CellFeatures(settings.side());
    for (int c = 0; c < groupOf.length; c++) {
      byClass.add(new ArrayList<>());
    }
    boolean[] seen = new boolean[groups.size()];
    for (Track track : tracks) {
      byClass.get(track.label()).add(track);
      seen[groupOf[track.label()]] = true;
    }
    for (int g = 0; g < seen.length; g++) {
      if (!seen[g]) {
        throw new UnusableDatasetException(
            "group '%s' has no track to learn from; bring some, or put its classes into another group"
                .formatted(groups.get(g)));
      }
    }
  }

  /**
   * Learns.
   *
   * @param step is told after every crop
   */
  public Learnt learn(Runnable step) {
    int n = groups.size();
    int questions = settings.ferns() * settings.perFern();
    ByteBuffer data =
        ByteBuffer.allocate(
            Math.toIntExact(AppearanceTable.bytes(settings.ferns(), settings.perFern(), n)));
    int unit = (int) Math.round(LARGEST_VOTE / settings.bound());
    int ceiling = (int) Math.round(settings.ceiling() * unit);
    ask(data);
    byte[] asked = data.array();
    // Its votes are still 0, but its questions are asked already.
    AppearanceTable ferns = table(asked, ceiling);
    float[] weights = weights(ferns, step);
    for (int i = 0; i < weights.length; i++) {
      data.put(
          AppearanceTable.QUESTION_BYTES * questions + i,
          (byte) Math.round(LARGEST_VOTE * weights[i] / settings.bound()));
    }
    return new Learnt(table(asked, ceiling), asked);
  }

  private AppearanceTable table(byte[] data, int ceiling) {
    return new AppearanceTable(
        settings.side(), settings.ferns(), settings.perFern(), groups, groupOf, 0, ceiling, data);
  }

  /** Random questions: each fern looks at a place of its own, at one colour or at two. */
  private void ask(ByteBuffer data) {
    for (int fern = 0; fern < settings.ferns(); fern++) {
      int x = random.nextInt(settings.side());
      int y = random.nextInt(settings.side());
      for (int q = 0; q < settings.perFern(); q++) {
        int channel = random.nextInt(CellFeatures.FEATURES);
        data.putShort((short) near(x, y, channel));
        double threshold;
        if (random.nextInt(2) == 0) {
          data.putShort((short) near(x, y, channel));
          threshold = random.uniform(-0.1, 0.1) * (channel == CellFeatures.LIGHT ? 2 : 1.5);
        } else {
          data.putShort((short) AppearanceTable.NOTHING);
          threshold =
              switch (channel) {
                case CellFeatures.LIGHT -> random.uniform(0.1, 0.9);
                case CellFeatures.RED -> random.uniform(-0.05, 0.7);
                default -> random.uniform(-0.35, 0.5);
              };
        }
        data.putShort((short) Math.round(threshold * AppearanceTable.THRESHOLD_UNIT));
      }
    }
  }

  private int near(int x, int y, int channel) {
    int reach = settings.reach();
    int last = settings.side() - 1;
    int column = Math.max(0, Math.min(last, x - reach + random.nextInt(2 * reach + 1)));
    int row = Math.max(0, Math.min(last, y - reach + random.nextInt(2 * reach + 1)));
    return (row * settings.side() + column) * CellFeatures.FEATURES + channel;
  }

  private float[] weights(AppearanceTable ferns, Runnable step) {
    int n = groups.size();
    int count = ferns.ferns();
    float bound = (float) settings.bound();
    float[] weights = new float[count * ferns.words() * n];
    float[] squares = new float[weights.length];
    Arrays.fill(squares, 1e-3f);
    float[] features = new float[settings.side() * settings.side() * CellFeatures.FEATURES];
    int[] words = new int[count];
    double[] scores = new double[n];
    for (int s = 0; s < settings.steps(); s++) {
      int group = s % n;
      Track track = draw(group);
      Image crop = vary(track.frames().get(random.nextInt(track.frames().size())).image(), random);
      cells.measure(
          random.nextInt(2) == 0 ? crop : cover(crop, settings.coveredShare(), random), features);
      ferns.read(features, words);
      Arrays.fill(scores, 0);
      for (int fern = 0; fern < count; fern++) {
        int at = (fern * ferns.words() + words[fern]) * n;
        for (int g = 0; g < n; g++) {
          scores[g] += weights[at + g];
        }
      }
      softmax(scores);
      // The rate falls linearly: the last crops only polish.
      float rate = RATE * (1 - 0.95f * s / settings.steps());
      for (int fern = 0; fern < count; fern++) {
        int at = (fern * ferns.words() + words[fern]) * n;
        for (int g = 0; g < n; g++) {
          float slope = (float) scores[g] - (g == group ? 1 : 0);
          squares[at + g] += slope * slope;
          float w = weights[at + g] - rate * slope / (float) Math.sqrt(squares[at + g]);
          weights[at + g] = Math.max(-bound, Math.min(bound, w));
        }
      }
      step.run();
    }
    return weights;
  }

  /** Groups alike, and within a group classes by the root of how many tracks they have. */
  private Track draw(int group) {
    double total = 0;
    for (int c = 0; c < groupOf.length; c++) {
      total += groupOf[c] == group ? Math.sqrt(byClass.get(c).size()) : 0;
    }
    double at = random.nextDouble() * total;
    int chosen = -1;
    for (int c = 0; c < groupOf.length && at >= 0; c++) {
      if (groupOf[c] == group && !byClass.get(c).isEmpty()) {
        at -= Math.sqrt(byClass.get(c).size());
        chosen = c;
      }
    }
    List<Track> tracks = byClass.get(chosen);
    return tracks.get(random.nextInt(tracks.size()));
  }

  private static void softmax(double[] scores) {
    double most = scores[0];
    for (double s : scores) {
      most = Math.max(most, s);
    }
    double sum = 0;
    for (int g = 0; g < scores.length; g++) {
      scores[g] = StrictMath.exp(scores[g] - most);
      sum += scores[g];
    }
    for (int g = 0; g < scores.length; g++) {
      scores[g] /= sum;
    }
  }

  /** The same sign, found, lit and photographed otherwise. */
  static Image vary(Image from, RandomStream random) {
    int side = 12 + random.nextInt(29);
    double zoom = random.uniform(0.8, 1.06);
    double stretch = random.uniform(0.93, 1.07);
    double turn = Math.toRadians(random.uniform(-6, 6));
    double shiftX = random.uniform(-0.05, 0.05);
    double shiftY = random.uniform(-0.05, 0.05);
    // A blur as from motion: the mean of two looks a little apart.
    double blurX = random.uniform(0, 0.05);
    double blurY = random.uniform(0, 0.03);
    double noise = random.uniform(0, 6);
    int[] curves = curves(random);
    Image to = Image.black(side, side);
    double cos = StrictMath.cos(turn) * zoom;
    double sin = StrictMath.sin(turn) * zoom;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double u = (x + 0.5) / side - 0.5;
        double v = (y + 0.5) / side - 0.5;
        double seenX = 0.5 + shiftX + (cos * u - sin * v) * stretch;
        double seenY = 0.5 + shiftY + (sin * u + cos * v) / stretch;
        int at = to.index(x, y);
        for (int c = 0; c < 3; c++) {
          double seen =
              (bilinear(from, seenX - blurX / 2, seenY - blurY / 2, c)
                      + bilinear(from, seenX + blurX / 2, seenY + blurY / 2, c))
                  / 2;
          double value = curves[c * 256 + (int) seen] + noise * random.nextGaussian();
          to.data()[at + c] = (byte) Math.max(0, Math.min(255, Math.round(value)));
        }
      }
    }
    return to;
  }

  /** What light and sensor make of each value, for red, green and blue. */
  private static int[] curves(RandomStream random) {
    double gamma = random.uniform(0.7, 1.4);
    double light = StrictMath.exp(random.uniform(-0.5, 0.3));
    double haze = random.nextInt(3) == 0 ? random.uniform(0, 60) : 0;
    int[] curves = new int[3 * 256];
    for (int c = 0; c < 3; c++) {
      double gain = light * random.uniform(0.9, 1.1);
      for (int v = 0; v < 256; v++) {
        double bent = 255 * StrictMath.pow(v / 255.0, gamma) * gain;
        curves[c * 256 + v] = (int) Math.round(haze + bent * (1 - haze / 255));
      }
    }
    return curves;
  }

  private static double bilinear(Image from, double u, double v, int channel) {
    double x = Math.max(0, Math.min(from.width() - 1.0, u * from.width() - 0.5));
    double y = Math.max(0, Math.min(from.height() - 1.0, v * from.height() - 0.5));
    int left = (int) x;
    int top = (int) y;
    int right = Math.min(left + 1, from.width() - 1);
    int below = Math.min(top + 1, from.height() - 1);
    double ax = x - left;
    double ay = y - top;
    byte[] d = from.data();
    return (1 - ay)
            * ((1 - ax) * (d[from.index(left, top) + channel] & 0xff)
                + ax * (d[from.index(right, top) + channel] & 0xff))
        + ay
            * ((1 - ax) * (d[from.index(left, below) + channel] & 0xff)
                + ax * (d[from.index(right, below) + channel] & 0xff));
  }

  /** Rectangles on a crop, mostly as dark or as light as its darkest and lightest value. */
  static Image cover(Image from, double share, RandomStream random) {
    Image to = from.copy();
    int n = 1 + random.nextInt(4);
    int dark = 255;
    int light = 0;
    for (byte value : to.data()) {
      dark = Math.min(dark, value & 0xff);
      light = Math.max(light, value & 0xff);
    }
    double area = share * random.uniform(0.3, 1) * to.width() * to.height() / n;
    for (int r = 0; r < n; r++) {
      double w = Math.sqrt(area) * StrictMath.exp(random.uniform(-0.8, 0.8));
      double h = area / w;
      double cx = random.uniform(0.15, 0.85) * to.width();
      double cy = random.uniform(0.15, 0.85) * to.height();
      int grey = random.nextInt(2) == 0 ? dark : light;
      boolean coloured = random.nextInt(4) == 0;
      int left = (int) Math.max(0, Math.round(cx - w / 2));
      int top = (int) Math.max(0, Math.round(cy - h / 2));
      int right = (int) Math.min(to.width(), Math.round(cx + w / 2));
      int bottom = (int) Math.min(to.height(), Math.round(cy + h / 2));
      for (int c = 0; c < 3; c++) {
        byte value = (byte) (coloured ? dark + random.nextInt(light - dark + 1) : grey);
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            to.data()[to.index(x, y) + c] = value;
          }
        }
      }
    }
    return to;
  }
}
