package io.stopline.campaign;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.ParallelWork;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Approaches;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.random.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pictures of clean signs to learn from, where photographs show few signs: each drive is to another
 * sign, on another road, in another light, so they vary in what the frames of one track share.
 * Pixels depend on side, conditions and seed alone.
 */
public final class RenderedSigns {

  private final int side;
  private final int threads;
  private final Approaches approaches;

  /**
   * @param side of a picture, px, at least 1
   * @param threads how many are filmed side by side, at least 1
   * @param hard drives on which a sign is hard to read ({@link Approach#hardToRead})
   */
  public RenderedSigns(int side, int threads, boolean hard) {
    this.side = side;
    this.threads = threads;
    this.approaches = hard ? Approach::hardToRead : Approach::to;
  }

  /**
   * Films drives, the 43 classes in turn, and writes {@code CC/DRIVE_FRAME.png} below the folder: a
   * drive is a track.
   *
   * @param drives how many
   * @param frames of each drive, at random; fewer if it has no more that show the sign well
   * @param done is called after each drive, from any thread
   * @return how many pictures there are
   * @throws IOException if the folder cannot be written
   */
  public int write(Path folder, int drives, int frames, long seed, Runnable done)
      throws IOException {
    AtomicInteger pictures = new AtomicInteger();
    for (int c = 0; c < SignArt.CLASSES; c++) {
      Files.createDirectories(folder.resolve(name(c)));
    }
    try {
      ParallelWork.run(
          threads,
          drives,
          () ->
              new ParallelWork.Worker() {
                @Override
                public void run(int i) {
                  pictures.addAndGet(save(i, frames, folder, seed));
                }

                @Override
                public void close() {}
              },
          done);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return pictures.get();
  }

  private int save(int drive, int frames, Path folder, long seed) {
    int signClass = drive % SignArt.CLASSES;
    List<SignRendering> rendered =
        SignRendering.of(approaches, signClass, RandomStream.derive(seed, drive), frames);
    try {
      for (SignRendering one : rendered) {
        ImageFiles.writePng(
            BilinearResize.resize(one.crop(), side, side),
            folder.resolve(name(signClass)).resolve("%07d_%05d.png".formatted(drive, one.frame())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rendered.size();
  }

  private static String name(int signClass) {
    return "%02d".formatted(signClass);
  }
}
