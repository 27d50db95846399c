package io.stopline.campaign;

import io.stopline.config.Bundle;
import io.stopline.evaluation.ParallelWork;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether rendered signs look like real ones to models that were trained on real ones: clean drives
 * are filmed, a frame of each is picked at random, and a policy's bare models read the sign in it.
 *
 * <p>How a sign is filmed says {@link SignRendering}. Results depend on bundle, policy, count and
 * seed alone.
 */
public final class Realism {

  /** The models must read this share of renderings right. */
  public static final double GOAL = 0.98;

  private final Bundle bundle;
  private final @Nullable String policy;
  private final int threads;

  /**
   * @param policy its name, or null for the bundle's default
   * @param threads how many drives are filmed side by side, at least 1
   */
  public Realism(Bundle bundle, @Nullable String policy, int threads) {
    this.bundle = bundle;
    this.policy = policy;
    this.threads = threads;
  }

  /**
   * One rendering and what was read on it.
   *
   * @param signClass what it shows
   * @param driveSeed {@code Approach.to(signClass, driveSeed)} films it again
   * @param frame of that drive
   * @param heightPixels of the sign
   * @param light of the drive
   * @param labels what each reader took it for, in the order of {@link RealismResult#readers}
   * @param crop what they read
   */
  public record Rendering(
      int signClass,
      long driveSeed,
      int frame,
      double heightPixels,
      Light light,
      List<Integer> labels,
      Image crop) {
    public Rendering {
      labels = List.copyOf(labels);
    }
  }

  /**
   * Films and reads.
   *
   * @param count of renderings; the classes take turns
   * @param seed of everything
   * @param done is called after each rendering, from any thread
   * @throws io.stopline.config.ConfigException if a model cannot be used
   * @throws IllegalArgumentException if the models do not read the classes of the signs
   */
  public RealismResult run(int count, long seed, Runnable done) {
    List<String> readers = new ArrayList<>();
    try (BareEnsemble ensemble = BareEnsemble.open(bundle, policy, RuntimeOptions.defaults())) {
      readers.addAll(ensemble.members());
      readers.add("mean");
    }
    List<String> labels = bundle.labels(bundle.policy(policy));
    if (labels.size() != SignArt.CLASSES) {
      throw new IllegalArgumentException(
          "bundle '%s' reads %d classes, but %d are drawn; use a bundle for German traffic signs"
              .formatted(bundle.name(), labels.size(), SignArt.CLASSES));
    }
    Rendering[] renderings = new Rendering[count];
    ParallelWork.run(
        threads,
        count,
        () -> {
          BareEnsemble ensemble = BareEnsemble.open(bundle, policy, RuntimeOptions.defaults());
          return new ParallelWork.Worker() {
            @Override
            public void run(int i) {
              renderings[i] = read(i % SignArt.CLASSES, RandomStream.derive(seed, i), ensemble);
            }

            @Override
            public void close() {
              ensemble.close();
            }
          };
        },
        done);
    return new RealismResult(readers, labels, List.of(renderings));
  }

  private static Rendering read(int signClass, long seed, BareEnsemble ensemble) {
    SignRendering rendered = SignRendering.of(signClass, seed);
    Image crop = rendered.crop();
    ensemble.probabilities(crop);
    List<Integer> labels = new ArrayList<>();
    for (int m = 0; m < ensemble.members().size(); m++) {
      labels.add(BareEnsemble.best(ensemble.ofMember(m)));
    }
    labels.add(BareEnsemble.best(ensemble.probabilities(crop)));
    return new Rendering(
        signClass,
        rendered.driveSeed(),
        rendered.frame(),
        rendered.heightPixels(),
        rendered.light(),
        labels,
        crop);
  }
}
