package io.stopline.training;

import io.stopline.autodiff.TrainableModel;
import io.stopline.training.method.Methods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process of its own that trains, to be killed: {@code FOLDER METHOD}. It tells each step on
 * standard output and leaves the final weights in {@code FOLDER/weights}.
 */
final class TrainingProcess {

  static final int EPOCHS = 6;

  private TrainingProcess() {}

  /** The trainer that every process, and the test itself, makes. */
  static Trainer trainer(TrainableModel model, TrainingMethod method) {
    return new Trainer(
        model,
        Parametrization.standardised(model),
        method,
        TinyTask.data(60),
        Augmentation.strong(),
        TinyTask.plan(EPOCHS),
        Map.of("eps", "8/255"));
  }

  private static void awaitInput() {
    try {
      System.in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param arguments folder, method, and the step after which it waits for input, 0 for none: so it
   *     cannot be done before it is killed
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    long hold = Long.parseLong(arguments[2]);
    try (TrainableModel model = TinyTask.model(folder, 1);
        TrainingMethod method = Methods.make(arguments[1], Map.of())) {
      trainer(model, method)
          .train(
              folder.resolve("checkpoint"),
              true,
              new TrainingListener() {
                @Override
                public void step(Progress progress) {
                  System.out.println("step " + progress.step());
                  if (progress.step() == hold) {
                    awaitInput();
                  }
                }
              });
      float[] weights = TinyTask.weights(model);
      ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length);
      bytes.asFloatBuffer().put(weights);
      Files.write(folder.resolve("weights"), bytes.array());
    }
  }
}
