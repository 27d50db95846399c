package io.stopline.campaign.stills;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Signs of photographs as an attack leaves them: each is cut out with a margin and attacked, and
 * what changed is put back into its photograph. Finder, verifier and guard then meet it where it
 * stands. Immutable and thread-safe.
 */
public final class AlteredSigns {

  /** Attacked at a time: bounds what gradients take of the memory. */
  private static final int BATCH = 25;

  /**
   * What an attack changed.
   *
   * @param region of the photograph, px
   * @param shape of the crop that was attacked
   * @param change of its values, −1..1
   */
  @SuppressWarnings("ArrayRecordComponent") // private, written once
  private record Change(Region region, ImageShape shape, float[] change) {}

  private record Sign(RoadFrame photograph, Region region, int label) {}

  private final Map<String, List<Change>> changes;
  private final int signs;
  private final int fooled;

  private AlteredSigns(Map<String, List<Change>> changes, int signs, int fooled) {
    this.changes = changes;
    this.signs = signs;
    this.fooled = fooled;
  }

  /**
   * Attacks every labelled sign that is large enough at the end of a drive.
   *
   * @param photographs with the labels of the victim's classes
   * @param minimumSide px, as for {@link StillRuns}
   * @param margin added on each side before a sign is cut out, share of its side
   * @param attack is told the labels
   * @param seed of its draws
   * @param progress is told the share that is done, 0..1
   * @param cancelled asked now and then; when true, signs that were not reached stay clean
   * @throws UnsupportedOperationException if the attack needs gradients and the victim has none
   * @throws io.stopline.evaluation.UnusableDatasetException if a picture is damaged
   */
  public static AlteredSigns of(
      List<RoadFrame> photographs,
      int minimumSide,
      double margin,
      Attack attack,
      Victim victim,
      long seed,
      DoubleConsumer progress,
      BooleanSupplier cancelled) {
    List<Sign> signs = new ArrayList<>();
    for (RoadFrame photograph : photographs) {
      StillDrive drive = new StillDrive(Image.black(photograph.width(), photograph.height()));
      for (SignBox sign : photograph.signs()) {
        if (sign.known() && StillJudge.sideAtEnd(drive, sign) >= minimumSide) {
          signs.add(new Sign(photograph, grown(sign.region(), margin, photograph), sign.label()));
        }
      }
    }
    Map<String, List<Change>> changes = new HashMap<>();
    int fooled = 0;
    for (int from = 0; from < signs.size() && !cancelled.getAsBoolean(); from += BATCH) {
      int first = from;
      List<Sign> batch = signs.subList(from, Math.min(signs.size(), from + BATCH));
      Inputs clean = inputs(batch, victim.shape(), from);
      Run run =
          new Run(
              seed,
              part -> progress.accept((first + part * batch.size()) / signs.size()),
              cancelled);
      Attack.Outcome outcome = attack.attack(victim, clean, run);
      for (int i = 0; i < batch.size(); i++) {
        changes
            .computeIfAbsent(batch.get(i).photograph().name(), name -> new ArrayList<>())
            .add(change(batch.get(i), clean, outcome, i));
        fooled += outcome.success()[i] ? 1 : 0;
      }
    }
    return new AlteredSigns(changes, signs.size(), fooled);
  }

  /** How many signs were attacked. */
  public int signs() {
    return signs;
  }

  /** How many of them the victim gets wrong as they were attacked, cut out exactly. */
  public int fooled() {
    return fooled;
  }

  /**
   * The photograph with its signs altered; the caller may keep it.
   *
   * @throws io.stopline.evaluation.UnusableDatasetException if the picture is damaged
   */
  public Image picture(RoadFrame photograph) {
    Image image = photograph.image();
    for (Change change : changes.getOrDefault(photograph.name(), List.of())) {
      put(change, image);
    }
    return image;
  }

  private static Region grown(Region box, double margin, RoadFrame photograph) {
    int dx = (int) Math.round(box.width() * margin);
    int dy = (int) Math.round(box.height() * margin);
    int left = Math.max(0, box.x() - dx);
    int top = Math.max(0, box.y() - dy);
    int right = Math.min(photograph.width(), box.x() + box.width() + dx);
    int bottom = Math.min(photograph.height(), box.y() + box.height() + dy);
    return new Region(left, top, right - left, bottom - top);
  }

  private static Inputs inputs(List<Sign> signs, ImageShape shape, int firstId) {
    float[] images = new float[signs.size() * shape.size()];
    int[] labels = new int[signs.size()];
    long[] ids = new long[signs.size()];
    Image picture = signs.get(0).photograph().image();
    for (int i = 0; i < signs.size(); i++) {
      Sign sign = signs.get(i);
      if (i > 0 && !sign.photograph().equals(signs.get(i - 1).photograph())) {
        picture = sign.photograph().image();
      }
      Image crop =
          BilinearResize.resize(picture.view(sign.region()), shape.width(), shape.height());
      for (int k = 0; k < shape.size(); k++) {
        images[i * shape.size() + k] = (crop.data()[k] & 0xff) / 255f;
      }
      labels[i] = sign.label();
      ids[i] = (long) firstId + i;
    }
    return new Inputs(shape, images, labels, ids);
  }

  private static Change change(Sign sign, Inputs clean, Attack.Outcome outcome, int row) {
    int size = clean.shape().size();
    float[] change = new float[size];
    for (int k = 0; k < size; k++) {
      change[k] = outcome.images()[row * size + k] - clean.images()[row * size + k];
    }
    return new Change(sign.region(), clean.shape(), change);
  }

  /** Adds a change, stretched over its region by bilinear interpolation between middles. */
  private static void put(Change change, Image image) {
    Region region = change.region();
    for (int y = 0; y < region.height(); y++) {
      double v = place(y, region.height(), change.shape().height());
      for (int x = 0; x < region.width(); x++) {
        double u = place(x, region.width(), change.shape().width());
        int at = image.index(region.x() + x, region.y() + y);
        for (int c = 0; c < 3; c++) {
          double value = (image.data()[at + c] & 0xff) + 255 * at(change, u, v, c);
          image.data()[at + c] = (byte) Math.round(Math.max(0, Math.min(255, value)));
        }
      }
    }
  }

  private static double place(int pixel, int pixels, int cells) {
    return Math.max(0, Math.min(cells - 1, (pixel + 0.5) * cells / pixels - 0.5));
  }

  private static double at(Change change, double u, double v, int channel) {
    int width = change.shape().width();
    int x = (int) u;
    int y = (int) v;
    int right = Math.min(x + 1, width - 1);
    int below = Math.min(y + 1, change.shape().height() - 1);
    float[] d = change.change();
    double top =
        d[3 * (y * width + x) + channel] * (1 - u + x)
            + d[3 * (y * width + right) + channel] * (u - x);
    double bottom =
        d[3 * (below * width + x) + channel] * (1 - u + x)
            + d[3 * (below * width + right) + channel] * (u - x);
    return top * (1 - v + y) + bottom * (v - y);
  }
}
