package io.stopline.evaluation;

import io.stopline.config.images.ImageFiles;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder and what lies in it, listed once and in order of the names, without what operating
 * systems and archivers leave behind ({@code __MACOSX}, {@code .DS_Store}, {@code Thumbs.db} and
 * the like). No image is opened.
 *
 * @param path absolute
 * @param folders in it, each with what lies in it
 * @param images files in it that end as images do that can be read
 * @param others every other file in it
 */
public record FolderTree(
    Path path, List<FolderTree> folders, List<Path> images, List<Path> others) {

  /** Deeper than any layout, but not without end. */
  private static final int DEPTH = 10;

  private static final Set<String> LITTER =
      Set.of(
          "__macosx",
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "@eadir",
          "$recycle.bin",
          "system volume information",
          "lost+found");

  public FolderTree {
    folders = List.copyOf(folders);
    images = List.copyOf(images);
    others = List.copyOf(others);
  }

  /**
   * Lists a folder and all below it.
   *
   * @throws UnusableDatasetException if a folder cannot be listed
   */
  public static FolderTree read(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    Lister lister = new Lister(root);
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, lister);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "folder '%s' cannot be listed (%s); check its permissions and links".formatted(folder, e),
          e);
    }
    FolderTree tree = lister.root;
    if (tree == null) {
      throw new UnusableDatasetException(
          "folder '%s' vanished while it was read".formatted(folder));
    }
    return tree;
  }

  /** Whether a file or folder of this name is left behind by a system, and no part of the data. */
  public static boolean isLitter(String name) {
    return name.startsWith(".") || LITTER.contains(name.toLowerCase(Locale.ROOT));
  }

  /** The folder's own name. */
  public String name() {
    return String.valueOf(path.getFileName());
  }

  /** How many images lie in it and below. */
  public long imagesBelow() {
    return images.size() + folders.stream().mapToLong(FolderTree::imagesBelow).sum();
  }

  /** Whether any image lies in it or below. */
  public boolean hasImagesBelow() {
    return !images.isEmpty() || folders.stream().anyMatch(FolderTree::hasImagesBelow);
  }

  /** The folders in it that have images in them or below. */
  public List<FolderTree> foldersWithImages() {
    return folders.stream().filter(FolderTree::hasImagesBelow).toList();
  }

  /** It and every folder below. */
  public Stream<FolderTree> all() {
    return Stream.concat(Stream.of(this), folders.stream().flatMap(FolderTree::all));
  }

  /** A file in it whatever the case of its name; null if there is none. */
  @Nullable Path other(String name) {
    return others.stream()
        .filter(file -> String.valueOf(file.getFileName()).equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  /** For errors: what lies directly in it. */
  String contents() {
    List<String> found = new ArrayList<>();
    if (!images.isEmpty()) {
      found.add("%d images (%s)".formatted(images.size(), Names.of(images)));
    }
    if (!folders.isEmpty()) {
      found.add("%d folders (%s)".formatted(folders.size(), Names.of(paths(folders))));
    }
    if (!others.isEmpty()) {
      found.add("%d other files (%s)".formatted(others.size(), Names.of(others)));
    }
    return found.isEmpty() ? "nothing" : String.join(", ", found);
  }

  static List<Path> paths(List<FolderTree> folders) {
    return folders.stream().map(FolderTree::path).toList();
  }

  /** Gathers each folder's entries while the tree is walked. */
  private static final class Lister extends SimpleFileVisitor<Path> {

    private static final Comparator<Path> BY_NAME =
        Comparator.comparing(file -> String.valueOf(file.getFileName()));

    private final Path start;
    private final Deque<Draft> open = new ArrayDeque<>();
    private @Nullable FolderTree root;

    Lister(Path start) {
      this.start = start;
    }

    private record Draft(List<FolderTree> folders, List<Path> images, List<Path> others) {}

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (!folder.equals(start) && isLitter(String.valueOf(folder.getFileName()))) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      open.push(new Draft(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      Draft draft = open.peek();
      if (draft != null && !isLitter(name)) {
        boolean image = ImageFiles.isNamedLikeReadImage(name) && !attributes.isDirectory();
        (image ? draft.images : draft.others).add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Draft draft = open.pop();
      draft.folders.sort(Comparator.comparing(FolderTree::name));
      draft.images.sort(BY_NAME);
      draft.others.sort(BY_NAME);
      FolderTree tree = new FolderTree(folder, draft.folders, draft.images, draft.others);
      Draft parent = open.peek();
      if (parent == null) {
        root = tree;
      } else {
        parent.folders.add(tree);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
