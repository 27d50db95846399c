package io.stopline.attacks.adaptive;

import io.stopline.autodiff.DifferentiableModel.Recording;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.transform.DifferentiableView;
import io.stopline.autodiff.transform.DifferentiableView.Trace;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the maps of local scores that checks look at for a chunk of images, on their plain views,
 * and brings derivatives back to the pixels. Belongs to one thread.
 */
final class MapRuns {

  /** One map, and the checks that look at it. */
  private static final class Run {
    final LocalTwin twin;
    final List<Integer> forms = new ArrayList<>();
    float[] values = new float[0];
    float[] cotangents = new float[0];
    @Nullable Recording recording;

    Run(LocalTwin twin) {
      this.twin = twin;
    }

    int cells() {
      return twin.map().classes();
    }
  }

  private final List<CheckForm> forms;
  private final ImageShape shape;
  private final DifferentiableView view;
  private final List<Trace> traces = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private float[] rendered = new float[0];

  /**
   * @param forms of all checks; those without a map are passed over
   */
  MapRuns(List<CheckForm> forms, ImageShape shape) {
    this.forms = forms;
    this.shape = shape;
    this.view = new DifferentiableView(TransformChain.identity(), shape, shape);
    for (int t = 0; t < forms.size(); t++) {
      LocalTwin twin = forms.get(t).local();
      if (twin != null) {
        run(twin).forms.add(t);
      }
    }
  }

  private Run run(LocalTwin twin) {
    for (Run run : runs) {
      if (run.twin.equals(twin)) {
        return run;
      }
    }
    if (!twin.map().shape().equals(shape)) {
      throw new IllegalArgumentException(
          "model '%s' takes %s, the members %s; a joint attack needs models of one size"
              .formatted(twin.model(), twin.map().shape(), shape));
    }
    runs.add(new Run(twin));
    return runs.get(runs.size() - 1);
  }

  /** Model runs an image. */
  int each() {
    return runs.size();
  }

  /**
   * Renders and runs.
   *
   * @param records whether {@link #backward} will be asked for; then until {@link #close}
   */
  void run(float[] images, int first, int count, boolean records) {
    if (runs.isEmpty()) {
      return;
    }
    if (rendered.length < count * shape.size()) {
      rendered = new float[count * shape.size()];
    }
    while (traces.size() < count) {
      traces.add(view.trace());
    }
    for (int i = 0; i < count; i++) {
      // The plain view takes no draw: any seed will do.
      view.forward(
          images, (first + i) * shape.size(), 0, rendered, i * shape.size(), traces.get(i));
    }
    for (Run run : runs) {
      int size = count * run.cells();
      if (run.values.length < size) {
        run.values = new float[size];
      }
      if (records) {
        Recording recording = run.twin.map().record(rendered, count);
        run.recording = recording;
        System.arraycopy(recording.logits(), 0, run.values, 0, size);
        run.cotangents = new float[size];
      } else {
        run.twin.map().logits(rendered, count, run.values);
      }
    }
  }

  /** Shows the checks the maps of one of the images that were run. */
  void turnTo(int image) {
    for (Run run : runs) {
      for (int form : run.forms) {
        forms.get(form).lookAtMap(run.values, image * run.cells());
      }
    }
  }

  /** Takes from the loss how it changes with the maps of the image that it was turned to. */
  void cotangents(JointLoss joint, JointLoss.Wish wish, int image) {
    for (Run run : runs) {
      for (int form : run.forms) {
        joint.mapCotangent(form, wish, run.cotangents, image * run.cells());
      }
    }
  }

  /** Forgets how the loss changes: it is asked about another one. */
  void forget() {
    for (Run run : runs) {
      Arrays.fill(run.cotangents, 0);
    }
  }

  /** Adds the maps' share of the gradient of each image. */
  void backward(float[] gradient, int first, int count) {
    for (Run run : runs) {
      Recording recording = run.recording;
      if (recording == null) {
        throw new IllegalStateException("nothing was recorded");
      }
      recording.backward(run.cotangents, rendered);
      for (int i = 0; i < count; i++) {
        view.backward(
            traces.get(i), rendered, i * shape.size(), gradient, (first + i) * shape.size());
      }
    }
  }

  void close() {
    for (Run run : runs) {
      Recording recording = run.recording;
      if (recording != null) {
        recording.close();
      }
      run.recording = null;
    }
  }
}
