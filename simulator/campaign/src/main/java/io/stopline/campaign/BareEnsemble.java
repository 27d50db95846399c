package io.stopline.campaign;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy's models without any guard, each on the plain view of a crop: what a vehicle without
 * Stopline would run. Belongs to one thread at a time.
 */
public final class BareEnsemble implements AutoCloseable {

  private final List<LoadedClassifier> members;
  private final List<TransformRenderer> renderers = new ArrayList<>();
  private final float[][] single;
  private final float[] mean;

  private BareEnsemble(List<LoadedClassifier> members) {
    this.members = members;
    int classes = members.get(0).classifier().classes();
    for (LoadedClassifier m : members) {
      renderers.add(
          new TransformRenderer(
              TransformChain.identity(), m.classifier().inputSpec(), m.classifier().encoding()));
    }
    single = new float[members.size()][classes];
    mean = new float[classes];
  }

  /**
   * Opens the members of a policy.
   *
   * @param policy its name, or null for the bundle's default
   * @throws io.stopline.config.ConfigException if a model cannot be used
   */
  public static BareEnsemble open(Bundle bundle, @Nullable String policy, RuntimeOptions options) {
    List<LoadedClassifier> members = new ArrayList<>();
    boolean done = false;
    try {
      for (String name : bundle.policy(policy).policy().members()) {
        members.add(GuardFactory.open(bundle, name, options));
      }
      BareEnsemble ensemble = new BareEnsemble(members);
      done = true;
      return ensemble;
    } finally {
      if (!done) {
        members.forEach(LoadedClassifier::close);
      }
    }
  }

  /** The members' names, in the policy's order. */
  public List<String> members() {
    return members.stream().map(m -> m.classifier().name()).toList();
  }

  /**
   * The mean of the members' probabilities.
   *
   * @param crop the sign with a margin, any size
   * @return one a class, 0..1; valid until the next call
   */
  public float[] probabilities(Image crop) {
    Arrays.fill(mean, 0);
    for (int m = 0; m < single.length; m++) {
      LoadedClassifier member = members.get(m);
      renderers.get(m).render(crop, 0, member.classifier().input());
      member.classifier().classify(single[m]);
      for (int c = 0; c < mean.length; c++) {
        mean[c] += single[m][c] / single.length;
      }
    }
    return mean;
  }

  /**
   * What one member alone said of the last crop.
   *
   * @param member in the policy's order
   * @return one probability a class; valid until the next call of {@link #probabilities}
   */
  public float[] ofMember(int member) {
    return single[member];
  }

  /** Index of the largest; the first of equals. */
  public static int best(float[] probabilities) {
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      if (probabilities[c] > probabilities[best]) {
        best = c;
      }
    }
    return best;
  }

  /** Probability of a label less the best other one's, −1..1; above 0 where the label wins. */
  public static double margin(float[] probabilities, int label) {
    float other = 0;
    for (int c = 0; c < probabilities.length; c++) {
      if (c != label) {
        other = Math.max(other, probabilities[c]);
      }
    }
    return probabilities[label] - other;
  }

  @Override
  public void close() {
    members.forEach(LoadedClassifier::close);
  }
}
