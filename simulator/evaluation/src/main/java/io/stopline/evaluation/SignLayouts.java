package io.stopline.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds out how a folder of labelled images is kept, and reads it that way. Stateless. */
final class SignLayouts {

  /** An archive has its name, maybe twice, above the data. */
  private static final int WRAPPERS = 3;

  private static final List<SignLayout> LAYOUTS = layouts();

  private SignLayouts() {}

  /** The first that recognises a folder reads it, so what fits almost anything comes last. */
  private static List<SignLayout> layouts() {
    List<SignLayout> layouts = new ArrayList<>();
    layouts.add(new OfficialGtsrbLayout());
    ServiceLoader.load(SignLayout.class, SignLayouts.class.getClassLoader()).forEach(layouts::add);
    layouts.add(new KaggleGtsrbLayout());
    layouts.add(new FolderPerClassLayout());
    return List.copyOf(layouts);
  }

  /**
   * Lists a folder, which may have the data in the only folder within.
   *
   * @throws UnusableDatasetException if there is no such folder, or it is of no layout that is
   *     known; says what was found and which layouts there are
   */
  static SignListing read(Path folder) {
    checkFolder(folder);
    FolderTree top = FolderTree.read(folder);
    if (!top.hasImagesBelow()) {
      String unread = UnreadImages.note(top);
      throw unknown(
          top,
          "has no images (PNG, JPEG or PPM) in it or below, and no train/index.csv",
          unread == null ? "" : "; " + unread);
    }
    FolderTree tree = top;
    for (int i = 0; i <= WRAPPERS; i++) {
      for (SignLayout layout : LAYOUTS) {
        if (layout.recognises(tree)) {
          return read(top, tree, layout);
        }
      }
      List<FolderTree> inside = tree.foldersWithImages();
      if (!tree.images().isEmpty() || inside.size() != 1) {
        break;
      }
      tree = inside.get(0);
    }
    throw unknown(tree, "is of no layout that is known", "");
  }

  /**
   * Refuses what is no folder.
   *
   * @throws UnusableDatasetException naming it
   */
  static void checkFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UnusableDatasetException(
          "data set '%s' %s; name the folder that holds it"
              .formatted(
                  folder,
                  Files.exists(folder)
                      ? "is not a folder (unpack an archive first)"
                      : "does not exist"));
    }
  }

  private static SignListing read(FolderTree top, FolderTree tree, SignLayout layout) {
    SignListing listing = layout.read(tree);
    List<String> notes = new ArrayList<>();
    if (!tree.path().equals(top.path())) {
      notes.add(
          "read from '%s', the only folder with images in '%s'"
              .formatted(top.path().relativize(tree.path()), top.path()));
    }
    notes.addAll(listing.notes());
    String unread = UnreadImages.note(tree);
    if (unread != null) {
      notes.add(unread);
    }
    if (!(layout instanceof FolderPerClassLayout) && tree.other(TrackTable.FILE) != null) {
      notes.add(
          "'%s' was not read, for it belongs to a folder per class, and these data were read as: %s"
              .formatted(tree.path().resolve(TrackTable.FILE), layout.description()));
    }
    if (listing.signs().isEmpty()) {
      throw unknown(
          tree,
          "has no images with a class; it was read as: " + layout.description(),
          notes.isEmpty() ? "" : "; " + String.join("; ", notes));
    }
    return new SignListing(listing.classNames(), listing.signs(), notes);
  }

  private static UnusableDatasetException unknown(FolderTree tree, String what, String more) {
    return new UnusableDatasetException(
        "data set '%s' %s%s; found: %s. Layouts that are known: a packed set (train/index.csv); %s"
            .formatted(
                tree.path(),
                what,
                more,
                tree.contents(),
                LAYOUTS.stream().map(SignLayout::description).collect(Collectors.joining("; "))));
  }
}
