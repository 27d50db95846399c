package io.stopline.attacks.detection;

import io.stopline.attacks.detection.PatchConditions.Appearance;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Adversarial patches and stickers by gradients: ascent by the sign of a momentum (Dong et al.
 * 2018) over the sum of the targets' terms, under expectation over transformation, as patches
 * against detectors are made since Thys et al. 2019. Deterministic given the seed, as far as the
 * terms are. Belongs to one thread.
 */
public final class PatchAttack {
  private final List<PatchTarget> targets;
  private final List<PatchCanvas> canvases = new ArrayList<>();
  private final List<Region> grid;
  private final PatchJudge judge;
  private final PatchSearch search;
  private final int values;

  /**
   * @param targets at least one; a patch has the texels that it has pixels in the first
   * @param judge of finished frames
   * @throws IllegalArgumentException if there is no target, or their patches do not match
   */
  public PatchAttack(List<PatchTarget> targets, PatchJudge judge, PatchSearch search) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("a patch needs at least one frame to work in");
    }
    this.targets = List.copyOf(targets);
    this.judge = judge;
    this.search = search;
    this.grid = targets.get(0).sites();
    for (PatchTarget target : targets) {
      canvases.add(new PatchCanvas(target.frame(), target.window(), target.sites(), grid));
    }
    this.values = PatchCanvas.values(grid);
  }

  /** Searches until the judge is content, or the steps are used. */
  public PatchResult run(long seed) {
    RandomStream random = new RandomStream(seed);
    float[] best = new float[0];
    double bestLoss = Double.NEGATIVE_INFINITY;
    int steps = 0;
    long looks = 0;
    for (int restart = 0; restart < search.restarts(); restart++) {
      float[] patch = new float[values];
      for (int i = 0; i < values; i++) {
        patch[i] = (float) random.nextDouble();
      }
      double[] velocity = new double[values];
      for (int step = 0; step < search.steps(); step++) {
        float[] gradient = new float[values];
        double loss = look(patch, random, gradient);
        looks += (long) search.draws() * targets.size();
        if (loss > bestLoss || best.length == 0) {
          bestLoss = loss;
          best = patch.clone();
        }
        ascend(patch, gradient, velocity, stepSize(step));
        steps++;
        if ((step + 1) % search.judgeEvery() == 0 || step + 1 == search.steps()) {
          List<Image> frames = frames(patch);
          if (judge.reached(frames)) {
            return new PatchResult(patch, frames, true, steps, looks);
          }
        }
      }
    }
    List<Image> frames = frames(best);
    return new PatchResult(best, frames, judge.reached(frames), steps, looks);
  }

  /**
   * Where a patch of a given size changes the terms most: of a grid of places in the windows of the
   * first target, the one with the greatest sum of absolute gradients, at the unaltered frame.
   *
   * @param target whose window is searched; its sites say the size of the patch, which is the first
   * @param across how many places in a row and in a column are looked at, at least 1
   */
  public static Region strongestPlace(PatchTarget target, int across, long seed) {
    Region window = target.window();
    Region site = target.sites().get(0);
    PatchCanvas canvas = new PatchCanvas(target.frame(), window, target.sites(), target.sites());
    float[] gradient = new float[canvas.size()];
    double[] losses = new double[1];
    for (LossTerm term : target.terms()) {
      term.evaluate(canvas.unaltered(), 1, new long[] {seed}, losses, gradient);
    }
    Region best = site;
    double most = -1;
    for (int row = 0; row < across; row++) {
      for (int column = 0; column < across; column++) {
        int x = place(window.width() - site.width(), column, across);
        int y = place(window.height() - site.height(), row, across);
        double sum = 0;
        for (int v = y; v < y + site.height(); v++) {
          for (int i = 3 * (v * window.width() + x), n = 0; n < 3 * site.width(); n++) {
            sum += Math.abs(gradient[i + n]);
          }
        }
        if (sum > most) {
          most = sum;
          best = new Region(window.x() + x, window.y() + y, site.width(), site.height());
        }
      }
    }
    return best;
  }

  private static int place(int room, int i, int of) {
    return of == 1 ? room / 2 : (int) Math.round(room * i / (of - 1.0));
  }

  private double look(float[] patch, RandomStream random, float[] gradient) {
    int draws = search.draws();
    double loss = 0;
    for (int t = 0; t < targets.size(); t++) {
      PatchCanvas canvas = canvases.get(t);
      float[] windows = new float[draws * canvas.size()];
      float[] windowGradients = new float[windows.length];
      double[] losses = new double[draws];
      long[] seeds = new long[draws];
      List<Appearance> cases = new ArrayList<>();
      for (int d = 0; d < draws; d++) {
        Appearance appearance = search.conditions().draw(random);
        cases.add(appearance);
        seeds[d] = random.nextLong();
        canvas.paint(patch, appearance, windows, d * canvas.size());
      }
      for (LossTerm term : targets.get(t).terms()) {
        term.evaluate(windows, draws, seeds, losses, windowGradients);
      }
      for (int d = 0; d < draws; d++) {
        loss += losses[d];
        canvas.backward(patch, cases.get(d), windows, windowGradients, d * canvas.size(), gradient);
      }
    }
    return loss / (draws * targets.size());
  }

  private void ascend(float[] patch, float[] gradient, double[] velocity, double size) {
    double sum = 0;
    for (float g : gradient) {
      sum += Math.abs(g);
    }
    for (int i = 0; i < values; i++) {
      velocity[i] = search.momentum() * velocity[i] + (sum > 0 ? gradient[i] / sum : 0);
      patch[i] = (float) Math.max(0, Math.min(1, patch[i] + size * Math.signum(velocity[i])));
    }
  }

  private double stepSize(int step) {
    double part = search.steps() == 1 ? 0 : step / (search.steps() - 1.0);
    double wave = 0.5 * (1 + Math.cos(Math.PI * part));
    return search.last() + wave * (search.first() - search.last());
  }

  private List<Image> frames(float[] patch) {
    return canvases.stream().map(canvas -> canvas.painted(patch)).toList();
  }
}
