package io.stopline.studio.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The drives that are open: filmed and judged one after the other, the oldest closed. */
final class Drives implements AutoCloseable {

  /** A minute of film in three variants takes some hundred megabytes of the temporary folder. */
  private static final int KEPT = 6;

  private final Map<String, StudioDrive> drives = new LinkedHashMap<>();
  private final Consumer<StudioDrive> finished;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "studio-drives");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param finished called on the worker's thread for each drive that was judged to its end
   */
  Drives(Consumer<StudioDrive> finished) {
    this.finished = finished;
  }

  /** Begins a drive, or gives the same one if it is open. */
  synchronized StudioDrive open(StudioDrive.Spec spec) {
    StudioDrive there = drives.get(spec.id());
    if (there != null && (there.isRunning() || there.isDone())) {
      return there;
    }
    StudioDrive drive = new StudioDrive(spec);
    StudioDrive before = drives.put(drive.id(), drive);
    if (before != null) {
      before.close();
    }
    while (drives.size() > KEPT) {
      String oldest = drives.keySet().iterator().next();
      StudioDrive gone = drives.remove(oldest);
      if (gone != null) {
        gone.close();
      }
    }
    worker.execute(
        () -> {
          drive.run();
          if (drive.isDone()) {
            finished.accept(drive);
          }
        });
    return drive;
  }

  /**
   * An open drive.
   *
   * @throws RefusedException if there is none of this name
   */
  synchronized StudioDrive get(String id) {
    StudioDrive drive = drives.get(id);
    if (drive == null) {
      throw new RefusedException("this drive is not open any more; open it again");
    }
    return drive;
  }

  @Override
  public void close() {
    synchronized (this) {
      drives.values().forEach(StudioDrive::close);
      drives.clear();
    }
    worker.shutdownNow();
  }
}
