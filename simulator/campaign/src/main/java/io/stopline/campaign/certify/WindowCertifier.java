package io.stopline.campaign.certify;

import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.model.LocalScoresModel;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.Margins;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.WindowScores;
import io.stopline.sdk.certificate.Windows;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Certificates of a model that averages local scores, out of one inference: the guard's own {@link
 * WindowScores} on the exact file. Belongs to one thread.
 */
final class WindowCertifier implements PatchCertifier {

  private record Key(int side, Level level) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return side == other.side ? level.compareTo(other.level) : Integer.compare(side, other.side);
    }
  }

  private final LocalScoresModel model;
  private final Map<Key, WindowScores> checks = new TreeMap<>();
  private final Map<Level, Groups> groups;
  private final List<Integer> sides;
  private final boolean recovery;

  /**
   * @param name of the model, for messages
   * @param model owned from now on
   * @param groups by level
   * @param recovery whether pairs of windows are tried too
   * @throws IllegalArgumentException if a patch is too large for it
   */
  public WindowCertifier(
      String name,
      LocalScoresModel model,
      Map<Level, Groups> groups,
      List<Integer> sides,
      boolean recovery) {
    this.model = model;
    this.groups = new TreeMap<>(groups);
    this.sides = sides.stream().sorted().distinct().toList();
    this.recovery = recovery;
    try {
      for (int side : this.sides) {
        Windows windows = Windows.covering(name, model.scores(), side);
        groups.forEach(
            (level, g) ->
                checks.put(new Key(side, level), new WindowScores(windows, model.map(), g)));
      }
    } catch (IllegalArgumentException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public String method() {
    return "windows";
  }

  @Override
  public ImageShape shape() {
    return model.shape();
  }

  @Override
  public List<Integer> sides() {
    return sides;
  }

  @Override
  public PatchCover cover(int side) {
    Windows windows = check(groups.keySet().iterator().next(), side).windows();
    return new PatchCover(
        IntStream.range(0, windows.count()).mapToObj(windows::hidden).toList(), shape());
  }

  /** The check of a level and side. */
  WindowScores check(Level level, int side) {
    WindowScores check = checks.get(new Key(side, level));
    if (check == null) {
      throw new IllegalArgumentException(
          "%s level and a patch of %d px were not asked for".formatted(level.id(), side));
    }
    return check;
  }

  /** The model. */
  LocalScoresModel model() {
    return model;
  }

  @Override
  public Proof prove(float[] image, int label) {
    int named = model.run(image);
    List<Margins> margins = new ArrayList<>();
    checks.forEach(
        (key, check) -> {
          check.read(model.local());
          double certain = check.margin(label);
          double recovered = Double.NaN;
          if (recovery) {
            recovered = certain > 0 ? check.pairMargin(label) : certain;
          }
          margins.add(new Margins(key.level, key.side, check.score(named), certain, recovered));
        });
    return new Proof(named, 1, margins);
  }

  @Override
  public Ruling rule(float[] image, int label, Level level, int side, boolean recover) {
    model.run(image);
    WindowScores check = check(level, side);
    check.read(model.local());
    Groups of = of(level);
    double passes = Double.POSITIVE_INFINITY;
    for (int wrong = 0; wrong < of.classes(); wrong++) {
      if (!of.of().get(wrong).equals(of.of().get(label))) {
        passes = Math.min(passes, check.score(wrong));
      }
    }
    return new Ruling(passes, recover ? check.recovered() : -1);
  }

  @Override
  public Region weakest(float[] image, int label, Level level, int side) {
    model.run(image);
    WindowScores check = check(level, side);
    check.read(model.local());
    return check.windows().hidden(check.weakest(label));
  }

  private Groups of(Level level) {
    Groups of = groups.get(level);
    if (of == null) {
      throw new IllegalArgumentException("%s level was not asked for".formatted(level.id()));
    }
    return of;
  }

  @Override
  public void close() {
    model.close();
  }
}
