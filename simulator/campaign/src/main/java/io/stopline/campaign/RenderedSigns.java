package io.stopline.campaign;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.ParallelWork;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pictures of clean signs to learn from, where photographs are few: each is of another sign, on
 * another road, in another light, so they vary in what the frames of one track share. Each is a
 * track of its own. Pixels depend on count, side and seed alone.
 */
public final class RenderedSigns {

  private final int side;
  private final int threads;

  /**
   * @param side of a picture, px, at least 1
   * @param threads how many are filmed side by side, at least 1
   */
  public RenderedSigns(int side, int threads) {
    this.side = side;
    this.threads = threads;
  }

  /**
   * Films signs, the 43 classes in turn, and writes {@code CC/NNNNNNN_0.png} below the folder.
   *
   * @param done is called after each, from any thread
   * @throws IOException if the folder cannot be written
   */
  public void write(Path folder, int count, long seed, Runnable done) throws IOException {
    for (int c = 0; c < SignArt.CLASSES; c++) {
      Files.createDirectories(folder.resolve(name(c)));
    }
    try {
      ParallelWork.run(
          threads,
          count,
          () ->
              new ParallelWork.Worker() {
                @Override
                public void run(int i) {
                  save(i, folder, seed);
                }

                @Override
                public void close() {}
              },
          done);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void save(int number, Path folder, long seed) {
    int signClass = number % SignArt.CLASSES;
    Image crop = SignRendering.of(signClass, RandomStream.derive(seed, number)).crop();
    try {
      ImageFiles.writePng(
          BilinearResize.resize(crop, side, side),
          folder.resolve(name(signClass)).resolve("%07d_0.png".formatted(number)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(int signClass) {
    return "%02d".formatted(signClass);
  }
}
