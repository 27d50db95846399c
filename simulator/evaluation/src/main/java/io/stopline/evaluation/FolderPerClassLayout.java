package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One folder of images per class, optionally below folders of parts ({@code train}, {@code valid},
 * {@code test} and the like). File names or {@code tracks.csv} may say which images show the same
 * sign.
 */
final class FolderPerClassLayout implements SignLayout {

  @Override
  public String description() {
    return "one folder of images per class, also below train, valid (or val, validation) and test";
  }

  @Override
  public boolean recognises(FolderTree folder) {
    return folder.folders().stream().anyMatch(child -> !child.images().isEmpty())
        || !SplitFolders.of(folder).parts().isEmpty();
  }

  @Override
  public SignListing read(FolderTree folder) {
    SplitFolders split = SplitFolders.of(folder);
    List<String> notes = new ArrayList<>(split.notes());
    Map<String, ClassFolders> parts = new LinkedHashMap<>();
    if (split.parts().isEmpty()) {
      refuseUnlabelled(folder, split);
      parts.put(SplitRule.TRAIN, ClassFolders.of(folder));
    } else {
      refuseBeside(folder, split);
      split.flat().forEach((part, images) -> notes.add(withoutClasses(part, images)));
      split.parts().forEach((part, classes) -> parts.put(part, ClassFolders.of(classes)));
    }
    Set<String> folders = new LinkedHashSet<>();
    parts.values().forEach(classes -> folders.addAll(classes.images().keySet()));
    List<String> classes = ClassNames.ordered(folder.path(), folders);
    List<Path> leftOut = new ArrayList<>();
    parts.values().forEach(each -> leftOut.addAll(each.leftOut()));
    if (!leftOut.isEmpty()) {
      notes.add(
          "no classes, for they hold other files than images alone: %s"
              .formatted(Names.of(leftOut)));
    }
    TrackTable tracks = TrackTable.read(folder);
    List<ListedSign> signs = new ArrayList<>();
    parts.forEach(
        (part, ofPart) -> {
          for (int label = 0; label < classes.size(); label++) {
            String name = classes.get(label);
            List<Path> images = ofPart.images().getOrDefault(name, List.of());
            TrackNaming naming = TrackNaming.in(name, images);
            for (Path image : images) {
              TrackNaming.Place told = tracks.of(folder, image);
              signs.add(sign(label, part, image, told == null ? naming : null, told));
            }
          }
        });
    tracks.checkUsed();
    return new SignListing(classes.stream().map(ClassNames::shown).toList(), signs, notes);
  }

  private static ListedSign sign(
      int label,
      String part,
      Path image,
      @Nullable TrackNaming naming,
      TrackNaming.@Nullable Place told) {
    String file = String.valueOf(image.getFileName());
    TrackNaming.Place place = naming == null ? told : naming.of(file);
    return new ListedSign(
        label,
        part,
        place == null ? "" : place.track(),
        place == null ? 0 : place.frame(),
        file,
        ListedSign.decode(image),
        null);
  }

  /** What to say of a part whose images nobody labelled. */
  static String withoutClasses(String part, FolderTree folder) {
    return "the %,d images of '%s' lie in no class folders, so their classes are not known: they were left out, and there is no %s split"
        .formatted(folder.images().size(), folder.path(), part);
  }

  /** Folders of parts alone, with images directly in them: nothing says a class. */
  private static void refuseUnlabelled(FolderTree folder, SplitFolders split) {
    boolean classes = split.others().stream().anyMatch(FolderTree::hasImagesBelow);
    if (!classes && !split.flat().isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s': the images of %s lie in no class folders, and nothing else says of which class they are; make a folder per class in each"
              .formatted(
                  folder.path(), Names.of(FolderTree.paths(List.copyOf(split.flat().values())))));
    }
  }

  private static void refuseBeside(FolderTree folder, SplitFolders split) {
    List<FolderTree> beside = split.others().stream().filter(FolderTree::hasImagesBelow).toList();
    if (!beside.isEmpty() || !folder.images().isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' has images beside the folders of its parts (%s): %s; move them into a part or out of the data set"
              .formatted(
                  folder.path(),
                  Names.of(FolderTree.paths(List.copyOf(split.parts().values()))),
                  beside.isEmpty()
                      ? Names.of(folder.images())
                      : Names.of(FolderTree.paths(beside))));
    }
  }
}
