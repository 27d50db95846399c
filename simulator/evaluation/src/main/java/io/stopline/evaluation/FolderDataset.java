package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A data set whose images lie in files as people keep them: a folder per class, GTSRB as published
 * or as on Kaggle, road frames with boxes. Images keep their size and are decoded each time that
 * they are asked for.
 */
public final class FolderDataset extends ReadDataset {

  private static final Pattern IMAGE =
      Pattern.compile("[^.].*\\.(png|jpe?g|ppm)", Pattern.CASE_INSENSITIVE);

  private final boolean ownCalibration;

  private FolderDataset(
      String name,
      List<String> classNames,
      Map<String, Split> splits,
      List<String> notes,
      boolean ownCalibration) {
    super(name, classNames, splits, notes);
    this.ownCalibration = ownCalibration;
  }

  /**
   * Lists a folder.
   *
   * @throws UnusableDatasetException if it is of no known layout
   */
  public static FolderDataset read(Path folder) {
    SignListing listing = SignLayouts.read(folder);
    List<PlacedSign> placed = PlacedSign.of(listing.signs());
    Map<String, Map<String, List<Sample>>> tracks =
        new TreeMap<>(Comparator.comparingInt(SplitRule::rank));
    for (PlacedSign each : placed) {
      ListedSign sign = each.sign();
      String track = sign.label() + "/" + each.track();
      ListedSign.Place place = sign.place();
      tracks
          .computeIfAbsent(each.split(), s -> new LinkedHashMap<>())
          .computeIfAbsent(track, t -> new ArrayList<>())
          .add(
              new Sample(
                  sign.label(),
                  track,
                  sign.frame(),
                  sign.file(),
                  sign.pixels(),
                  place == null ? null : place.bounds()));
    }
    Map<String, Split> splits = new LinkedHashMap<>();
    tracks.forEach((split, ofSplit) -> splits.put(split, split(split, ofSplit)));
    return new FolderDataset(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        listing.classNames(),
        splits,
        notes(listing, placed),
        listing.signs().stream().anyMatch(s -> s.part().equals(SplitRule.CALIBRATION)));
  }

  private static Split split(String name, Map<String, List<Sample>> tracks) {
    List<Sample> samples = new ArrayList<>();
    List<Track> ofSplit = new ArrayList<>();
    tracks.forEach(
        (id, frames) -> {
          samples.addAll(frames);
          ofSplit.add(new Track(id, frames.get(0).label(), name, false, frames));
        });
    return new Split(name, samples, ofSplit);
  }

  /** What was noted while listing, and what can be said once splits and tracks are made. */
  static List<String> notes(SignListing listing, List<PlacedSign> placed) {
    List<String> notes = new ArrayList<>(listing.notes());
    boolean[] used = new boolean[listing.classNames().size()];
    listing.signs().forEach(sign -> used[sign.label()] = true);
    List<String> empty = new ArrayList<>();
    for (int label = 0; label < used.length; label++) {
      if (!used[label]) {
        empty.add(listing.classNames().get(label));
      }
    }
    if (!empty.isEmpty()) {
      notes.add(
          "%d of the %d classes have no images (%s); they keep their place in the order of the classes"
              .formatted(empty.size(), used.length, Names.list(empty)));
    }
    notes.addAll(TrackNotes.of(placed, listing.classNames()));
    return notes;
  }

  @Override
  public boolean hasOwnCalibration() {
    return ownCalibration;
  }

  /** By its ending; what the bytes are is checked when they are decoded. */
  public static boolean isImage(String fileName) {
    return IMAGE.matcher(fileName).matches();
  }
}
