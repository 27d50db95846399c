package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.autodiff.DifferentiableModel;
import java.util.Arrays;

/** Which decision boundary is nearest, to first order. Scratch is reused; one thread. */
final class NearestBoundary {

  private final DifferentiableModel model;
  private final Inputs inputs;
  private final Norm norm;
  private final int[][] towards;
  private float[] gradient = new float[0];

  /**
   * @param towards lists of one wrong class an input
   */
  NearestBoundary(DifferentiableModel model, Inputs inputs, Norm norm, int[][] towards) {
    this.model = model;
    this.inputs = inputs;
    this.norm = norm;
    this.towards = towards;
  }

  /**
   * One forward pass, and one backward pass a list.
   *
   * @param normals receives the gradient of each image's gap
   * @return the gaps: score of the wrong class less that of the right one
   */
  double[] find(int[] rows, float[] images, float[] normals) {
    int size = inputs.shape().size();
    int classes = model.classes();
    if (gradient.length < rows.length * size) {
      gradient = new float[rows.length * size];
    }
    double[] gaps = new double[rows.length];
    double[] distances = new double[rows.length];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    float[] cotangent = new float[rows.length * classes];
    try (DifferentiableModel.Recording recording = model.record(images, rows.length)) {
      float[] logits = recording.logits();
      for (int[] target : towards) {
        Arrays.fill(cotangent, 0);
        for (int i = 0; i < rows.length; i++) {
          cotangent[i * classes + target[rows[i]]] = 1;
          cotangent[i * classes + inputs.labels()[rows[i]]] = -1;
        }
        recording.backward(cotangent, gradient);
        for (int i = 0; i < rows.length; i++) {
          double gap =
              (double) logits[i * classes + target[rows[i]]]
                  - logits[i * classes + inputs.labels()[rows[i]]];
          double steepness =
              towards.length == 1 ? 1 : Boundary.steepness(norm, gradient, i * size, size);
          double distance = Math.abs(gap) / (1e-12 + steepness);
          // The first is taken whatever it is, so that nothing stale is used.
          if (distance < distances[i] || target == towards[0]) {
            distances[i] = distance;
            gaps[i] = gap;
            System.arraycopy(gradient, i * size, normals, i * size, size);
          }
        }
      }
    }
    return gaps;
  }
}
