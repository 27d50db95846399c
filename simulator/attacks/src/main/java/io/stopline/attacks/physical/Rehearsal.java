package io.stopline.attacks.physical;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows painted candidates to an objective under viewing conditions, many at once. Belongs to one
 * thread.
 */
final class Rehearsal {

  /** Candidates that are looked at in one call, at 32×32; fewer of larger images. */
  private static final int BATCH = 64;

  private static final int VALUES = BATCH * 32 * 32 * 3;

  private final Objective objective;
  private final Inputs inputs;
  private final Painter painter;
  private final boolean rounding;
  private final ImageShape shape;
  private final int batch;
  private final @Nullable Canvas[] canvases;
  private final Canvas[] moved;
  private final float[] images;
  private final float[] seen;
  private final float[] painted;
  private final float[] scratch;
  private final Objective.Answers plain;
  private Objective.@Nullable Answers differentiated;
  private final List<Look> queue = new ArrayList<>();

  /**
   * @param theta null for the unaltered input
   * @param view null for the candidate itself, seen by nobody
   */
  @SuppressWarnings("ArrayRecordComponent") // the candidate itself, not a copy
  private record Look(
      int row, double @Nullable [] theta, @Nullable View view, long place, int slot) {}

  /**
   * @param rounding whether candidates that nobody views are rounded to 8 bits
   */
  Rehearsal(Objective objective, Inputs inputs, Painter painter, boolean rounding) {
    this.objective = objective;
    this.inputs = inputs;
    this.painter = painter;
    this.rounding = rounding;
    this.shape = inputs.shape();
    int size = shape.size();
    this.batch = Math.max(1, Math.min(BATCH, VALUES / size));
    this.canvases = new Canvas[inputs.count()];
    this.moved = new Canvas[painter.onLens() ? batch : 0];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = new Canvas(shape);
    }
    this.images = new float[batch * size];
    this.seen = new float[batch * size];
    this.painted = new float[size];
    this.scratch = new float[size];
    this.plain = Objective.Answers.room(batch, shape, false);
  }

  /** The painted candidate of an input itself, rounded if so set. */
  void paint(int row, double[] theta, long place, float[] into, int at) {
    painter.paint(canvas(row), theta, place, into, at);
    if (rounding) {
      round(into, at);
    }
  }

  /**
   * Looks once more before the next {@link #look}.
   *
   * @param theta null for the unaltered input
   * @param view null for the candidate itself
   * @param slot where the answer is added
   */
  void add(int row, double @Nullable [] theta, @Nullable View view, long place, int slot) {
    queue.add(new Look(row, theta, view, place, slot));
  }

  /** Does all looks that were added. */
  void look(Looks into) {
    for (int from = 0; from < queue.size(); from += batch) {
      look(queue.subList(from, Math.min(queue.size(), from + batch)), into);
    }
    queue.clear();
  }

  private void look(List<Look> looks, Looks into) {
    int size = shape.size();
    int[] rows = new int[looks.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = looks.get(i).row;
      render(looks.get(i), i);
    }
    double @Nullable [][] wanted = into.gradient();
    Objective.Answers answers = wanted == null ? plain : differentiated();
    objective.evaluate(rows, images, answers);
    for (int i = 0; i < rows.length; i++) {
      Look look = looks.get(i);
      into.loss()[look.slot] += answers.loss()[i];
      into.successes()[look.slot] += answers.success()[i] ? 1 : 0;
      into.looks()[look.slot]++;
      float[] gradient = answers.gradient();
      if (wanted != null && gradient != null && look.theta != null) {
        backward(look, i, gradient, i * size, look.theta, wanted[look.slot]);
      }
    }
  }

  private Objective.Answers differentiated() {
    Objective.Answers room = differentiated;
    if (room == null) {
      room = Objective.Answers.room(batch, shape, true);
      differentiated = room;
    }
    return room;
  }

  private void render(Look look, int i) {
    int size = shape.size();
    int at = i * size;
    View view = look.view;
    if (view == null) {
      if (look.theta == null) {
        System.arraycopy(inputs.images(), look.row * size, images, at, size);
      } else {
        paint(look.row, look.theta, look.place, images, at);
      }
      return;
    }
    if (look.theta == null) {
      view.optics(shape, inputs.images(), look.row * size, seen, at, scratch);
    } else if (painter.onLens()) {
      Canvas canvas = moved[i];
      view.optics(shape, inputs.images(), look.row * size, canvas.values, 0, scratch);
      canvas.expose();
      painter.paint(canvas, look.theta, look.place, seen, at);
    } else {
      painter.paint(canvas(look.row), look.theta, look.place, painted, 0);
      view.optics(shape, painted, 0, seen, at, scratch);
    }
    System.arraycopy(seen, at, images, at, size);
    view.tone(images, at, size);
  }

  private void backward(Look look, int i, float[] gradient, int at, double[] theta, double[] into) {
    View view = look.view;
    int size = shape.size();
    if (view == null) {
      painter.backward(canvas(look.row), theta, look.place, gradient, at, into);
      return;
    }
    view.toneBackward(seen, i * size, images, i * size, gradient, at, size);
    if (painter.onLens()) {
      painter.backward(moved[i], theta, look.place, gradient, at, into);
    } else {
      view.opticsBackward(shape, gradient, at, painted, 0, scratch);
      painter.backward(canvas(look.row), theta, look.place, painted, 0, into);
    }
  }

  private Canvas canvas(int row) {
    Canvas canvas = canvases[row];
    if (canvas == null) {
      canvas = Canvas.of(shape, inputs.images(), row * shape.size());
      canvases[row] = canvas;
    }
    return canvas;
  }

  private void round(float[] values, int at) {
    for (int i = at; i < at + shape.size(); i++) {
      values[i] = Math.round(255 * values[i]) / 255f;
    }
  }
}
