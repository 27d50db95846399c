package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import io.stopline.config.images.UnusableImageException;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with one folder of images (PNG, JPEG or PPM) per class, the classes in the order of
 * their folders' names, digits by value; optionally split into {@code train} and {@code test}
 * folders above that. A file named {@code TRACK_FRAME.ext} in digits belongs to that track (the
 * naming of GTSRB); every other file is a track of its own. Images keep their size and are decoded
 * each time that they are asked for.
 */
public final class FolderDataset extends ReadDataset {

  private static final Pattern TRACK_FRAME = Pattern.compile("(\\d{1,9})_(\\d{1,9})\\.\\w+");

  private FolderDataset(String name, List<String> classNames, Map<String, Split> splits) {
    super(name, classNames, splits);
  }

  /**
   * Lists a folder.
   *
   * @throws UnusableDatasetException if it has no image in a folder per class
   */
  public static FolderDataset read(Path folder) {
    Path train = folder.resolve("train");
    Path test = folder.resolve("test");
    boolean parted = Files.isDirectory(train) || Files.isDirectory(test);
    Path trainRoot = parted ? train : folder;
    List<String> classNames = new ArrayList<>(classFolders(trainRoot));
    if (parted) {
      classFolders(test).stream().filter(c -> !classNames.contains(c)).forEach(classNames::add);
      classNames.sort(byNumberThenName());
    }
    Map<String, List<Sample>> samples = new TreeMap<>(Comparator.comparingInt(SplitRule::rank));
    Map<String, List<Track>> tracks = new TreeMap<>();
    for (int label = 0; label < classNames.size(); label++) {
      String className = classNames.get(label);
      int number = 0;
      for (Map.Entry<String, List<Sample>> entry :
          tracksOf(trainRoot.resolve(className), label, "").entrySet()) {
        String split = SplitRule.of(number++);
        add(samples, tracks, split, label, entry);
      }
      if (parted) {
        for (Map.Entry<String, List<Sample>> entry :
            tracksOf(test.resolve(className), label, "test/").entrySet()) {
          add(samples, tracks, SplitRule.TEST, label, entry);
        }
      }
    }
    if (samples.isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' has no images in a folder per class, and no train/index.csv; 'stopline data pack --help' names the layouts"
              .formatted(folder));
    }
    Map<String, Split> splits = new LinkedHashMap<>();
    samples.forEach(
        (split, all) ->
            splits.put(split, new Split(split, all, tracks.getOrDefault(split, List.of()))));
    return new FolderDataset(
        folder.toAbsolutePath().normalize().getFileName().toString(), classNames, splits);
  }

  private static void add(
      Map<String, List<Sample>> samples,
      Map<String, List<Track>> tracks,
      String split,
      int label,
      Map.Entry<String, List<Sample>> track) {
    samples.computeIfAbsent(split, s -> new ArrayList<>()).addAll(track.getValue());
    tracks
        .computeIfAbsent(split, s -> new ArrayList<>())
        .add(new Track(track.getKey(), label, split, false, track.getValue()));
  }

  private static List<String> classFolders(Path root) {
    return list(root).stream()
        .filter(Files::isDirectory)
        .map(path -> path.getFileName().toString())
        .filter(folder -> !folder.startsWith("."))
        .sorted(byNumberThenName())
        .toList();
  }

  /** 2 before 10, and both before names that are no numbers. */
  static Comparator<String> byNumberThenName() {
    return Comparator.comparingLong(
            (String s) -> s.matches("\\d{1,18}") ? Long.parseLong(s) : Long.MAX_VALUE)
        .thenComparing(Comparator.naturalOrder());
  }

  private static Map<String, List<Sample>> tracksOf(Path folder, int label, String prefix) {
    Map<String, List<Sample>> tracks = new TreeMap<>();
    for (Path file : list(folder)) {
      String fileName = file.getFileName().toString();
      if (!ImageFiles.isNamedLikeImage(fileName)) {
        continue;
      }
      Matcher matcher = TRACK_FRAME.matcher(fileName);
      boolean numbered = matcher.matches();
      String track = prefix + label + "/" + (numbered ? matcher.group(1) : fileName);
      int frame = numbered ? Integer.parseInt(matcher.group(2)) : 0;
      tracks
          .computeIfAbsent(track, t -> new ArrayList<>())
          .add(new Sample(label, track, frame, fileName, decode(file)));
    }
    tracks.values().forEach(frames -> frames.sort(Comparator.comparingInt(Sample::frame)));
    return tracks;
  }

  private static Supplier<Image> decode(Path file) {
    return () -> {
      try {
        return ImageFiles.read(file);
      } catch (UnusableImageException e) {
        throw new UnusableDatasetException("data set: " + e.getMessage(), e);
      }
    };
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "folder '%s' cannot be listed (%s)".formatted(folder, e.getMessage()), e);
    }
  }
}
